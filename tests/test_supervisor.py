"""What goes wrong when a server or one of its processes is started."""

import itertools
import logging
import resource
import socket
from contextlib import closing
from pathlib import Path

import pytest

from app.errors import StartupError
from app.serving import server
from app.serving.supervisor import Worker, beside
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
