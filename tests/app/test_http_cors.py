"""Pages of other origins: who may read answers, and who may use cookies."""

from contextlib import asynccontextmanager
from dataclasses import replace

import httpx2
import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from app.errors import numbered
from app.http.cors import EXPOSED, METHODS, REQUEST_HEADERS
from app.main import create_app
from asgi import doors
from tests.conftest import BASE_URL

SITE = "https://app.example"
STRANGER = "https://evil.example"
ALLOW = "access-control-"
PREFLIGHT = {"Access-Control-Request-Method": "POST"}

pytestmark = pytest.mark.parametrize("migrated", ["sqlite"], indirect=True, scope="session")


async def answers(_request):
    return PlainTextResponse("read", headers={"Vary": "Accept"})


async def fails(_request):
    raise RuntimeError


@pytest.fixture
def client(resources):
    """A client of a server with these settings."""

    @asynccontextmanager
    async def client(**changed):
        settings = resources.settings.model_copy(update=changed)
        changed_resources = replace(resources, settings=settings)
        routes = [Route("/answers", answers, methods=["GET", "OPTIONS"]), Route("/fails", fails)]
        app = create_app(changed_resources, doors=[*routes, *doors(changed_resources)])
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url=BASE_URL) as client:
            yield client

    return client


def allowed(answer):
    """What a browser is told of CORS, without the prefix of its headers."""
    return {
        name.removeprefix(ALLOW): value
        for name, value in answer.headers.items()
        if name.startswith(ALLOW)
    }


async def test_by_default_nobody_is_let_in(client):
    async with client() as to:
        answer = await to.get("/answers", headers={"Origin": SITE})
        preflight = await to.options("/graphql", headers={"Origin": SITE, **PREFLIGHT})

    assert allowed(answer) == allowed(preflight) == {}
    assert answer.headers["Vary"] == "Accept, Accept-Encoding"
    assert preflight.status_code == 405


@pytest.mark.parametrize("path", ["/answers", "/nowhere", "/fails", "/media/none.png"])
async def test_a_listed_page_reads_every_answer(client, path):
    async with client(cors_origins=(SITE,)) as to:
        answer = await to.get(path, headers={"Origin": SITE})

    assert allowed(answer) == {"allow-origin": SITE, "expose-headers": EXPOSED}
    assert "Origin" in answer.headers["Vary"].split(", ")


@pytest.mark.parametrize("origin", [STRANGER, "http://app.example", f"{SITE}:444", "null", "*", ""])
async def test_another_page_does_not(client, origin):
    async with client(cors_origins=(SITE,), session_cookies=True) as to:
        answer = await to.get("/answers", headers={"Origin": origin})

    assert answer.text == "read"  # by the browser, not by the page
    assert allowed(answer) == {}
    assert answer.headers["Vary"] == "Accept, Accept-Encoding, Origin"


async def test_caches_tell_pages_from_programs(client):
    async with client(cors_origins=(SITE,)) as to:
        answer = await to.get("/answers")

    assert allowed(answer) == {}
    assert answer.headers.get_list("Vary") == ["Accept, Accept-Encoding, Origin"]


@pytest.mark.parametrize("headers", [{}, {"Origin": SITE}])
async def test_everybody_s_answers_are_the_same_for_all(client, headers):
    async with client(cors_origins=("*",)) as to:
        answer = await to.get("/answers", headers=headers)

    assert allowed(answer) == {"allow-origin": "*", "expose-headers": EXPOSED}
    assert answer.headers["Vary"] == "Accept, Accept-Encoding"


@pytest.mark.parametrize(
    ("origins", "cookies", "told"),
    [
        ((SITE, "https://b.example"), False, {"allow-origin": SITE}),
        ((SITE,), True, {"allow-origin": SITE, "allow-credentials": "true"}),
        (("*",), False, {"allow-origin": "*"}),
    ],
)
@pytest.mark.parametrize("path", ["/answers", "/graphql", "/nowhere"])
async def test_a_preflight_is_answered_with_all_that_is_allowed(
    client, path, origins, cookies, told
):
    async with client(cors_origins=origins, session_cookies=cookies) as to:
        answer = await to.options(path, headers={"Origin": SITE, **PREFLIGHT})

    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["X-Request-ID"]
    assert allowed(answer) == {
        **told,
        "allow-methods": METHODS,
        "allow-headers": REQUEST_HEADERS,
        "max-age": "86400",
    }
    assert answer.headers.get("Vary") == (None if origins == ("*",) else "Origin")


async def test_a_stranger_s_preflight_is_refused_in_our_shape(client):
    async with client(cors_origins=(SITE,), session_cookies=True) as to:
        headers = {"Origin": STRANGER, "X-Request-ID": "req-1", **PREFLIGHT}
        answer = await to.options("/answers", headers=headers)

    assert answer.status_code == 403
    assert allowed(answer) == {}
    assert answer.headers["Vary"] == "Origin"
    assert answer.json() == {
        "errors": [
            {
                "message": "Pages of this origin may not use this server",
                "extensions": numbered("ORIGIN_NOT_ALLOWED", requestId="req-1"),
            }
        ]
    }


@pytest.mark.parametrize("headers", [{}, {"Origin": SITE}, {"Origin": STRANGER}, PREFLIGHT])
async def test_options_that_are_no_preflight_are_the_application_s(client, headers):
    async with client(cors_origins=(SITE,)) as to:
        assert (await to.options("/answers", headers=headers)).text == "read"


@pytest.mark.parametrize(
    ("cookies", "headers", "code"),
    [
        (True, {"Origin": SITE, "Sec-Fetch-Site": "same-site"}, "INVALID_TOKEN"),
        (True, {"Origin": SITE, "Sec-Fetch-Site": "cross-site"}, "INVALID_TOKEN"),
        (True, {"Origin": SITE}, "INVALID_TOKEN"),
        (True, {"Origin": STRANGER, "Sec-Fetch-Site": "same-site"}, "CSRF_PREVENTED"),
        (True, {"Origin": STRANGER}, "CSRF_PREVENTED"),
        (True, {"Sec-Fetch-Site": "same-site"}, "CSRF_PREVENTED"),
        (True, {"Origin": "null", "Sec-Fetch-Site": "cross-site"}, "CSRF_PREVENTED"),
        (False, {"Origin": SITE, "Sec-Fetch-Site": "same-site"}, None),
    ],
)
async def test_cookies_are_taken_from_pages_that_are_listed(client, cookies, headers, code):
    """A cookie that is read is found wanting here; one that is not leaves a guest."""
    headers = {**headers, "Cookie": "thinkalike_access=x"}
    async with client(cors_origins=(SITE,), session_cookies=cookies) as to:
        answer = await to.post("/graphql", json={"query": "{ __typename }"}, headers=headers)

    told = answer.json().get("errors")
    assert (told and told[0]["extensions"]["code"]) == code
    assert ("allow-credentials" in allowed(answer)) == (cookies and headers.get("Origin") == SITE)
