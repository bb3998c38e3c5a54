"""How much of a request is read, and what becomes of one that stops."""

import logging
from collections import deque

import orjson
import pytest

from app.errors import numbered
from app.main import create_app
from asgi import doors

CHUNK = 100_000
TOO_LARGE = {
    "errors": [
        {
            "message": "The body is larger than 1000000 bytes",
            "extensions": numbered("BODY_TOO_LARGE"),
        }
    ]
}


@pytest.fixture
def app(resources):
    return create_app(resources, doors=doors(resources))


class Connection:
    """A client that sends messages one by one, and keeps what it is answered."""

    def __init__(self, *messages, headers=()):
        self.messages = deque(messages)
        self.answered = []
        self.scope = {
            "type": "http", "method": "POST", "path": "/graphql", "raw_path": b"/graphql",
            "query_string": b"", "root_path": "", "scheme": "http", "server": ("example", 80),
            "headers": [(b"host", b"example"), (b"content-type", b"application/json"), *headers],
        }  # fmt: skip

    async def receive(self):
        return self.messages.popleft()

    async def send(self, message):
        self.answered.append(message)


def chunk(body, more=True):
    return {"type": "http.request", "body": body, "more_body": more}


async def test_a_body_without_length_is_read_up_to_the_limit_only(app):
    client = Connection(*(chunk(b" " * CHUNK) for _ in range(100)))

    await app(client.scope, client.receive, client.send)

    start, body = client.answered
    assert start["status"] == 413
    assert orjson.loads(body["body"]) == TOO_LARGE
    assert len(client.messages) == 89  # the eleventh chunk is one too many


@pytest.mark.parametrize("length", [b"1000001", b"10000000", b"9" * 5_000])
async def test_a_body_that_says_it_is_too_large_is_not_read(app, length):
    client = Connection(chunk(b"{}", more=False), headers=[(b"content-length", length)])

    await app(client.scope, client.receive, client.send)

    assert client.answered[0]["status"] == 413
    assert orjson.loads(client.answered[1]["body"]) == TOO_LARGE
    assert len(client.messages) == 1


@pytest.mark.parametrize("length", [b"-1", b"x", b"\xb2", b"", b"5"])
async def test_a_length_that_is_wrong_is_not_believed(app, length):
    client = Connection(chunk(b" " * 1_000_001, more=False), headers=[(b"content-length", length)])

    await app(client.scope, client.receive, client.send)

    assert client.answered[0]["status"] == 413


async def test_a_body_at_the_limit_is_read(http):
    body = b'{"query":"{ __typename }"}'.ljust(1_000_000)
    answer = await http.post("/graphql", content=body, headers={"Content-Type": "application/json"})

    assert answer.json()["data"] == {"__typename": "Query"}


async def test_the_limit_is_a_setting(serve):
    client = await serve(max_body_bytes=1_000)
    answer = await client.post("/graphql", json={"query": "{ __typename }" + " " * 1_000})

    assert answer.status_code == 413
    assert answer.json()["errors"][0]["message"] == "The body is larger than 1000 bytes"


async def test_a_client_that_goes_away_is_not_answered(app, caplog):
    client = Connection(chunk(b'{"query":'), {"type": "http.disconnect"})

    with caplog.at_level(logging.INFO):
        await app(client.scope, client.receive, client.send)

    assert client.answered == []
    ours = [record for record in caplog.records if record.name.startswith("thinkalike")]
    assert [record.levelname for record in ours] == ["INFO"]  # that it was asked


async def test_a_body_in_pieces_is_put_together(app):
    client = Connection(
        chunk(b'{"query":'), chunk(b""), chunk(b'"{ __typename }"'), chunk(b"}", more=False)
    )

    await app(client.scope, client.receive, client.send)

    assert orjson.loads(client.answered[1]["body"])["data"] == {"__typename": "Query"}
