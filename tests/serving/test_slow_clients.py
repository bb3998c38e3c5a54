"""Clients of a real server that are slow, endless or talk nonsense, and those that only look so."""

import time

import httpx2
import pytest

from tests.processes import serving
from tests.serving.clients import ANSWER, HEAD, QUERY, connected, said

PATIENCE = 1.0


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
