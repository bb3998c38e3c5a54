"""What goes wrong when a server or one of its processes is started."""

import asyncio
import itertools
import logging
import os
import resource
import signal
import socket
import sys
from contextlib import closing
from pathlib import Path

import pytest

from app.errors import StartupError
from app.serving import server
from app.serving.supervisor import Supervisor, Worker, beside
from serve import listen


def files():
    """How many are open."""
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_a_process_that_cannot_be_started_leaves_nothing_open(tmp_path):
    with socket.socket() as listener:
        before = files()
        with pytest.raises(FileNotFoundError):
            await Worker.start([str(tmp_path / "nothing")], listener, 1, str(tmp_path))
        assert files() == before


def test_few_files_are_enough_to_start(monkeypatch, caplog):
    def refused(_what, _limits):
        raise ValueError("not allowed to raise maximum limit")

    monkeypatch.setattr(resource, "getrlimit", lambda _what: (256, 4_096))
    monkeypatch.setattr(resource, "setrlimit", refused)

    with caplog.at_level(logging.WARNING, logger="thinkalike.serve"):
        server.many_files()

    assert caplog.messages == [
        "No more than 256 files can be open: not allowed to raise maximum limit"
    ]


def test_as_many_files_as_there_may_be(monkeypatch):
    limits = []
    monkeypatch.setattr(resource, "getrlimit", lambda _what: (256, 4_096))
    monkeypatch.setattr(resource, "setrlimit", lambda _what, pair: limits.append(pair))

    server.many_files()

    assert limits == [(4_096, 4_096)]


def test_processes_have_a_socket_each_at_an_address_that_is_nobody_else_s():
    with (
        closing(listen("127.0.0.1", 0)) as listener,
        beside(listener) as one,
        beside(listener) as two,
    ):
        address, port = listener.getsockname()
        assert one.getsockname() == two.getsockname() == (address, port)
        for _ in range(2):
            with pytest.raises(StartupError, match="Address already in use"):
                listen(address, port)
            one.listen()
            two.listen()
        clients = [socket.create_connection((address, port)) for _ in range(64)]
        taken = [waiting(one), waiting(two)]
        one.close()
        later = [socket.create_connection((address, port)) for _ in range(10)]
        assert waiting(two) == 10
        for client in (*clients, *later):
            client.close()

    assert sum(taken) == 64
    assert min(taken) > 10  # it is less once in 50 million times


def waiting(listener):
    """How many connections wait at a socket; none does any more."""
    for count in itertools.count():
        try:
            listener.accept()[0].close()
        except BlockingIOError:
            return count
    raise AssertionError


# Greets whoever connects; where there is a file `broken`, it cannot start.
PROGRAM = """
import os, socket, sys
if os.path.exists("broken"): sys.exit(1)
listener, line = (socket.socket(fileno=int(number)) for number in sys.argv[2:4])
listener.setblocking(True)
listener.listen()
line.send(b"1")
while True:
    client, _ = listener.accept()
    client.sendall(str(os.getpid()).encode())
    client.close()
"""


async def greeted(address):
    reader, writer = await asyncio.open_connection(*address)
    told = await reader.read()
    writer.close()
    return int(told)


async def test_nobody_waits_at_processes_that_died_and_cannot_be_replaced(
    tmp_path, monkeypatch, caplog
):
    monkeypatch.chdir(tmp_path)
    with closing(listen("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        supervisor = Supervisor([sys.executable, "-c", PROGRAM], listener, 3)
        ready = asyncio.Event()
        running = asyncio.create_task(supervisor.run(ready.set))
        async with asyncio.timeout(60):
            await ready.wait()
            found: set[int] = set()
            while len(found) < 3:
                found.add(await greeted(address))
            (tmp_path / "broken").touch()
            *dead, alive = found
            for pid in dead:
                os.kill(pid, signal.SIGKILL)
            while sum("has ended (-9)" in told for told in caplog.messages) < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.01)

            assert {await greeted(address) for _ in range(30)} == {alive}
            os.kill(os.getpid(), signal.SIGTERM)
            assert await running == signal.SIGTERM
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().remove_signal_handler(number)
