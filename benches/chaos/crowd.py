"""Clients that are many or no friends, in a process of their own."""

import asyncio
import resource
import time
from collections import Counter
from dataclasses import dataclass, field

from benches.chaos.asked import outcome, posted
from benches.chaos.wire import Client

HEAD = b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
BEGUN = {
    "idle": b"",
    "heads": b"GET / HTTP/1.1\r\nX-Slow: ",
    "bodies": HEAD + b"Content-Length: 1000\r\n\r\n",
}
AT_ONCE = 100


@dataclass
class Seen:
    """`most` connections were open at a time; `ends` are the first lines that they ended with."""

    opened: int = 0
    open: int = 0
    most: int = 0
    failed: int = 0
    filled: float = 0.0
    first_end: float = 0.0
    last_end: float = 0.0
    ends: dict[str, int] = field(default_factory=dict)


def gathered(kind: str, port: int, count: int, seconds: float) -> Seen:
    """`count` connections that send a byte a second, or nothing, as long as they may."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    return asyncio.run(_gathered(kind, port, count, seconds))


async def _gathered(kind: str, port: int, count: int, seconds: float) -> Seen:
    seen, doors, began = Seen(), asyncio.Semaphore(AT_ONCE), time.monotonic()

    async def one() -> None:
        try:
            async with doors:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            seen.failed += 1
            return
        seen.opened += 1
        seen.open += 1
        if seen.open > seen.most:
            seen.most, seen.filled = seen.open, time.monotonic() - began
        end = await _held(reader, writer, kind, began + seconds)
        writer.close()
        seen.open -= 1
        seen.ends[end] = seen.ends.get(end, 0) + 1
        seen.last_end = time.monotonic() - began
        seen.first_end = seen.first_end or seen.last_end

    await asyncio.gather(*(one() for _ in range(count)))
    return seen


async def _held(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, kind: str, deadline: float
) -> str:
    writer.write(BEGUN[kind])
    while (left := deadline - time.monotonic()) > 0:
        try:
            line = await asyncio.wait_for(reader.readline(), 1 if BEGUN[kind] else left)
        except TimeoutError:
            writer.write(b"x" if BEGUN[kind] else b"")
        except OSError:
            return "reset"
        else:
            return line.decode().strip() or "closed"
    return "still open"


def burst(port: int, query: str, expected: object, count: int) -> Counter[str]:
    """The same, from so many connections at once."""
    return asyncio.run(_burst(port, query, expected, count))


async def _burst(port: int, query: str, expected: object, count: int) -> Counter[str]:
    async def one() -> str:
        client = Client(port)
        how, _ = await outcome(client, posted(query), expected)
        client.close()
        return how

    return Counter(await asyncio.gather(*(one() for _ in range(count))))
