"""Clients that write to a socket what no library would, and what they wait for."""

import signal
import socket
import time
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx2

HEAD = b"POST /graphql HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
QUERY = b'{"query": "{ __typename }"}'
ANSWER = b'{"data":{"__typename":"Query"}'


@contextmanager
def connected(url):
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


def refuses(url):
    try:
        with connected(url):
            return False
    except ConnectionRefusedError:
        return True


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
