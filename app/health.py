"""Whether this process can do its work, for load balancers and for `thinkalike check`."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app import migrations
from app.errors import StartupError
from app.resources import Resources

PATIENCE = 2.0  # seconds for each check
REMEMBERED = 1.0  # seconds: nobody can load the database by asking

logger = logging.getLogger("thinkalike.health")

# Raises StartupError when something cannot be used.
Check = Callable[[], Awaitable[None]]


class Outcome(StrEnum):
    OK = "ok"
    FAILED = "failed"
    TIMEOUT = "timeout"


class Status(StrEnum):
    READY = "ready"
    DEGRADED = "degraded"  # a part of the work cannot be done, here or anywhere
    UNAVAILABLE = "unavailable"
    DRAINING = "draining"


@dataclass(frozen=True, slots=True)
class Finding:
    """`reason` may hold addresses: it is for who runs the server, not for whoever asks."""

    outcome: Outcome
    seconds: float
    reason: str = ""

    @property
    def shown(self) -> dict[str, object]:
        return {"status": self.outcome, "latency_ms": round(self.seconds * 1_000, 1)}


Findings = Mapping[str, Finding]


class Health:
    """`needed` names the checks without which nothing can be answered."""

    def __init__(self, checks: Mapping[str, Check], needed: frozenset[str]) -> None:
        self._checks, self._needed = checks, needed
        self._draining = False
        self._asked = 0.0
        self._look: asyncio.Task[Findings] | None = None
        self._told = Status.READY

    @classmethod
    def of(cls, resources: Resources) -> "Health":
        """Redis is checked when there is one, and needed when nothing is answered without it."""
        db, settings = resources.db, resources.settings
        checks: dict[str, Check] = {
            "database": db.check,
            "migrations": lambda: migrations.require_not_behind(db),
            "storage": resources.storage.check,
        }
        if settings.redis_url is not None:
            checks["redis"] = resources.documents.check
        needed = {"database", "migrations", *(["redis"] if settings.rate_limits_closed else [])}
        return cls(checks, frozenset(needed))

    def drain(self) -> None:
        """Not ready from now on: this process is about to end."""
        self._draining = True

    async def findings(self) -> Findings:
        """What every check finds; who asks within a second of somebody else is told the same."""
        now = time.monotonic()
        if self._look is None or (self._look.done() and now - self._asked >= REMEMBERED):
            self._asked, self._look = now, asyncio.create_task(_look(self._checks))
        return await asyncio.shield(self._look)

    def status(self, findings: Findings) -> Status:
        failed = {name for name, finding in findings.items() if finding.outcome is not Outcome.OK}
        if self._draining:
            return Status.DRAINING
        if failed & self._needed:
            return Status.UNAVAILABLE
        return Status.DEGRADED if failed else Status.READY

    def routes(self) -> list[Route]:
        return [Route("/health/live", live), Route("/health/ready", self._ready)]

    async def _ready(self, _request: Request) -> Response:
        findings = await self.findings()
        status = self.status(findings)
        if status not in (self._told, Status.DRAINING):
            self._told = status
            reasons = [f"{name}: {one.reason}" for name, one in findings.items() if one.reason]
            logger.warning(" | ".join([f"This server is {status}", *reasons]))
        body = {
            "status": status,
            "checks": {name: finding.shown for name, finding in findings.items()},
        }
        return _answer(body, 200 if status in (Status.READY, Status.DEGRADED) else 503)


async def live(_request: Request) -> Response:
    """That this process answers; nothing outside of it is asked."""
    return _answer({"status": "live"}, 200)


def _answer(body: object, status: int) -> Response:
    return JSONResponse(body, status, headers={"Cache-Control": "no-store"})


async def _look(checks: Mapping[str, Check]) -> Findings:
    found = await asyncio.gather(*(_find(check) for check in checks.values()))
    return dict(zip(checks, found, strict=True))


async def _find(check: Check) -> Finding:
    began = time.perf_counter()
    outcome, reason = Outcome.OK, ""
    try:
        async with asyncio.timeout(PATIENCE):
            await check()
    except TimeoutError:
        outcome, reason = Outcome.TIMEOUT, f"no answer within {PATIENCE:g} seconds"
    except StartupError as error:
        outcome, reason = Outcome.FAILED, str(error)
    except Exception as error:
        outcome, reason = Outcome.FAILED, type(error).__name__
    return Finding(outcome, time.perf_counter() - began, reason)
