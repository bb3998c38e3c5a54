"""Answers in fewer bytes: which, in what, under which ETag, and which better not."""

import asyncio
from dataclasses import replace

import httpx2
import pytest
import zstandard
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from app.http.body import read
from app.http.compression import TYPES
from app.http.conditions import unchanged, unmet
from app.http.form import received
from app.http.refusal import RequestError
from app.main import create_app
from tests.conftest import BASE_URL

LONG = b'{"text": "' + b"a garden of roses " * 100 + b'"}'
SHORT = b'{"text": "a garden"}'
TAG = '"7-abc"'
ALL = "gzip, deflate, br, zstd"
SITE = "https://app.example"
COOKIE = {"Cookie": "thinkalike_access=x", "Accept-Encoding": "br"}

pytestmark = pytest.mark.parametrize("migrated", ["sqlite"], indirect=True, scope="session")


async def answers(request):
    """The body, type and ETag that are asked for; conditions are heeded."""
    asked = request.query_params
    headers = {"ETag": asked.get("tag", TAG), **({"Vary": "Accept"} if "vary" in asked else {})}
    if request.method not in ("GET", "HEAD") and unmet(request.headers, TAG):
        return Response(status_code=412)
    if unchanged(request.headers, headers["ETag"]):
        return Response(None, 304, headers)
    content = SHORT if "short" in asked else LONG
    return Response(content, headers=headers, media_type=asked.get("type", "application/json"))


async def receives(request):
    try:
        return Response(await read(request, 1_000))
    except RequestError as refusal:
        return Response(refusal.message, refusal.status, refusal.headers)


async def streams(request):
    """Half of the body at first; the rest, and an end, when the first half has arrived."""

    async def body():
        yield b"first"
        await request.app.state.arrived.wait()
        yield b"second"

    return StreamingResponse(body(), media_type=request.query_params["type"])


@pytest.fixture
def app(resources):
    return app_with(resources)


def app_with(resources, **settings):
    resources = replace(resources, settings=resources.settings.model_copy(update=settings))
    methods = ["GET", "PUT"]
    routes = [
        Route("/", answers, methods=methods),
        Route("/receives", receives, methods=["POST"]),
        Route("/streams", streams),
    ]
    return create_app(resources, doors=routes)


@pytest.fixture
async def client(app):
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=BASE_URL) as client:
        yield client


def body(answer):
    """What the client reads; the HTTP client of these tests knows no zstd."""
    zstd = answer.headers.get("Content-Encoding") == "zstd"
    return zstandard.decompress(answer.content) if zstd else answer.content


def told(answer):
    """What caches go by."""
    return tuple(map(answer.headers.get, ("Content-Encoding", "ETag", "Vary")))


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        (ALL, "zstd"),
        ("gzip, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0.1, gzip", "br"),
        ("br;q=0, gzip", "gzip"),
        ("*", "zstd"),
        ("zstd ; q=0.0,br", "br"),
    ],
)
async def test_the_first_coding_that_the_client_takes(client, accept, coding):
    answer = await client.get("/", headers={"Accept-Encoding": accept})

    assert body(answer) == LONG
    assert int(answer.headers["Content-Length"]) < 100
    assert told(answer) == (coding, f'"7-abc-{coding}"', "Accept-Encoding")


@pytest.mark.parametrize("accept", ["", "identity", "deflate", "br;q=0", "compress, x-br2"])
async def test_who_takes_none_gets_it_plain(client, accept):
    answer = await client.get("/", headers={"Accept-Encoding": accept})

    assert answer.content == LONG
    assert answer.headers["Content-Length"] == str(len(LONG))
    assert told(answer) == (None, TAG, "Accept-Encoding")


@pytest.mark.parametrize("type", sorted(TYPES))
async def test_texts_are_encoded_when_that_is_worth_it(client, type):
    takes = {"Accept-Encoding": "br"}
    long = await client.get("/", params={"type": f"{type}; charset=utf-8"}, headers=takes)
    short = await client.get("/", params={"type": type, "short": 1}, headers=takes)

    assert told(long) == ("br", '"7-abc-br"', "Accept-Encoding")
    assert told(short) == (None, TAG, "Accept-Encoding")
    assert short.content == SHORT


@pytest.mark.parametrize(
    "type",
    ["image/png", "image/avif", "video/mp4", "application/pdf", "application/octet-stream",
     "text/event-stream", "multipart/mixed; boundary=x"],
)  # fmt: skip
async def test_what_is_small_already_or_never_ends_is_left_alone(client, type):
    answer = await client.get("/", params={"type": type}, headers={"Accept-Encoding": ALL})

    assert answer.content == LONG
    assert told(answer) == (None, TAG, None)


async def test_other_reasons_to_vary_stay(client):
    answer = await client.get("/", params={"vary": 1}, headers={"Accept-Encoding": "br"})
    plain = await client.get("/", params={"vary": 1, "short": 1})

    assert answer.headers.get_list("Vary") == ["Accept, Accept-Encoding"]
    assert plain.headers.get_list("Vary") == ["Accept, Accept-Encoding"]


async def test_head_is_get_without_the_body(client):
    full = await client.get("/", headers={"Accept-Encoding": "br"})
    head = await client.head("/", headers={"Accept-Encoding": "br"})

    assert told(head) == told(full)
    assert head.headers["Content-Length"] == full.headers["Content-Length"]


async def test_a_weak_tag_is_for_all_encodings(client):
    answer = await client.get("/", params={"tag": f"W/{TAG}"}, headers={"Accept-Encoding": "br"})

    assert told(answer) == ("br", f"W/{TAG}", "Accept-Encoding")


@pytest.mark.parametrize(
    ("accept", "known", "tag"),
    [
        ("br", '"7-abc-br"', '"7-abc-br"'),
        (ALL, '"7-abc-zstd"', '"7-abc-zstd"'),
        (ALL, '"7-abc", "7-abc-gzip", "7-abc-br"', '"7-abc-br"'),
        ("br", 'W/"7-abc-br"', '"7-abc-br"'),
        ("br", '"x-br","7-abc-br"', '"7-abc-br"'),
        ("br", '"7-abc"', TAG),
        ("", '"7-abc"', TAG),
        ("br", "*", TAG),
        ("gzip", '"7-abc-br", "7-abc"', TAG),
    ],
)
async def test_what_the_client_has_is_not_sent_again(client, accept, known, tag):
    headers = {"Accept-Encoding": accept, "If-None-Match": known}
    answer = await client.get("/", headers=headers)

    assert (answer.status_code, answer.content) == (304, b"")
    assert told(answer) == (None, tag, "Accept-Encoding")


async def test_tags_in_several_lines(client):
    headers = [("Accept-Encoding", "br"), ("If-None-Match", '"7-abc-br"'), ("If-None-Match", '"b"')]

    assert (await client.get("/", headers=headers)).headers["ETag"] == '"7-abc-br"'


@pytest.mark.parametrize(
    ("accept", "known"),
    [
        ("gzip", '"7-abc-br"'),  # of another client of the same cache: this one cannot read it
        ("", '"7-abc-zstd"'),
        ("br;q=0", '"7-abc-br"'),
        (ALL, '"8-abc-br"'),
        (ALL, '"7-abc-deflate"'),
        (ALL, "7-abc-br"),
    ],
)
async def test_what_the_client_lacks_is_sent(client, accept, known):
    headers = {"Accept-Encoding": accept, "If-None-Match": known}

    assert body(await client.get("/", headers=headers)) == LONG


@pytest.mark.parametrize(
    ("name", "tag", "status"),
    [
        ("If-Match", TAG, 200),
        ("If-Match", '"7-abc-br"', 200),
        ("If-Match", '"6-abc-br", "7-abc-gzip"', 200),
        ("If-Match", '"6-abc-br"', 412),
        ("If-Match", '"7-abc-deflate"', 412),
        ("If-Match", 'W/"7-abc-br"', 412),
    ],
)
async def test_who_writes_means_the_resource_in_any_encoding(client, name, tag, status):
    headers = {"Accept-Encoding": "zstd", name: tag}

    assert (await client.put("/", headers=headers)).status_code == status


@pytest.mark.parametrize(
    ("headers", "coding"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, None),
        ({"Sec-Fetch-Site": "same-site"}, None),
        ({}, None),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, None),
        ({"Sec-Fetch-Site": "same-origin"}, "br"),
        ({"Sec-Fetch-Site": "none"}, "br"),
        ({"Sec-Fetch-Site": "same-site", "Origin": SITE}, "br"),
        ({"Cookie": "other=x", "Sec-Fetch-Site": "cross-site"}, "br"),
    ],
)
async def test_no_other_site_learns_how_long_answers_are(resources, headers, coding):
    """BREACH: who chooses a part of an answer must not see whether it repeats another."""
    app = app_with(resources, session_cookies=True, cors_origins=(SITE,))
    headers = {**COOKIE, **headers}
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=BASE_URL) as client:
        answer = await client.get("/", headers=headers)
        held = await client.get("/", headers={**headers, "If-None-Match": '"7-abc-br"'})

    assert told(answer)[::2] == (coding, "Accept-Encoding, Origin")
    assert held.status_code == (304 if coding else 200)


async def test_a_server_without_cookies_heeds_none(http):
    answer = await http.get("/graphql?query={__schema{types{name}}}", headers=COOKIE)

    assert answer.headers["Content-Encoding"] == "br"


@pytest.mark.parametrize("type", ["text/event-stream", "multipart/mixed"])
async def test_streams_go_out_as_they_come(app, type):
    app.state.arrived = asyncio.Event()
    body = []

    async def receive():
        await asyncio.Event().wait()

    async def send(message):
        if message["type"] == "http.response.body":
            body.append(message["body"])
            app.state.arrived.set()

    query, headers = f"type={type}".encode(), [(b"accept-encoding", ALL.encode())]
    scope = {
        "type": "http", "method": "GET", "path": "/streams", "query_string": query,
        "headers": headers,
    }  # fmt: skip
    await app(scope, receive, send)

    assert body == [b"first", b"second", b""]


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate", "GZIP", "identity, gzip", ""])
async def test_encoded_bodies_are_refused(client, coding):
    answer = await client.post("/receives", content=b"x", headers={"Content-Encoding": coding})

    assert (answer.status_code, answer.text) == (
        415, "Send the body as it is, without a Content-Encoding",
    )  # fmt: skip
    assert answer.headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("headers", [{}, {"Content-Encoding": "identity"}])
async def test_bodies_as_they_are_are_not(client, headers):
    assert (await client.post("/receives", content=b"x", headers=headers)).content == b"x"


async def test_nor_are_encoded_forms_taken(resources):
    settings = resources.settings
    headers = [(b"content-type", b"multipart/form-data; boundary=x"), (b"content-encoding", b"br")]
    with pytest.raises(RequestError) as refusal:
        async with received(Request({"type": "http", "headers": headers}), (), settings):
            pass

    assert refusal.value.status == 415
    assert not settings.uploads_dir.exists()


async def test_what_an_encoded_query_is_told(http):
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    answer = await http.post("/graphql", content=b"\x1f\x8b", headers=headers)

    assert answer.status_code == 415
    (error,) = answer.json()["errors"]
    assert error["message"] == "Send the body as it is, without a Content-Encoding"
    assert error["extensions"]["code"] == "UNSUPPORTED_MEDIA_TYPE"
