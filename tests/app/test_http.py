"""What holds for every answer: an id, careful headers, and one shape of errors."""

import logging
from dataclasses import replace

import httpx2
import pytest
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from app.errors import numbered
from app.main import create_app
from tests.conftest import BASE_URL

SECRET = "SELECT password FROM users"
YEAR = "max-age=31536000; includeSubDomains"
SAFE = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-XSS-Protection": "0",
}

pytestmark = pytest.mark.parametrize("migrated", ["sqlite"], indirect=True, scope="session")


async def fails(_request):
    raise RuntimeError(SECRET)


async def fails_late(_request):
    async def body():
        yield b"begun"
        raise RuntimeError(SECRET)

    return StreamingResponse(body())


async def answers(request):
    return PlainTextResponse(request.state.request_id)


async def known(_request):
    return Response(None, 304)


async def page(_request):
    return PlainTextResponse("", headers={"Content-Security-Policy": "script-src 'self'"})


@pytest.fixture
def app(resources):
    routes = [
        Route("/answers", answers, methods=["GET"]),
        Route("/fails", fails),
        Route("/known", known),
        Route("/page", page),
        Route("/late", fails_late),
    ]
    return create_app(resources, doors=routes)


@pytest.fixture
async def client(app):
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=BASE_URL) as client:
        yield client


def failures(caplog):
    return [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_every_answer_has_an_id_of_its_own(client):
    first, second = await client.get("/answers"), await client.get("/answers")

    assert first.headers["X-Request-ID"] == first.text
    assert len(first.text) == 16
    assert first.text != second.text


@pytest.mark.parametrize("id", ["a", "2f6c:9.1_B-7", "x" * 100])
async def test_an_id_is_taken_over(client, id):
    answer = await client.get("/answers", headers={"X-Request-ID": id})

    assert answer.headers["X-Request-ID"] == answer.text == id


@pytest.mark.parametrize(
    "id",
    [b"", b" ", b"a b", b"x" * 101, b"<script>", b"a\tb", "é".encode(), b"\xff", b"a;b", b"%0a"],
)
async def test_an_id_that_could_do_harm_is_not(client, id):
    answer = await client.get("/answers", headers={"X-Request-ID": id})

    assert answer.headers["X-Request-ID"] == answer.text
    assert len(answer.text) == 16


@pytest.mark.parametrize("path", ["/answers", "/fails", "/nowhere", "/known", "/media/none.png"])
async def test_every_answer_has_careful_headers(client, path):
    answer = await client.get(path)

    assert {name: answer.headers.get(name) for name in SAFE} == SAFE
    assert "Strict-Transport-Security" not in answer.headers


async def test_what_an_answer_states_itself_stays(client):
    answer = await client.get("/page")

    assert answer.headers.get_list("Content-Security-Policy") == ["script-src 'self'"]
    assert answer.headers.get_list("X-Frame-Options") == ["DENY"]


@pytest.mark.parametrize(
    ("public_url", "scheme", "told"),
    [
        (None, "http", None),
        (None, "https", YEAR),
        ("http://content.example", "http", None),
        ("https://content.example", "http", YEAR),  # a proxy speaks https for us
        ("https://content.example", "https", YEAR),
    ],
)
async def test_who_came_by_https_stays_with_it(resources, public_url, scheme, told):
    settings = resources.settings.model_copy(update={"public_url": public_url})
    app = create_app(replace(resources, settings=settings), doors=[])
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url=f"{scheme}://a.example") as client:
        answer = await client.get("/nowhere")

    assert answer.headers.get("Strict-Transport-Security") == told


@pytest.mark.parametrize(
    ("method", "path", "status", "message", "code"),
    [
        ("GET", "/nowhere", 404, "Not Found", "NOT_FOUND"),
        ("GET", "/media/none.png", 404, "Not Found", "NOT_FOUND"),
        ("GET", "/media/../settings.py", 404, "Not Found", "NOT_FOUND"),
        ("GET", "/media/%2e%2e/%2e%2e/etc/passwd", 404, "Not Found", "NOT_FOUND"),
        ("POST", "/media/none.png", 405, "Method Not Allowed", "METHOD_NOT_ALLOWED"),
        ("POST", "/answers", 405, "Method Not Allowed", "METHOD_NOT_ALLOWED"),
    ],
)
async def test_errors_of_http_have_the_shape_of_all_errors(
    client, caplog, method, path, status, message, code
):
    answer = await client.request(method, path, headers={"X-Request-ID": "req-1"})

    assert answer.status_code == status
    assert answer.headers["X-Request-ID"] == "req-1"
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == {
        "errors": [{"message": message, "extensions": numbered(code, requestId="req-1")}]
    }
    assert failures(caplog) == []


async def test_what_may_be_asked_instead_is_told(client):
    answer = await client.post("/answers")

    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD"}


async def test_a_mistake_of_ours_is_in_the_log_only(client, caplog):
    answer = await client.get("/fails", headers={"X-Request-ID": "req-1"})

    assert answer.status_code == 500
    assert answer.headers["X-Request-ID"] == "req-1"
    assert answer.json() == {
        "errors": [
            {
                "message": "Internal server error",
                "extensions": numbered("INTERNAL_SERVER_ERROR", requestId="req-1"),
            }
        ]
    }
    (record,) = failures(caplog)
    assert record.getMessage() == "Request req-1 failed"
    assert str(record.exc_info[1]) == SECRET


async def test_an_answer_that_has_begun_is_cut(client):
    """The server closes the connection, so that nobody takes the beginning for the whole."""
    with pytest.raises(RuntimeError):
        await client.get("/late")


async def test_a_websocket_to_nowhere_is_closed(app):
    sent = []

    async def receive():
        return {"type": "websocket.connect"}

    async def send(message):
        sent.append(message)

    scope = {"type": "websocket", "path": "/nowhere", "headers": [], "query_string": b""}
    await app(scope, receive, send)

    assert [message["type"] for message in sent] == ["websocket.close"]
