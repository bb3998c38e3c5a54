"""Sends every example to the application in this process, each to a fresh copy of one world."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import orjson
from argon2 import PasswordHasher
from starlette.applications import Starlette

from app import migrations
from app.auth.passwords import Passwords
from app.db import Database
from app.documents import MemoryDocuments
from app.errors import TimedOut
from app.http.caller import Caller
from app.main import create_app
from app.resources import Resources
from app.rest import door
from app.rest.dialect import Dialect
from app.rest.failures import PROBLEM
from app.rest.openapi.operations import names
from app.rest.plan import Plan
from app.rest.running import Answer
from app.settings import Settings
from asgi import doors
from resolvers.access import PERMISSIONS
from resolvers.execution import GRAPHQL
from tests.app.media.files import png
from tests.conftest import BASE_URL
from tests.rest.examples import refusals
from tests.rest.examples.requests import Sent, example
from tests.rest.examples.stable import stable
from tests.rest.examples.world import World, build

QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
PICTURE = png(8, 8, rows=bytes(16))
HEADERS = {"X-Request-ID": "0123456789abcdef", "User-Agent": "Firefox"}
DATABASE = "world.db"
ATTEMPTS = 10


class Recorder:
    """`broken` is a client of a server that wants `If-Match`, where reads are mistakes and changes
    take too long."""

    def __init__(
        self, db: Database, folder: Path, client: httpx2.AsyncClient, broken: httpx2.AsyncClient
    ) -> None:
        self._db = db
        self._client, self._broken = client, broken
        self._file, self._template = folder / DATABASE, folder / "template.db"
        self._world = World()
        self._began = self._made = _now()

    async def prepare(self, resources: Resources) -> None:
        await migrations.upgrade(self._db)
        self._world = await build(resources, self._client)
        await self._db.close()
        shutil.copy(self._file, self._template)
        self._made = _now()

    async def _begin_anew(self) -> None:
        await self._db.close()
        shutil.copy(self._template, self._file)

    def _stable(self, example: Any) -> Any:
        return stable(example, self._world.ids.values(), self._rounded)

    def _rounded(self, moment: str) -> str:
        """What happened while the world was made happened at once, and so it did since."""
        if self._began <= moment <= self._made:
            return self._began
        return self._made if self._made < moment <= _now() else moment

    # --- What goes well --------------------------------------------------------------------------

    async def operations(self, dialect: Dialect) -> dict[str, Any]:
        called = names(dialect.plans)
        return {
            called[plan]: await self._operation(dialect, plan, called[plan])
            for plan in dialect.plans
        }

    async def _operation(self, dialect: Dialect, plan: Plan, name: str) -> Any:
        await self._begin_anew()
        sent = example(dialect, plan, name, self._world)
        if name == "refreshSession":
            await self._begin_session(dialect, sent)
        answer = await self._send(dialect, plan, sent)
        assert answer.status_code < 300, f"{dialect.version} {name}: {answer.text}"
        shown: dict[str, Any] = {"path": sent.path, "status": answer.status_code}
        if plan.takes_body:
            shown["body"] = {"file": "rose.png", **sent.body} if plan.form else sent.body
        if answer.content:
            shown["answer"] = answer.json()
        return self._stable(shown)

    async def _begin_session(self, dialect: Dialect, sent: Sent) -> None:
        """A token to refresh is one that a session was begun with."""
        plan = next(plan for plan in dialect.plans if plan.route.operation == "Login")
        login = example(dialect, plan, "login", self._world)
        begun = (await self._send(dialect, plan, login)).json()
        if dialect.version == "v1":
            sent.body["refresh_token"] = begun["refresh_token"]
        else:
            token = begun["data"]["attributes"]["refreshToken"]
            sent.body["data"]["attributes"]["refreshToken"] = token

    async def _send(self, dialect: Dialect, plan: Plan, sent: Sent) -> httpx2.Response:
        headers = {**HEADERS, "Accept": dialect.media_type, **self._world.callers[sent.who]}
        request: dict[str, Any] = {"params": dict(sent.query), "headers": headers}
        if plan.form:
            request |= {"data": sent.body, "files": {"file": ("rose.png", PICTURE, "image/png")}}
        elif plan.takes_body:
            headers["Content-Type"] = dialect.media_type
            request["content"] = orjson.dumps(sent.body)
        address = dialect.prefix + plan.route.path.format(**sent.path)
        return await self._client.request(plan.route.method, address, **request)

    # --- What is refused -------------------------------------------------------------------------

    async def errors(self, dialect: Dialect) -> dict[str, Any]:
        """By status and media type."""
        found: dict[str, Any] = {}
        for status, request in refusals.requests(dialect, self._world).items():
            await self._begin_anew()
            if status == 503:
                await self._lose_database()
            types = [dialect.media_type] + ([PROBLEM] if status != 406 else [])
            found[str(status)] = {
                type: self._stable(await self._refused(status, request, type)) for type in types
            }
        return found

    async def _refused(self, status: int, request: refusals.Request, type: str) -> Any:
        client = self._broken if status in (428, 500, 504) else self._client
        headers = {**HEADERS, "Accept": type, **request.get("headers", {})}
        for _ in range(ATTEMPTS if status == 429 else 1):
            answer = await client.request(**{**request, "headers": headers})
            if answer.status_code == status:
                break
        assert answer.status_code == status, f"{status}: {answer.text}"
        return answer.json()

    async def _lose_database(self) -> None:
        await self._db.close()
        self._file.unlink()
        self._file.write_bytes(b"This is no database.")


def _now() -> str:
    return datetime.now(UTC).isoformat()


async def fail(text: str, _variables: dict[str, Any], _caller: Caller) -> Answer:
    if text.startswith("mutation"):
        raise TimedOut("This took longer than 30 s and was cancelled")
    raise RuntimeError("The example of a mistake")


@asynccontextmanager
async def recorder(folder: Path) -> AsyncIterator[Recorder]:
    settings = Settings(_env_file=None, data_dir=folder, public_url=BASE_URL)  # type: ignore[call-arg]
    strict = settings.model_copy(update={"require_if_match": True})
    db = Database.at(f"sqlite:///{folder / DATABASE}", pool=2)
    resources = replace(Resources.on(db, MemoryDocuments(), settings), passwords=QUICK)
    broken = replace(resources, settings=strict)
    async with (
        _client(create_app(resources, doors=doors(resources))) as client,
        _client(create_app(broken, doors=door.routes(broken, fail, GRAPHQL, PERMISSIONS))) as other,
    ):
        made = Recorder(db, folder, client, other)
        await made.prepare(resources)
        yield made
    await db.close()


def _client(app: Starlette) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url=BASE_URL)


async def record(folder: Path) -> dict[str, Any]:
    """All examples, by version; `folder` is for the database."""
    async with recorder(folder) as made:
        return {
            dialect.version: {
                "operations": await made.operations(dialect), "errors": await made.errors(dialect),
            }
            for dialect in (dialect(GRAPHQL) for dialect in door.DIALECTS)
        }  # fmt: skip
