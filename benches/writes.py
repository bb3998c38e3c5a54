"""What writing costs: requests that change something, to this server alone."""

from itertools import islice
from typing import Any

from benches.accounts import (
    SIGN_IN,
    answer,
    authorization,
    body,
    caller,
    credentials,
    make,
    token,
)
from benches.measure import Bench, Cell
from benches.processes import Server
from benches.queries import Query, request

NAME = "bench_editor"
ITEMS = 200
COUNT = 16

CREATE = Query(
    "create",
    "create an item",
    """mutation Create($input: CreateContentItemInput!) {
  createContentItem(input: $input) { contentItem { id } }
}""",
)
UPDATE = Query(
    "update",
    "update a title",
    """mutation Update($input: UpdateContentItemInput!) {
  updateContentItem(input: $input) { contentItem { id title version } }
}""",
)
READ = Query(
    "signed-in", "user by id, signed in", """query Me { viewer { user { id username } } }"""
)


def measured(bench: Bench, server: Server) -> list[Cell]:
    """Updating titles of drafts with a verified token, signing in, and who is asking."""
    make(NAME, "editor", bench.data)
    asking = caller(server)
    access = token(asking, NAME)
    items = [
        answer(asking, CREATE, {"title": f"Draft {n}"}, access)["createContentItem"]["contentItem"]
        for n in range(ITEMS)
    ]
    titles = ({"id": item["id"], "title": f"{n} {item['id']}"} for n in range(5) for item in items)
    asked = {
        UPDATE: [_request(UPDATE, input, access) for input in islice(titles, 5 * ITEMS)],
        SIGN_IN: [_request(SIGN_IN, credentials(NAME))],
        READ: [_request(READ, None, access)],
    }
    return [bench.cell(server, query, requests, COUNT) for query, requests in asked.items()]


def _request(query: Query, input: Any, token: str | None = None) -> bytes:
    return request(body(query, input), authorization(token))
