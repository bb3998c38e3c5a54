"""Several processes at one address: started, started anew when they die, replaced, ended."""

import asyncio
import logging
import os
import signal
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import Callable, Sequence
from tempfile import TemporaryDirectory

from app.errors import StartupError

LONGEST_PAUSE = 30.0  # seconds between attempts to start what does not stay

logger = logging.getLogger("thinkalike.serve")


class Worker:
    """A server process, and a line to it: it says there when it is ready, and ends when the line
    does, so that none is left alone when this process is killed."""

    def __init__(self, process: Process, line: socket.socket, number: int) -> None:
        self.process = process
        self.number = number  # which no other has that is alive
        self._line = line

    @classmethod
    async def start(
        cls, command: Sequence[str], listener: socket.socket, number: int, folder: str
    ) -> "Worker":
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        files = (listener.fileno(), theirs.fileno())
        try:
            with theirs:
                process = await asyncio.create_subprocess_exec(
                    *command,
                    *("--inherit", *map(str, files), str(number), folder),
                    pass_fds=files,
                    start_new_session=True,  # what is typed at a terminal is for us: we pass it on
                )
        except BaseException:
            ours.close()
            raise
        return cls(process, ours, number)

    async def ready(self) -> bool:
        """Whether it serves now; False when it has ended before."""
        try:
            return await asyncio.get_running_loop().sock_recv(self._line, 1) != b""
        except ConnectionError:
            return False

    async def ended(self) -> int:
        """Its exit status, below 0 for a signal."""
        status = await self.process.wait()
        self._line.close()
        return status

    @property
    def alive(self) -> bool:
        return self.process.returncode is None

    def send(self, number: int) -> None:
        if self.alive:
            self.process.send_signal(number)


def beside(listener: socket.socket) -> socket.socket:
    """Another socket at the address of one that is bound and does not listen.

    Linux spreads connections evenly over those that listen; of one that processes share, whoever is
    awake takes all that wait (ADR 37). Elsewhere it is the same socket.
    """
    if sys.platform != "linux":
        return listener.dup()
    # It shares its address with sockets of this kind alone; those of another server are not.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    another = socket.socket(listener.family, listener.type)
    another.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    another.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    another.bind(listener.getsockname())
    another.setblocking(False)
    return another


class Supervisor:
    """Keeps `count` processes that carry out `command`, at the address of the socket `listener`."""

    def __init__(self, command: Sequence[str], listener: socket.socket, count: int) -> None:
        self._command, self._listener, self._count = command, listener, count
        self._listeners = [beside(listener) for _ in range(count)]  # one for each place
        self._started: list[Worker] = []  # those that may be alive
        self._serving: list[Worker] = []  # one at each place
        self._change = asyncio.Lock()  # of who serves
        self._renewal = asyncio.Event()
        self._folder = ""  # where they reach each other
        self._signal: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def run(self, ready: Callable[[], None]) -> int:
        """The signal that ended it; `ready` is called when all of the first processes serve.

        SIGTERM and SIGINT end the processes as they end a single one, a second signal kills them;
        SIGHUP replaces them, one after another, by new ones. Raises StartupError.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._end, number)
        loop.add_signal_handler(signal.SIGHUP, self._renewal.set)
        with TemporaryDirectory(prefix="thinkalike-") as self._folder:
            keeping = asyncio.create_task(self._keep_all(ready))
            try:
                await asyncio.wait((keeping, self._signal), return_when=asyncio.FIRST_COMPLETED)
                return self._signal.result() if self._signal.done() else await keeping
            finally:
                keeping.cancel()
                for listener in (self._listener, *self._listeners):
                    listener.close()  # that of the last process is the last
                await self._end_all()

    def _end(self, number: int) -> None:
        if self._signal.done():
            for worker in self._started:
                worker.send(signal.SIGKILL)
            os._exit(128 + number)
        self._signal.set_result(number)

    async def _end_all(self) -> None:
        for worker in self._started:
            worker.send(signal.SIGTERM)
        await asyncio.gather(*(worker.ended() for worker in self._started))

    async def _keep_all(self, ready: Callable[[], None]) -> int:
        self._serving = [await self._start(place) for place in range(self._count)]
        if not all(await asyncio.gather(*(worker.ready() for worker in self._serving))):
            raise StartupError("The server could not start; the reason is above")
        ready()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._renew())
            for place in range(self._count):
                group.create_task(self._keep(place))
        raise AssertionError("they go on until they are cancelled")

    async def _start(self, place: int) -> Worker:
        alive = [one for one in self._started if one.alive]
        number = min(set(range(1, len(alive) + 2)) - {one.number for one in alive})
        if self._listeners[place].fileno() < 0:
            self._listeners[place] = beside(self._listener)
        worker = await Worker.start(self._command, self._listeners[place], number, self._folder)
        self._started = [*alive, worker]
        return worker

    async def _keep(self, place: int) -> None:
        """Have somebody serve at this place."""
        while True:
            worker = self._serving[place]
            status = await worker.ended()
            if self._serving[place] is worker:  # it was not replaced
                logger.warning("Process %d has ended (%d)", worker.process.pid, status)
                self._listeners[place].close()  # or connections would wait there for nobody
            async with self._change:
                if self._serving[place] is worker:
                    self._serving[place] = await self._another(place)

    async def _another(self, place: int) -> Worker:
        """One that serves, however long it takes: the database may be away."""
        pause = 1.0
        while (worker := await self._new(place)) is None:
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        logger.warning("Process %d serves", worker.process.pid)
        return worker

    async def _new(self, place: int) -> Worker | None:
        """One that serves; None when it has ended before, or could not begin."""
        try:
            worker = await self._start(place)
        except OSError as error:
            logger.warning("No process can be started: %s", error)
            return None
        if await worker.ready():
            return worker
        await worker.ended()
        return None

    async def _renew(self) -> None:
        while True:
            await self._renewal.wait()
            self._renewal.clear()
            for place in range(self._count):
                if not await self._replace(place):
                    logger.error("A new process cannot serve: the old ones go on")
                    break

    async def _replace(self, place: int) -> bool:
        """Put a new process in a place; whether it serves."""
        async with self._change:
            if (worker := await self._new(place)) is None:
                return False
            old, self._serving[place] = self._serving[place], worker
        old.send(signal.SIGTERM)
        await old.ended()
        return True
