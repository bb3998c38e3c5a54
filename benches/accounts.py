"""Those who sign in: made with the command line, signed in as anybody is."""

import http.client
import json
import os
import subprocess
import sys
from dataclasses import replace
from typing import Any

from click import ClickException

from benches.databases import Data
from benches.processes import Server
from benches.queries import Query

PASSWORD = "Copper-Meadow-93"

SIGN_IN = Query(
    "sign-in",
    "sign in",
    """mutation SignIn($input: CreateSessionInput!) {
  createSession(input: $input) { accessToken refreshToken }
}""",
)


def signed_in(server: Server, data: Data) -> Server:
    """The same server, asked by a user with a session of their own."""
    name = "bench_user"
    make(name, "user", data)
    return replace(server, name="signed", headers=authorization(token(caller(server), name)))


def make(name: str, role: str, data: Data) -> None:
    subprocess.run(
        [sys.executable, "cli.py", "user", "create", "--username", name, "--role", role,
         "--email", f"{name}@example.org", "--password-file", "-"],
        input=PASSWORD, text=True, check=True, stdout=subprocess.DEVNULL,
        env={**os.environ, "DATABASE_URL": data.address},
    )  # fmt: skip


def caller(server: Server) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)


def credentials(name: str) -> dict[str, str]:
    return {"identifier": name, "password": PASSWORD}


def token(caller: http.client.HTTPConnection, name: str) -> str:
    """An access token of a new session."""
    answered = answer(caller, SIGN_IN, credentials(name))
    return str(answered["createSession"]["accessToken"])


def authorization(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def answer(
    caller: http.client.HTTPConnection, query: Query, input: Any, token: str | None = None
) -> Any:
    """The data of one answer. Raises ClickException when something is missing in it."""
    headers = {"Content-Type": "application/json", **authorization(token)}
    caller.request("POST", "/graphql", body(query, input), headers)
    told = json.loads(caller.getresponse().read())
    if "errors" in told or not all(all(each.values()) for each in told["data"].values()):
        raise ClickException(f"{query.title}: {told}")
    return told["data"]


def body(query: Query, input: Any) -> bytes:
    variables = {} if input is None else {"input": input}
    asked = {"query": query.text, "operationName": query.operation, "variables": variables}
    return json.dumps(asked).encode()
