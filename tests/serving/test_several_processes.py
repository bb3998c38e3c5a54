"""Real servers of several processes on one socket: how one is replaced, and how all end."""

import os
import re
import signal
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests import servers
from tests.processes import started
from tests.serving.clients import HEAD, connected, in_flight_is_answered, ready, refuses, until


def children(process):
    found = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return {int(pid) for pid in found.split()}


def gone(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


@pytest.fixture(scope="module")
def redis():
    with servers.valkey() as address:
        yield address


@pytest.fixture
def several(address, redis, tmp_path):
    """Two processes on one socket; ended at once when a test has not ended them."""
    if address.startswith("sqlite"):
        pytest.fail("several processes are for PostgreSQL")
    server, url = started(
        "--workers", "2", "--data", str(tmp_path), "--no-demo",
        DATABASE_URL=address, REDIS_URL=redis, THINKALIKE_SHUTDOWN_DELAY="1",
    )  # fmt: skip
    try:
        yield server, url
    finally:
        if server.poll() is None:
            server.terminate()
            server.terminate()
        server.communicate(timeout=30)


on_postgresql = pytest.mark.parametrize("migrated", ["postgresql"], indirect=True)


@on_postgresql
def test_a_process_that_dies_is_replaced_and_all_are_renewed_without_a_refusal(several):
    server, url = several
    first = children(server)
    assert len(first) == 2
    one, other = first

    os.kill(one, signal.SIGKILL)
    until(lambda: len(children(server) - {one}) == 2)
    assert other in children(server)

    server.send_signal(signal.SIGHUP)
    while other in children(server) or one in children(server):
        assert httpx2.get(f"{url}/health/live").status_code == 200
    until(lambda: len(children(server)) == 2)
    assert not children(server) & first

    assert f"Process {one} has ended (-9)" in in_flight_is_answered(server, url)


@on_postgresql
def test_none_is_left_when_their_supervisor_is_killed(several):
    server, url = several
    workers = children(server)

    server.kill()

    until(lambda: all(gone(pid) for pid in workers))
    assert refuses(url)


@on_postgresql
def test_a_second_signal_ends_all_at_once(several):
    server, url = several
    workers = children(server)
    with connected(url) as connection:
        connection.sendall(HEAD + b"Content-Length: 27\r\n\r\n")
        until(lambda: httpx2.get(f"{url}/health/live").status_code == 200)

        server.terminate()
        until(lambda: ready(url) == 503)
        server.terminate()

        assert server.wait(5) == 128 + signal.SIGTERM
    until(lambda: all(gone(pid) for pid in workers), 5)


@contextmanager
def opened(url):
    """A WebSocket that may ask."""
    address = url.replace("http", "ws") + "/graphql"
    with connect(address, subprotocols=["graphql-transport-ws"], proxy=None) as client:
        client.send('{"type": "connection_init"}')
        assert client.recv(10) == '{"type":"connection_ack"}'
        yield client


def told(client):
    """What the server closed a WebSocket with."""
    with pytest.raises(ConnectionClosed) as end:
        client.recv(30)
    return end.value.rcvd.code


@on_postgresql
def test_websockets_are_told_that_their_process_ends(several):
    server, url = several
    first = children(server)
    with ExitStack() as stack:
        clients = [stack.enter_context(opened(url)) for _ in range(8)]
        server.send_signal(signal.SIGHUP)
        assert [told(client) for client in clients] == [1012] * 8
    until(lambda: not children(server) & first and len(children(server)) == 2)
    with opened(url) as client:
        server.terminate()
        assert told(client) == 1012
    _, errors = server.communicate(timeout=30)
    assert server.returncode == -signal.SIGTERM
    assert "Traceback" not in errors


@on_postgresql
def test_whichever_process_is_asked_tells_of_all(several):
    server, url = several
    query = {"query": "{ __typename }"}
    for _ in range(40):
        assert httpx2.post(f"{url}/graphql", json=query).status_code == 200
    first = counted(url)
    one = min(children(server))
    os.kill(one, signal.SIGKILL)
    until(lambda: len(children(server) - {one}) == 2)
    until(lambda: len(counted(url)) == 2)

    assert sum(first.values()) == 40
    assert set(first) == set(counted(url)) == {"1", "2"}
    assert sum(counted(url).values()) < 40  # the one that is new began at 0


def counted(url):
    """How many operations each process has run."""
    found = dict.fromkeys(re.findall(r'build_info.*worker="(\d)"', text := metrics(url)), 0.0)
    return found | {
        worker: float(count)
        for worker, count in re.findall(
            r'^thinkalike_graphql_operations_total\{.*worker="(\d)"\} (\S+)$', text, re.MULTILINE
        )
    }


def metrics(url):
    return httpx2.get(f"{url}/metrics").text
