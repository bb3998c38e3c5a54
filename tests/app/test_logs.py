"""What the server writes down of its requests, how, and what it never writes."""

import io
import logging
from dataclasses import replace

import httpx2
import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from app.db import Database
from app.logs.entry import note
from app.main import create_app
from app.permissions import Role
from asgi import doors
from tests.app.logged import lines, logged
from tests.rest.signing import signed_in

pytestmark = pytest.mark.parametrize("migrated", ["sqlite"], indirect=True, scope="session")


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def log(resources):
    with logged(resources.settings, io.StringIO()) as stream:
        yield stream


async def warns(_request):
    logging.getLogger("app.anything").warning("Look out, %s", "Ford")
    logging.getLogger("elsewhere").info("Not ours, and nothing to worry about")
    return PlainTextResponse("")


async def fails(_request):
    raise RuntimeError("It broke")


def client(resources, *routes, peer="192.0.2.7"):
    app = create_app(resources, doors=[*routes, *doors(resources)])
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False, client=(peer, 1))
    return httpx2.AsyncClient(transport=transport, base_url="http://t")


async def test_a_request_is_a_line(log, resources):
    chosen = resources.settings.model_copy(update={"engine": "plan"})
    resources = replace(resources, settings=chosen)
    headers = await signed_in(resources, Role.EDITOR)
    query = "query Names { viewer { user { id } } }"
    async with client(resources) as http:
        answer = await http.post(
            "/graphql", json={"query": query}, headers={**headers, "X-Request-ID": "mine"}
        )
        who = resources.tokens.verify(headers["Authorization"].split()[1]).user_id

    (line,) = lines(log.getvalue())
    assert line.pop("time").endswith("+00:00")
    assert line.pop("duration_ms") > 0
    assert line == {
        "level": "info",
        "logger": "thinkalike.requests",
        "message": "POST /graphql 200",
        "request_id": "mine",
        "actor": who,
        "operation": "Names",
        "cost": 2,
        "engine": "plan",
        "method": "POST",
        "route": "/graphql",
        "status": 200,
        "bytes": len(answer.content),
        "address": "192.0.2.7",
    }


async def test_a_request_of_rest_tells_its_route_and_what_was_refused(log, resources):
    async with client(resources) as http:
        await http.get("/api/v1/users/usr_secret?fields=username")
        await http.get("/api/v1/users?token=secret")
        await http.get("/nothing/secret")
        await http.request("BREW", "/graphql")

    told = [
        (line["message"], line["errors"], line.get("operation")) for line in lines(log.getvalue())
    ]
    assert told == [
        ("GET /api/v1/users/{id} 404", {"NOT_FOUND": 1}, "GetUser"),
        ("GET /api/v1/users 400", {"INVALID_PARAMETER": 1}, None),
        ("GET other 404", {"NOT_FOUND": 1}, None),
        ("other /graphql 405", {"METHOD_NOT_ALLOWED": 1}, None),
    ]
    assert "secret" not in log.getvalue()


async def test_what_machines_ask_again_and_again_is_not_logged(log, resources):
    async with client(resources, peer="127.0.0.1") as http:
        for path in ("/health/live", "/health/ready", "/metrics"):
            await http.get(path, headers={"Host": "localhost"})
    assert log.getvalue() == ""


async def test_who_tries_to_see_what_machines_ask_is_logged(log, resources):
    async with client(resources) as http:
        answer = await http.get("/metrics", headers={"Host": "content.example"})

    assert answer.status_code == 403
    assert "/metrics" in log.getvalue()


async def test_requests_need_not_be_logged(log, resources):
    settings = resources.settings.model_copy(update={"access_log": False})
    async with client(resources.__class__.on(resources.db, resources.documents, settings)) as http:
        await http.get("/api/v1/tags")
    assert log.getvalue() == ""


async def test_a_failure_is_logged_with_its_traceback_under_the_id_of_its_request(log, resources):
    async with client(resources, Route("/fails", fails)) as http:
        await http.get("/fails", headers={"X-Request-ID": "mine"})

    failure, request = lines(log.getvalue())
    assert (failure["level"], failure["request_id"]) == ("error", "mine")
    assert failure["exception"].startswith("Traceback ")
    assert failure["exception"].endswith("RuntimeError: It broke")
    assert (request["status"], request["request_id"]) == (500, "mine")
    assert request["errors"] == {"INTERNAL_SERVER_ERROR": 1}


@pytest.mark.parametrize("format", ["json", "text"])
@pytest.mark.parametrize(
    "ask",
    [
        lambda http: http.post("/graphql", json={"query": "{ contentItems { id } }"}),
        lambda http: http.get("/api/v1/tags"),
        lambda http: http.get("/api/v1/tags", headers={"X-API-Key": f"tak_{'0' * 26}_{'x' * 43}"}),
    ],
)
async def test_what_does_not_answer_is_a_line_and_no_traceback(resources, ask, format):
    away = Database.at("postgresql://nobody@127.0.0.1:1/nothing")
    settings = resources.settings.model_copy(update={"log_format": format})
    made = resources.__class__.on(away, resources.documents, settings)
    with logged(settings, io.StringIO()) as log:
        async with client(made) as http:
            answer = await ask(http)

    assert "DATABASE_UNAVAILABLE" in answer.text.upper()
    failure, _request = log.getvalue().splitlines()
    assert answer.headers["X-Request-ID"] in failure
    if format == "json":
        (told, _) = lines(log.getvalue())
        assert (told["level"], told["code"]) == ("error", "DATABASE_UNAVAILABLE")
        assert "127.0.0.1" in told["reason"]
    else:
        assert "  DATABASE_UNAVAILABLE: " in failure


async def test_whatever_is_logged_meanwhile_has_the_id_too(log, resources):
    async with client(resources, Route("/warns", warns)) as http:
        await http.get("/warns", headers={"X-Request-ID": "mine"})

    warning, _ = lines(log.getvalue())
    assert (warning["level"], warning["message"]) == ("warning", "Look out, Ford")
    assert warning["request_id"] == "mine"


async def test_outside_of_requests_there_is_nothing_to_note(log):
    note(actor="usr_1")
    logging.getLogger("thinkalike.worker").info("Working")
    (line,) = lines(log.getvalue())
    assert set(line) == {"time", "level", "logger", "message"}


async def test_less_may_be_logged(resources):
    settings = resources.settings.model_copy(update={"log_level": "error"})
    with logged(settings, io.StringIO()) as log:
        async with client(resources, Route("/warns", warns), Route("/fails", fails)) as http:
            await http.get("/warns")
            await http.get("/fails")
    assert [line["level"] for line in lines(log.getvalue())] == ["error"]


async def test_on_a_terminal_it_is_short_and_in_colours(resources):
    with logged(resources.settings, Terminal()) as log:
        async with client(resources, Route("/warns", warns)) as http:
            await http.get("/warns", headers={"X-Request-ID": "mine"})

    warning, request = log.getvalue().splitlines()
    assert warning[8:] == " \x1b[33mLook out, Ford\x1b[0m\x1b[2m  request_id=mine\x1b[0m"
    assert request[8:].startswith(" GET /warns 200\x1b[2m  duration_ms=")


async def test_text_without_colours_and_with_a_traceback(resources):
    settings = resources.settings.model_copy(update={"log_format": "text"})
    with logged(settings, io.StringIO()) as log:
        async with client(resources, Route("/fails", fails)) as http:
            await http.get("/fails", headers={"X-Request-ID": "mine"})

    written = log.getvalue().splitlines()
    assert written[0][8:] == " Request mine failed  request_id=mine"
    assert written[1] == "Traceback (most recent call last):"
    assert "\x1b" not in log.getvalue()


async def test_json_may_be_had_on_a_terminal(resources):
    settings = resources.settings.model_copy(update={"log_format": "json"})
    with logged(settings, Terminal()) as log:
        logging.getLogger("thinkalike").error("No")
    assert lines(log.getvalue())[0]["message"] == "No"


def test_what_cannot_be_written_as_json_is_written_as_text(log):
    record = {"entry": {"cost": {1, 2}}}
    logging.getLogger("thinkalike").error("%s", object, extra=record)
    assert lines(log.getvalue())[0]["cost"] == "{1, 2}"
