"""The load generator: in a process of its own, as little work for each request as possible."""

import asyncio
import re
import signal
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from multiprocessing import get_context

import uvloop

from benches.cpu import Watch

LEAST, MOST = 10, 200_000
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Load:
    """Requests to send over and over for some seconds (until LEAST answers have come), and whose
    CPU to watch meanwhile."""

    port: int
    server: int
    postmaster: int
    requests: Sequence[bytes]
    connections: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """Times are in seconds; `latencies` has one for each request."""

    latencies: list[float]
    elapsed: float
    server: float
    database: float
    client: float


@contextmanager
def generator() -> Iterator[ProcessPoolExecutor]:
    """A process for `run`; what it uses is in nobody's figures. Our Ctrl-C ends it, not its own."""
    ignore = (signal.SIGINT, signal.SIG_IGN)
    with ProcessPoolExecutor(1, get_context("spawn"), signal.signal, ignore) as pool:
        yield pool


def run(load: Load) -> Outcome:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_run(load))


async def _run(load: Load) -> Outcome:
    loop = asyncio.get_running_loop()
    work = Work(load, loop.create_future())
    made = [
        await loop.create_connection(lambda: Connection(work), "127.0.0.1", load.port)
        for _ in range(load.connections)
    ]
    connections = [connection for _, connection in made]
    watch = Watch(load.server, load.postmaster)
    client, start = time.process_time(), time.perf_counter()
    work.deadline = start + load.seconds
    for connection in connections:
        connection.send()
    await asyncio.wait_for(work.done, load.seconds + 60)
    elapsed, client = time.perf_counter() - start, time.process_time() - client
    server, database = watch.elapsed()
    for connection in connections:
        connection.transport.close()
    return Outcome(work.latencies, elapsed, server, database, client)


class Work:
    """What the connections share."""

    def __init__(self, load: Load, done: asyncio.Future[None]) -> None:
        self.requests = cycle(load.requests)
        self.done = done
        self.busy = load.connections
        self.deadline = 0.0
        self.latencies: list[float] = []

    def failed(self, reason: str) -> None:
        if not self.done.done():
            self.done.set_exception(RuntimeError(reason))

    def finished(self) -> None:
        self.busy -= 1
        if not self.busy and not self.done.done():
            self.done.set_result(None)


class Connection(asyncio.Protocol):
    """One keep-alive connection with one request at a time."""

    transport: asyncio.Transport

    def __init__(self, work: Work) -> None:
        self.work = work
        self.received = b""
        self.expected = 0
        self.sent = 0.0
        self.waiting = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]

    def connection_lost(self, error: Exception | None) -> None:
        if self.waiting:  # otherwise it was idle for long, while others still waited
            self.work.failed(f"The server closed a connection: {error}")

    def send(self) -> None:
        self.sent, self.waiting = time.perf_counter(), True
        self.transport.write(next(self.work.requests))

    def data_received(self, data: bytes) -> None:
        self.received = received = self.received + data if self.received else data
        if not self.expected:
            head = received.find(b"\r\n\r\n")
            if head < 0:
                return
            length = LENGTH.search(received, 0, head)
            if not received.startswith(b"HTTP/1.1 200") or length is None:
                self.work.failed(f"The server answered {received[:500]!r}")
                return
            self.expected = head + 4 + int(length[1])
        if len(received) >= self.expected:
            self.answered()

    def answered(self) -> None:
        now, work = time.perf_counter(), self.work
        work.latencies.append(now - self.sent)
        if b'"errors"' in self.received:
            work.failed(f"The server answered {self.received[:500]!r}")
        self.received, self.expected, self.waiting = b"", 0, False
        answers = len(work.latencies)
        if answers < LEAST or (now < work.deadline and answers < MOST):
            self.send()
        else:
            work.finished()
