"""What goes wrong on our side: clients learn where to find it in the log, and nothing else."""

import logging

import httpx2
import pytest
from graphql import GraphQLError

from app.db import Database
from app.documents import MemoryDocuments
from app.errors import NUMBERS, BadInput, Unavailable, numbered
from app.http.refusal import RequestError
from app.main import create_app
from app.resources import Resources
from asgi import doors
from resolvers.errors import formatted
from resolvers.execution import Operations
from tests.conftest import BASE_URL

SECRET = "SELECT password FROM users WHERE host = 'db.internal'"
QUERY = {"query": '{ __typename user(id: "usr_01kcz3v5g0e0080000000000aa") { id } }'}
MASKED = {"code": "INTERNAL_SERVER_ERROR", "number": 5001, "requestId": "req-1"}
ID = {"X-Request-ID": "req-1"}

on_sqlite = pytest.mark.parametrize("migrated", ["sqlite"], indirect=True, scope="session")


def logged(caplog):
    """The only error in the log: its message, and its traceback as text."""
    (record,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    return record.getMessage(), logging.Formatter().formatException(record.exc_info)


@pytest.fixture
def broken(monkeypatch):
    async def fetch(self, statement, values):
        raise RuntimeError(SECRET)

    monkeypatch.setattr(Database, "fetch", fetch)


@on_sqlite
@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
async def test_a_failing_loader_is_masked(http, broken, caplog, accept):
    answer = await http.post("/graphql", json=QUERY, headers={**ID, "Accept": accept})

    assert answer.status_code == 200
    assert answer.headers["X-Request-ID"] == "req-1"
    assert answer.json() == {
        "data": {"__typename": "Query", "user": None},
        "errors": [
            {
                "message": "Internal server error",
                "locations": [{"line": 1, "column": 14}],
                "path": ["user"],
                "extensions": MASKED,
            }
        ],
        "extensions": {"cost": {"requested": 1, "limit": 10_000}},
    }
    message, traceback = logged(caplog)
    assert message == "Request req-1 failed at ['user']"
    assert traceback.endswith(f"RuntimeError: {SECRET}")


@on_sqlite
async def test_a_failing_loader_is_masked_in_events_too(http, broken, caplog):
    answer = await http.post("/graphql", json=QUERY, headers={"Accept": "text/event-stream"})

    assert answer.status_code == 200
    assert answer.text.startswith('event: next\ndata: {"data":{"__typename":"Query","user":null}')
    assert "Internal server error" in answer.text
    assert SECRET not in answer.text
    assert f'"requestId":"{answer.headers["X-Request-ID"]}"' in answer.text


@on_sqlite
@pytest.mark.parametrize(
    ("accept", "type"),
    [
        ("application/json", "application/json"),
        ("application/graphql-response+json", "application/graphql-response+json"),
        ("text/event-stream", "application/json"),
        ("*/*", "application/json"),
    ],
)
async def test_a_failing_endpoint_is_masked(http, monkeypatch, caplog, accept, type):
    async def run(self, *_, **__):
        raise RuntimeError(SECRET)

    monkeypatch.setattr(Operations, "run", run)
    answer = await http.post("/graphql", json=QUERY, headers={**ID, "Accept": accept})

    assert answer.status_code == 500
    assert answer.headers["X-Request-ID"] == "req-1"
    assert answer.headers["Content-Type"] == f"{type}; charset=utf-8"
    assert answer.json() == {"errors": [{"message": "Internal server error", "extensions": MASKED}]}
    message, traceback = logged(caplog)
    assert message == "Request req-1 failed"
    assert traceback.endswith(f"RuntimeError: {SECRET}")


@pytest.mark.parametrize(
    "address",
    ["postgresql://ada:hunter2@127.0.0.1:1/content", "sqlite:////nonexistent/folder/content.db"],
    ids=["postgresql", "sqlite"],
)
async def test_a_database_that_is_gone_is_told_in_our_words(settings, address, caplog):
    database = Database.at(address)
    resources = Resources.on(database, MemoryDocuments(), settings)
    app = create_app(resources, doors=doors(resources))
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url=BASE_URL) as client:
        answer = await client.post("/graphql", json=QUERY, headers=ID)
    await database.close()

    assert answer.status_code == 200
    assert answer.json()["data"] == {"__typename": "Query", "user": None}
    assert answer.json()["errors"] == [
        {
            "message": "The database does not answer; try again later",
            "locations": [{"line": 1, "column": 14}],
            "path": ["user"],
            "extensions": {"code": "DATABASE_UNAVAILABLE", "number": 5002, "requestId": "req-1"},
        }
    ]
    message, traceback = logged(caplog)
    assert message == "Request req-1 failed at ['user']"
    assert "app.errors.Unavailable" in traceback
    assert "hunter2" not in caplog.text + traceback


def located(original, message="It failed"):
    return GraphQLError(message, path=["user", 0], original_error=original)


def test_an_error_for_the_caller_keeps_its_message_and_details(caplog):
    error = located(BadInput("`first` is too large", argument="first"), "`first` is too large")

    assert formatted(error, "req-1") == {
        "message": "`first` is too large",
        "path": ["user", 0],
        "extensions": {"code": "BAD_USER_INPUT", "number": 2001, "argument": "first"},
    }
    assert caplog.records == []


def test_an_error_of_graphql_itself_keeps_its_code(caplog):
    coded = GraphQLError("Too much", extensions={"code": "QUERY_TOO_COMPLEX", "limit": "cost"})

    assert formatted(coded, "req-1") == {
        "message": "Too much",
        "extensions": {"code": "QUERY_TOO_COMPLEX", "number": 2001, "limit": "cost"},
    }
    assert formatted(located(coded), "req-1")["extensions"] == {
        **(coded.extensions or {}),
        "number": 2001,
    }
    assert formatted(GraphQLError("Wrong"), "req-1")["extensions"] == numbered("BAD_USER_INPUT")
    assert caplog.records == []


def test_a_part_that_does_not_answer_is_logged(caplog):
    error = located(Unavailable("Try again later"), "Try again later")

    assert formatted(error, "req-1") == {
        "message": "Try again later",
        "path": ["user", 0],
        "extensions": {"code": "DATABASE_UNAVAILABLE", "number": 5002, "requestId": "req-1"},
    }
    assert logged(caplog)[0] == "Request req-1 failed at ['user', 0]"


@pytest.mark.parametrize(
    "original", [RuntimeError(SECRET), AssertionError(), KeyError("password"), RecursionError()]
)
def test_any_other_error_is_masked(caplog, original):
    assert formatted(located(original, SECRET), "req-1") == {
        "message": "Internal server error",
        "path": ["user", 0],
        "extensions": MASKED,
    }
    assert logged(caplog)[0] == "Request req-1 failed at ['user', 0]"


def test_a_refused_request():
    refused = RequestError(405, "No", "METHOD_NOT_ALLOWED", {"limit": 1}, Allow="GET")

    assert refused.status == 405
    assert refused.headers == {"Allow": "GET"}
    assert refused.error == {
        "message": "No",
        "extensions": {"code": "METHOD_NOT_ALLOWED", "number": 2002, "limit": 1},
    }


def test_every_code_has_its_number_in_the_catalogue_of_the_guidelines():
    known = {1001, 1002, 1003, 2001, 2002, 2003, 3001, 3002, 3003, 5001, 5002, 5003}
    assert set(NUMBERS.values()) <= known
    assert numbered("NOT_FOUND", kind="page") == {
        "code": "NOT_FOUND", "number": 3001, "kind": "page",
    }  # fmt: skip
    assert numbered("IM_A_TEAPOT") == {"code": "IM_A_TEAPOT", "number": 2001}
