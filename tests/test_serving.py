"""Real server processes: several on one socket, how they end, and clients that are no friends."""

import os
import re
import signal
import socket
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests import servers
from tests.processes import serving, started

PATIENCE = 1.0
HEAD = b"POST /graphql HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
QUERY = b'{"query": "{ __typename }"}'
ANSWER = b'{"data":{"__typename":"Query"}'


@contextmanager
def connected(url, **options):
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
        yield connection


def said(connection):
    """All that comes until the server hangs up."""
    pieces = []
    try:
        while piece := connection.recv(65_536):
            pieces.append(piece)
    except ConnectionResetError:
        pass
    return b"".join(pieces)


def until(true, seconds=30):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def ready(url):
    return httpx2.get(f"{url}/health/ready").status_code


def children(process):
    found = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return {int(pid) for pid in found.split()}


def gone(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def refuses(url):
    try:
        with connected(url):
            return False
    except ConnectionRefusedError:
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


def test_one_process_ends_what_is_under_way(tmp_path):
    server, url = started("--data", str(tmp_path), "--no-demo", THINKALIKE_SHUTDOWN_DELAY="1")
    in_flight_is_answered(server, url)


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


def in_flight_is_answered(server, url):
    """After SIGTERM: not ready, served on for a second, no new connections, the answer.

    Returns what the server has said.
    """
    with connected(url) as connection:
        connection.sendall(HEAD + b"Expect: 100-continue\r\nContent-Length: 27\r\n\r\n")
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"  # the application reads
        assert ready(url) == 200

        server.terminate()
        until(lambda: ready(url) == 503)
        assert httpx2.get(f"{url}/health/ready").json()["status"] == "draining"
        assert httpx2.get(f"{url}/health/live").status_code == 200
        until(lambda: refuses(url))

        connection.sendall(QUERY)
        answer = said(connection)

    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert ANSWER in answer
    _, errors = server.communicate(timeout=30)
    assert server.returncode == -signal.SIGTERM
    assert "Traceback" not in errors
    return errors


@pytest.fixture(scope="module")
def impatient(tmp_path_factory):
    data = str(tmp_path_factory.mktemp("data"))
    with serving("--data", data, "--no-demo", THINKALIKE_RECEIVE_TIMEOUT=str(PATIENCE)) as url:
        yield url


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\r\n",
        b"GET / HTTP/1.1\r\nHost: h\r\nX-Slow: ",
        HEAD + b"Content-Length: 27\r\n\r\n" + QUERY[:10],
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{\"que",
    ],
)  # fmt: skip
def test_who_is_too_slow_is_hung_up_on(impatient, sent):
    with connected(impatient) as connection:
        connection.sendall(sent)
        answer = said(connection)

    assert answer.count(b"HTTP/1.1 408 Request Timeout\r\n") == 1
    assert b'"code":"REQUEST_TIMEOUT"' in answer
    assert httpx2.get(f"{impatient}/health/live").status_code == 200


def test_who_goes_on_with_nothing_is_hung_up_on(impatient):
    with connected(impatient) as connection:
        # Without a body, which might come a moment after the head.
        connection.sendall(b"HEAD /health/live HTTP/1.1\r\nHost: h\r\n\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200 OK\r\n")
        connection.sendall(b"\r\n")
        assert said(connection).startswith(b"HTTP/1.1 408 Request Timeout\r\n")


@pytest.mark.parametrize(
    ("begun", "endless"),
    [
        (b"GET /", b"x" * 1_000),
        (b"GET / HTTP/1.1\r\nHost: h\r\nX-Long: ", b"x" * 1_000),
        (b"GET / HTTP/1.1\r\nHost: h\r\n", b"X-Many: x\r\n" * 100),
        (b"", b"\r\n" * 500),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;x=", b"x" * 1_000),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n0\r\n", b"X-Many: x\r\n" * 100),
    ],
)
def test_a_head_that_never_ends_is_refused(impatient, begun, endless):
    with connected(impatient) as connection:
        connection.sendall(begun)
        sent = 0
        try:
            while sent < 10_000_000:
                sent += connection.send(endless)
        except (ConnectionResetError, BrokenPipeError):
            pass
        said(connection)
    assert sent < 10_000_000


def test_a_long_head_that_ends_is_none_of_these(impatient):
    with connected(impatient) as connection:
        long = b"X-Long: " + b"x" * 50_000 + b"\r\n"
        connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + long)
        connection.sendall(b"\r\n")
        answer = said(connection)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_large_body_in_small_pieces_is_none_of_these(impatient):
    body = b'{"query": "{ __typename }"' + b" " * 300_000 + b"}"
    with connected(impatient) as connection:
        connection.sendall(HEAD + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n")
        for start in range(0, len(body), 10):
            piece = body[start : start + 10]
            connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
        connection.sendall(b"0\r\n\r\n")
        answer = said(connection)
    assert ANSWER in answer


def test_what_is_no_http_is_refused_as_everything_is(impatient):
    with connected(impatient) as connection:
        connection.sendall(b"nonsense\r\n\r\n")
        head, _, body = said(connection).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b'"code":"BAD_REQUEST"' in body


def test_who_does_not_take_an_answer_is_hung_up_on(impatient):
    with connected(impatient) as connection:
        request = b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: h\r\n\r\n"
        connection.sendall(request * 200)  # more than any buffer on the way holds
        time.sleep(3 * PATIENCE)
        assert len(said(connection)) < 20_000_000


ENTER = """mutation {
  createSession(input: {identifier: "ada", password: "Otter-Lantern-47"}) {
    session { ipAddress }
  }
}"""
REGISTER = """mutation {
  registerUser(input: {username: "ada", email: "a@b.example", password: "Otter-Lantern-47"}) {
    errors { code }
  }
}"""


def recorded(url, *told):
    """The address that the server believes to be the client's."""
    headers = [("X-Forwarded-For", value) for value in told]
    answer = httpx2.post(f"{url}/graphql", json={"query": ENTER}, headers=headers).json()
    return answer["data"]["createSession"]["session"]["ipAddress"]


def test_a_proxy_that_is_trusted_says_who_calls(tmp_path):
    with serving(
        "--data", str(tmp_path), "--no-demo", THINKALIKE_FORWARDED_ALLOW_IPS="127.0.0.1,10.0.0.0/8"
    ) as url:
        httpx2.post(f"{url}/graphql", json={"query": REGISTER})
        found = [
            recorded(url),
            recorded(url, "198.51.100.7"),
            recorded(url, "203.0.113.9, 198.51.100.7"),  # the first is what the client made up
            recorded(url, "203.0.113.9", "198.51.100.7, 10.1.2.3"),  # through two proxies
            recorded(url, "[2001:db8::1]:4711"),
        ]
    assert found == ["127.0.0.1", "198.51.100.7", "198.51.100.7", "198.51.100.7", "2001:db8::1"]


def test_nobody_else_does(tmp_path):
    with serving(
        "--data", str(tmp_path), "--no-demo", THINKALIKE_FORWARDED_ALLOW_IPS="192.0.2.1"
    ) as url:
        httpx2.post(f"{url}/graphql", json={"query": REGISTER})
        found = [recorded(url, "198.51.100.7"), recorded(url, "192.0.2.1")]
    assert found == ["127.0.0.1", "127.0.0.1"]


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
