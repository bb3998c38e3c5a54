"""What writing costs: requests that change something, to this server alone."""

import http.client
import json
import os
import subprocess
import sys
from itertools import islice
from typing import Any

from click import ClickException

from benches.measure import Bench, Cell
from benches.processes import Data, Server
from benches.queries import Query, request

NAME, PASSWORD = "bench_editor", "Copper-Meadow-93"
ITEMS = 200
COUNT = 16

SIGN_IN = Query(
    "sign-in",
    "sign in",
    """mutation SignIn($input: CreateSessionInput!) {
  createSession(input: $input) { accessToken refreshToken }
}""",
)
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
    make_editor(bench.data)
    caller = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    credentials = {"identifier": NAME, "password": PASSWORD}
    token = answer(caller, SIGN_IN, credentials)["createSession"]["accessToken"]
    items = [
        answer(caller, CREATE, {"title": f"Draft {n}"}, token)["createContentItem"]["contentItem"]
        for n in range(ITEMS)
    ]
    titles = ({"id": item["id"], "title": f"{n} {item['id']}"} for n in range(5) for item in items)
    asked = {
        UPDATE: [_request(UPDATE, input, token) for input in islice(titles, 5 * ITEMS)],
        SIGN_IN: [_request(SIGN_IN, credentials)],
        READ: [_request(READ, None, token)],
    }
    return [bench.cell(server, query, requests, COUNT) for query, requests in asked.items()]


def make_editor(data: Data) -> None:
    subprocess.run(
        [sys.executable, "cli.py", "user", "create", "--username", NAME, "--role", "editor",
         "--email", "bench@example.org", "--password-file", "-"],
        input=PASSWORD, text=True, check=True, stdout=subprocess.DEVNULL,
        env={**os.environ, "DATABASE_URL": data.address},
    )  # fmt: skip


def answer(
    caller: http.client.HTTPConnection, query: Query, input: Any, token: str | None = None
) -> Any:
    """The data of one answer. Raises ClickException when something is missing in it."""
    headers = {"Content-Type": "application/json", **_authorization(token)}
    caller.request("POST", "/graphql", _body(query, input), headers)
    told = json.loads(caller.getresponse().read())
    if "errors" in told or not all(all(each.values()) for each in told["data"].values()):
        raise ClickException(f"{query.title}: {told}")
    return told["data"]


def _request(query: Query, input: Any, token: str | None = None) -> bytes:
    return request(_body(query, input), _authorization(token))


def _body(query: Query, input: Any) -> bytes:
    variables = {} if input is None else {"input": input}
    asked = {"query": query.text, "operationName": query.operation, "variables": variables}
    return json.dumps(asked).encode()


def _authorization(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}
