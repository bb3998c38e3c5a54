"""Whom Prometheus reaches is one of several processes: it asks the others, too.

Each answers on a socket in a folder that their supervisor made for them, and nobody else may enter.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import orjson

from app.metrics.counted import Metrics
from app.metrics.exposition import Plain, plain

PATIENCE = 2.0
"""Seconds; Prometheus itself waits for ten."""


class Workers:
    """The processes of this server, of which this one is `own`."""

    def __init__(self, metrics: Metrics) -> None:
        self.metrics = metrics
        self.own = "1"
        self.folder: Path | None = None

    @asynccontextmanager
    async def joined(self, folder: Path, number: int) -> AsyncIterator[None]:
        """Answer others, and know them, as the process of this number."""
        self.own, self.folder = str(number), folder
        socket = folder / self.own
        socket.unlink(missing_ok=True)  # of who had the number, and may have been killed
        async with await asyncio.start_unix_server(self._answer, socket):
            yield

    async def told(self) -> dict[str, Plain]:
        """What each process says, by its number; nothing of one that does not answer."""
        others = (
            [one for one in self.folder.iterdir() if one.name != self.own] if self.folder else []
        )
        answers = await asyncio.gather(*map(_asked, others))
        found = {one.name: answer for one, answer in zip(others, answers, strict=True) if answer}
        return {self.own: plain(self.metrics.collect()), **found}

    async def _answer(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(orjson.dumps(plain(self.metrics.collect())))
        writer.close()
        with suppress(OSError):  # who asked has left
            await writer.wait_closed()


async def _asked(socket: Path) -> Plain | None:
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_unix_connection(socket)
            try:
                answer: Plain = orjson.loads(await reader.read())
            finally:
                writer.close()
    except (OSError, TimeoutError, orjson.JSONDecodeError):
        return None  # it has ended, or is about to
    return answer
