"""Swagger UI and Redoc: pages that need nothing from elsewhere, also in a real browser."""

import asyncio
import os
import re
import socket
from contextlib import asynccontextmanager

import httpx2
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from app.rest import pages
from tests.browser import Browser
from tests.conftest import BASE_URL

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; {}"
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
POLICIES = {"/api/docs/": POLICY.format(""), "/api/redoc/": POLICY.format("worker-src blob:; ")}

SHOWN = "document.body?.innerText.includes({!r})"
# Swagger UI offers to call an operation before it knows it.
READY = """document.querySelector('.execute')
    && !document.querySelector('.opblock-loading-animation')"""
VERSION = "[...document.querySelectorAll('#select option')].map(o => [o.text, o.value, o.selected])"


async def document(request):
    """What the pages show: an OpenAPI document with one operation."""
    version = request.path_params["version"]
    person = {"type": "object", "properties": {"name": {"type": ["string", "null"]}}}
    answer = {"description": "Everybody", "content": {"application/json": {"schema": person}}}
    operation = {"operationId": "people", "summary": f"All people of {version}", "tags": ["People"]}
    return JSONResponse(
        {
            "openapi": "3.1.0",
            "info": {"title": f"The API {version}", "version": "1.0.0"},
            "servers": [{"url": f"/api/{version}"}],
            "paths": {"/people": {"get": operation | {"responses": {"200": answer}}}},
        }
    )


async def people(_request):
    return JSONResponse({"name": "Ada Lovelace"})


def application(built=pages.BUILT):
    return Starlette(
        routes=[
            *pages.routes(built),
            Route("/api/{version}/openapi.json", document),
            Route("/api/{version}/people", people),
        ]
    )


def client_of(app):
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=BASE_URL)


@asynccontextmanager
async def browsing(app, path):
    """The page at `path` in a browser, and the address that everything has to come from: one with
    a name, as Swagger UI asks nobody to validate what is at localhost or 127.0.0.1."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"{BASE_URL}:{listening.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", ws="none"))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            async with Browser.launch(os.environ["CHROMIUM"]) as browser:
                yield await browser.open(address + path), address
        finally:
            server.should_exit = True
            await serving


def outside(page, address):
    """What the page asked others for; the search of Redoc is a worker without an address."""
    return [url for url in page.requests if not url.removeprefix("blob:").startswith(address + "/")]


@pytest.mark.parametrize("path", POLICIES)
async def test_everything_that_a_page_names_is_served_under_its_policy(path):
    async with client_of(application()) as client:
        page = await client.get(path)
        assets = re.findall(r'(?:src|href)="\./(assets/[^"]+)"', page.text)
        answers = [await client.get(path + asset) for asset in assets]

    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-cache"
    assert "://" not in page.text
    assert "<script>" not in page.text
    assert len(answers) == 2
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.headers["Cache-Control"] for answer in answers} == {
        "public, max-age=31536000, immutable"
    }
    policies = {answer.headers["Content-Security-Policy"] for answer in (page, *answers)}
    assert policies == {POLICIES[path]}


@pytest.mark.parametrize("path", POLICIES)
async def test_the_licences_of_what_is_served_are_served(path):
    async with client_of(application()) as client:
        licences = (await client.get(f"{path}licenses.md")).text
        notices = (await client.get(f"{path}notices.txt")).text

    assert {"/api/docs/": "swagger-ui-dist", "/api/redoc/": "redoc"}[path] in licences
    assert "DOMPurify" in notices


@pytest.mark.parametrize("path", POLICIES)
async def test_the_path_without_a_slash_leads_to_the_page(path):
    below = Starlette(routes=[Mount("/content", application())])
    async with client_of(application()) as client, client_of(below) as other:
        answer = await client.get(path.rstrip("/"))
        deeper = await other.get(f"/content{path.rstrip('/')}")

    assert (answer.status_code, answer.headers["Location"]) == (307, path)
    assert (deeper.status_code, deeper.headers["Location"]) == (307, f"/content{path}")


@pytest.mark.parametrize("path", POLICIES)
async def test_a_page_that_is_not_built_says_how(tmp_path, path):
    async with client_of(application(tmp_path)) as client:
        answer = await client.get(path)

    assert answer.status_code == 503
    assert answer.text == (
        "This page is not built: run `scripts/pages`, then start the server again.\n"
        "What it shows is at /api/v1/openapi.json and /api/v2/openapi.json.\n"
    )


async def test_swagger_ui_shows_an_operation_and_calls_it_and_nothing_leaves_the_host():
    async with browsing(application(), "/api/docs/#/People/people") as (page, address):
        await page.wait_for(READY, 30)
        versions = await page.evaluate(VERSION)
        await page.click(".execute")
        await page.wait_for(SHOWN.format("Ada Lovelace"), 30)
        duration = await page.evaluate("document.body.innerText.includes('Request duration')")

    assert versions == [
        ["v1", f"{address}/api/v1/openapi.json", True],
        ["v2", f"{address}/api/v2/openapi.json", False],
    ]
    assert f"{address}/api/v1/people" in page.requests
    assert duration
    assert outside(page, address) == []
    assert page.console == []


async def test_swagger_ui_shows_the_other_version_below_another_path():
    below = Starlette(routes=[Mount("/content", application())])
    async with browsing(below, "/content/api/docs/?urls.primaryName=v2") as (page, address):
        await page.wait_for(SHOWN.format("All people of v2"), 30)

    assert f"{address}/content/api/v2/openapi.json" in page.requests
    assert outside(page, address) == []
    assert page.console == []


@pytest.mark.parametrize(("query", "version"), [("", "v1"), ("?v2", "v2")])
async def test_redoc_shows_an_operation_and_nothing_leaves_the_host(query, version):
    async with browsing(application(), f"/api/redoc/{query}") as (page, address):
        await page.wait_for(SHOWN.format(f"All people of {version}"), 30)
        chosen = await page.evaluate("document.querySelector('nav [aria-current]').text")

    assert chosen == version
    assert f"{address}/api/{version}/openapi.json" in page.requests
    assert any(url.startswith("blob:") for url in page.requests)
    assert outside(page, address) == []
    assert page.console == []
