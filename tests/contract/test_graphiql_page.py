"""GraphiQL: a page that needs nothing from elsewhere."""

import re

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from app.main import create_app
from asgi import doors
from resolvers import graphiql_page
from tests.conftest import BASE_URL

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture
async def below(resources):
    """A client of the application as a part of another one, at /content."""
    app = create_app(resources, doors=doors(resources))
    transport = httpx2.ASGITransport(Starlette(routes=[Mount("/content", app)]))
    async with httpx2.AsyncClient(transport=transport, base_url=BASE_URL) as client:
        yield client


async def test_the_page(http):
    page = await http.get("/graphiql/")

    assert page.status_code == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.headers["Content-Security-Policy"] == POLICY
    assert page.headers["Cache-Control"] == "no-cache"
    assert page.headers["X-Frame-Options"] == "DENY"


async def test_everything_that_the_page_names_is_served_and_kept_for_good(http):
    page = await http.get("/graphiql/")
    assets = re.findall(r'(?:src|href)="\./(assets/[^"]+)"', page.text)

    assert assets
    assert "://" not in re.sub(r"http://www\.w3\.org/\S+", "", page.text)
    for asset in assets:
        answer = await http.get(f"/graphiql/{asset}")
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Content-Security-Policy"] == POLICY


@pytest.mark.parametrize(
    "path", ["/graphiql/assets/none.js", "/graphiql/..%2f..%2fasgi.py", "/graphiql/assets/"]
)
async def test_what_is_not_there_is_an_error_that_is_not_kept(http, path):
    answer = await http.get(path)

    assert answer.status_code == 404
    assert answer.json()["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/graphiql"])
async def test_other_addresses_lead_to_the_page(http, path):
    answer = await http.get(path)

    assert (answer.status_code, answer.headers["Location"]) == (307, "/graphiql/")


async def test_a_browser_that_opens_the_endpoint_is_led_to_the_page(http):
    answer = await http.get("/graphql", headers=BROWSER)

    assert (answer.status_code, answer.headers["Location"]) == (307, "/graphiql/")
    assert answer.headers["Vary"] == "Accept"


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/graphql?query={__typename}", BROWSER, 200),
        ("/graphql", {"Accept": "application/json"}, 400),
        ("/graphql", {"Accept": "*/*"}, 400),
    ],
)
async def test_a_client_is_not(http, path, headers, status):
    answer = await http.get(path, headers=headers)

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("path", ["/", "/graphiql", "/graphql"])
async def test_below_another_path_everything_stays_below_it(below, path):
    answer = await below.get(f"/content{path}", headers=BROWSER)

    assert answer.headers["Location"] == "/content/graphiql/"


async def test_below_another_path_the_page_is_served(below):
    page = await below.get("/content/graphiql/")

    assert page.headers["Content-Security-Policy"] == POLICY


async def test_a_page_that_is_not_built_says_how(tmp_path):
    app = Starlette(routes=graphiql_page.routes(tmp_path / "missing"))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=BASE_URL) as client:
        answer = await client.get("/graphiql/")
        root = await client.get("/")

    assert answer.status_code == 503
    assert answer.text == (
        "GraphiQL is not built: run `scripts/pages`, then start the server again.\n"
        "The API itself answers at /graphql.\n"
    )
    assert root.headers["Location"] == "/graphiql/"
