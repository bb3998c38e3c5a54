"""The load, in a process of its own: checked reads, and writes that are tried until accepted.

Every outcome is a line of the journal.
"""

import asyncio
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, cycle, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TextIO

import orjson

from benches.chaos.asked import FORGOTTEN, OK, WRONG, Read, outcome, posted
from benches.chaos.journal import WRITE
from benches.chaos.wire import Client

CREATE = """mutation Create($title: String!, $key: String!) {
  createContentItem(input: {title: $title}) @idempotent(key: $key) {
    contentItem { id title } errors { message }
  }
}"""
OWN_WRITE = "own write"
OWN = "query Own($id: ID!) { contentItem(id: $id) { title } }"
TRY_AGAIN = 0.2  # seconds
MOST_LATE = 1.0  # seconds
REPEATED = 10  # of so many accepted writes, one is sent once more


@dataclass(frozen=True, slots=True)
class Plan:
    """`reading`, `writing`: seconds from one turn of such a client to its next. It waits for its
    answers, and makes up for what is late by MOST_LATE or less."""

    port: int
    reads: Sequence[Read]
    readers: int
    writers: Sequence[str]  # their access tokens
    reading: float = 0
    writing: float = 0


@contextmanager
def running(plan: Plan, journal: Path) -> Iterator[None]:
    process = get_context("spawn").Process(target=run, args=(plan, journal))
    process.start()
    try:
        yield
    finally:
        process.terminate()
        process.join(60)
    if process.exitcode:
        raise RuntimeError(f"The load ended with {process.exitcode}")


def run(plan: Plan, journal: Path) -> None:
    with journal.open("a", buffering=1) as file:
        asyncio.run(Load(plan, file).run())


class Load:
    def __init__(self, plan: Plan, file: TextIO) -> None:
        self.plan, self._file = plan, file
        self._over = asyncio.Event()

    async def run(self) -> None:
        """Until SIGTERM; requests under way are answered first."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._over.set)
        readers = (self._read(number) for number in range(self.plan.readers))
        writers = (self._write(number, token) for number, token in enumerate(self.plan.writers))
        await asyncio.gather(*readers, *writers)

    async def _read(self, number: int) -> None:
        client, reads = Client(self.plan.port), self.plan.reads
        due = time.monotonic()
        for read in islice(cycle(reads), 7 * number, None):
            if self._over.is_set():
                break
            how = await self._told(read.name, client, read.request, read.expected)
            if FORGOTTEN in how[0]:
                await self._told(read.name, client, read.text, read.expected)
            due = await self._turn(due + self.plan.reading)
        client.close()

    async def _write(self, number: int, token: str) -> None:
        client, other = Client(self.plan.port), Client(self.plan.port)
        due = time.monotonic()
        for turn in count():
            key = f"{time.time_ns():x}-{number}"
            variables = {"title": f"chaos {key}", "key": key}
            id = await self._accepted(client, posted(CREATE, variables, token), key)
            if id is None:
                break
            expected = {"contentItem": {"title": variables["title"]}}
            await self._told(OWN_WRITE, other, posted(OWN, {"id": id}, token), expected)
            if turn % REPEATED == 0:
                again = await self._accepted(other, posted(CREATE, variables, token), key)
                if again not in (id, None):
                    self._line("repeated write", WRONG, 0.0, [key, id, again])
            due = await self._turn(due + self.plan.writing)
        client.close()
        other.close()

    async def _accepted(self, client: Client, request: bytes, key: str) -> str | None:
        """The id, however often it takes; None when the time is over."""
        while not self._over.is_set():
            began = time.monotonic()
            how, body = await outcome(client, request, ...)
            made = body["data"]["createContentItem"]["contentItem"] if how == OK else None
            if how == OK and made is None:
                how = WRONG
            self._line(WRITE, how, began, [key, made["id"]] if made else body)
            if made:
                return str(made["id"])
            await self._rest(TRY_AGAIN)
        return None

    async def _told(
        self, name: str, client: Client, request: bytes, expected: Any
    ) -> tuple[str, Any]:
        began = time.monotonic()
        how, body = await outcome(client, request, expected)
        self._line(name, how, began, body if how == WRONG else None)
        if how not in (OK, WRONG):
            await self._rest(TRY_AGAIN)
        return how, body

    async def _turn(self, due: float) -> float:
        """Wait for the turn that is `due`; what the next one is reckoned from."""
        now = time.monotonic()
        await self._rest(due - now)
        return max(due, now - MOST_LATE)

    async def _rest(self, seconds: float) -> None:
        if seconds > 0:
            try:
                await asyncio.wait_for(self._over.wait(), seconds)
            except TimeoutError:
                return

    def _line(self, name: str, how: str, began: float, detail: Any) -> None:
        now = time.monotonic()
        line = orjson.dumps([now, name, how, round(now - began, 4), detail])
        self._file.write(line.decode() + "\n")
