"""What is asked while things fail, and what an answer is worth."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson

from benches.chaos.wire import Client
from benches.queries import request

OK, WRONG, REFUSED, CUT, LATE = "ok", "wrong", "no connection", "connection lost", "no answer"
FORGOTTEN = "PERSISTED_QUERY_NOT_FOUND"


@dataclass(frozen=True, slots=True)
class Read:
    """`expected` is the answer's data, known from elsewhere. `text` is sent when the server says
    that it does not know the document of which `request` has the hash only."""

    name: str
    request: bytes
    expected: Any
    text: bytes = b""


def posted(
    query: str, variables: dict[str, Any] | None = None, token: str = "", **more: Any
) -> bytes:
    body = orjson.dumps({"query": query, "variables": variables or {}, **more})
    return request(body, {"Authorization": f"Bearer {token}"} if token else {})


def by_hash(name: str, query: str, variables: dict[str, Any], expected: Any) -> Read:
    """An automatic persisted query, which all processes know of Redis."""
    extensions = {
        "persistedQuery": {"version": 1, "sha256Hash": sha256(query.encode()).hexdigest()}
    }
    alone = orjson.dumps({"variables": variables, "extensions": extensions})
    whole = posted(query, variables, extensions=extensions)
    return Read(name, request(alone), expected, whole)


async def outcome(client: Client, request: bytes, expected: Any) -> tuple[str, Any]:
    """How it went, and the body: OK, a status with a code, that there was no whole answer, or
    WRONG, which nothing excuses."""
    try:
        status, body = await client.ask(request)
    except TimeoutError:
        return LATE, None
    except ConnectionRefusedError:
        return REFUSED, None
    except (OSError, EOFError):
        return CUT, None
    return judged(status, body, expected), body


def judged(status: int, body: Any, expected: Any) -> str:
    data = body.get("data")
    if errors := body.get("errors"):
        code = errors[0]["extensions"]["code"]
        return f"{status} {code}" if fits(data, expected) else WRONG
    return OK if status == 200 and (expected is ... or data == expected) else WRONG


def fits(data: Any, expected: Any) -> bool:
    """Whether what there is beside errors is a part of the answer."""
    if data is None or expected is ...:
        return True
    if isinstance(data, dict) and isinstance(expected, dict):
        return all(fits(data[name], expected.get(name)) for name in data)
    return bool(data == expected)
