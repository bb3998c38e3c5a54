"""Whether the servers answer alike."""

import http.client
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from click import ClickException

from benches.processes import Server
from benches.queries import Query


def moments(value: dict[str, Any]) -> dict[str, Any]:
    """A moment may be written in more ways than one: `2025-01-01T00:00:00Z` is `…00.000+00:00`."""
    if "createdAt" in value:
        value["createdAt"] = datetime.fromisoformat(value["createdAt"])
    return value


def require_same(
    servers: Iterable[Server],
    query: Query,
    users: Sequence[str],
    alike: Callable[[dict[str, Any]], dict[str, Any]] = moments,
) -> None:
    """Raises ClickException unless the servers answer each request with the same data, after
    `alike` has seen each object of it."""
    answers = {server.name: _answers(server, query, users, alike) for server in servers}
    first, *others = answers.values()
    for other in others:
        for one, another in zip(first, other, strict=True):
            if one != another:
                names = [name for name, told in answers.items() if told != first]
                raise ClickException(
                    f"Others than {next(iter(answers))} answer {query.title} otherwise: {names}:"
                    f"\n{one}\n{another}"
                )


def _answers(
    server: Server,
    query: Query,
    users: Sequence[str],
    alike: Callable[[dict[str, Any]], dict[str, Any]],
) -> list[Any]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    headers = {"Content-Type": "application/json", **server.headers}
    answers = []
    for body in query.bodies(users, server.texts.get(query.name)):
        connection.request("POST", "/graphql", body, headers)
        answer = json.loads(connection.getresponse().read(), object_hook=alike)
        if "errors" in answer or not all(answer["data"].values()):
            wrong = answer.get("errors") or answer
            raise ClickException(f"{server.name} answers {body.decode()} with {wrong}")
        answers.append(answer["data"])
    connection.close()
    return answers
