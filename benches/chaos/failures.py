"""What is done to the server, one thing after the other, while it is under load."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from benches.chaos import crowd
from benches.chaos.content import SLOW
from benches.chaos.held import held
from benches.chaos.parts import Part, until
from benches.chaos.stand import WORKERS, Stand

AWAY = 3.0  # seconds
SLOW_CLIENTS = 500  # of each kind
IDLE = 10_000
BURST, LOCKED = 800, 12.0


@dataclass
class Done:
    """From `since` on; what had failed was there again at `back`. `seen` are other facts."""

    what: str
    since: float
    back: float
    seen: dict[str, Any] = field(default_factory=dict)


Failure = Callable[[Stand, Executor], Done]


def killed(stand: Stand, _crowd: Executor) -> Done:
    since, victim = time.monotonic(), stand.workers[0]
    os.kill(victim, signal.SIGKILL)
    until(lambda: len(stand.workers) == WORKERS and victim not in stand.workers)
    until(lambda: f"Process {stand.workers[-1]} serves" in stand.log.read_text())
    back = time.monotonic()
    return Done("kill -9 of a server process", since, since, {"replaced after": back - since})


def without_postgresql(stand: Stand, _crowd: Executor) -> Done:
    return _restarted("PostgreSQL stopped (fast), started", stand.postgresql, signal.SIGINT)


def crashed_postgresql(stand: Stand, _crowd: Executor) -> Done:
    return _restarted("PostgreSQL stopped at once, started", stand.postgresql, signal.SIGQUIT)


def without_valkey(stand: Stand, _crowd: Executor) -> Done:
    return _restarted("Valkey killed, started empty", stand.valkey, signal.SIGKILL)


def _restarted(what: str, part: Part, number: int) -> Done:
    since = time.monotonic()
    part.stop(number)
    time.sleep(AWAY)
    part.start()
    back = time.monotonic()
    return Done(what, since, back, {"away": back - since})


def full_pool(stand: Stand, generator: Executor) -> Done:
    """A table is locked, so that whoever reads it keeps a connection."""
    since = time.monotonic()
    tags = stand.content.tags
    answers = generator.submit(crowd.burst, stand.port, SLOW, tags, BURST)
    asyncio.run(_locked(stand.address))
    back = time.monotonic()
    what = f"{BURST} slow operations at once, each for {LOCKED:g} s"
    return Done(what, since, back, {"answers": dict(answers.result())})


async def _locked(address: str) -> None:
    connection = await asyncpg.connect(address)
    async with connection.transaction():
        await connection.execute("LOCK TABLE tags IN ACCESS EXCLUSIVE MODE")
        await asyncio.sleep(LOCKED)
    await connection.close()


def slow_heads(stand: Stand, generator: Executor) -> Done:
    return _crowded("heads", SLOW_CLIENTS, 60, stand, generator)


def slow_bodies(stand: Stand, generator: Executor) -> Done:
    return _crowded("bodies", SLOW_CLIENTS, 60, stand, generator)


def idle(stand: Stand, generator: Executor) -> Done:
    return _crowded("idle", IDLE, 60, stand, generator)


def _crowded(kind: str, count: int, seconds: float, stand: Stand, generator: Executor) -> Done:
    since, before = time.monotonic(), held(stand.workers, stand.port)
    gathering = generator.submit(crowd.gathered, kind, stand.port, count, seconds)
    most = before
    while not gathering.done():
        most = max(most, held(stand.workers, stand.port), key=lambda now: sum(now.files))
        time.sleep(0.5)
    seen = {"before": before, "with most files": most, "clients": gathering.result()}
    return Done(f"{count} × {kind}", since, since, seen)


EVERY: Sequence[Failure] = (
    killed,
    without_postgresql,
    crashed_postgresql,
    without_valkey,
    full_pool,
    slow_heads,
    slow_bodies,
    idle,
)
