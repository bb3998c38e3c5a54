"""A client that takes nothing on trust: one connection, one request at a time, whole answers."""

import asyncio
import re
from typing import Any

import orjson

LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
PATIENCE = 30.0


class Client:
    def __init__(self, port: int) -> None:
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, request: bytes) -> tuple[int, Any]:
        """Status and JSON. Raises OSError or EOFError when there was no whole answer, TimeoutError
        after PATIENCE; the next request has a connection of its own then."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._asked(request)
        except (OSError, EOFError):
            self.close()
            raise

    def close(self) -> None:
        if self._writer:
            self._writer.close()
        self._reader = self._writer = None

    async def _asked(self, request: bytes) -> tuple[int, Any]:
        if self._reader is None or self._reader.at_eof() or self._writer is None:
            self.close()
            opened = await asyncio.open_connection("127.0.0.1", self._port, limit=1_000_000)
            self._reader, self._writer = opened
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = LENGTH.search(head)
        body = await self._reader.readexactly(int(length[1]) if length else 0)
        if b"connection: close" in head.lower():
            self.close()
        return int(head[9:12]), orjson.loads(body)
