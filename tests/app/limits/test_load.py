"""How much is done at a time, and how long: nothing is lost, nothing half done."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial

import httpx2
import pytest
from sqlalchemy import text

from app.errors import numbered
from app.limits.gate import Gate
from app.limits.limiter import Limiter
from app.main import create_app
from app.permissions import Role
from app.setting_values import Rate
from asgi import doors
from tests.conftest import BASE_URL
from tests.rest.signing import signed_in

USERS = "{ users(first: 3) { nodes { id } } }"
TAG = 'mutation { createTag(input: {name: "Garden", slug: "garden"}) { tag { slug } } }'


async def ask(client, query):
    return await client.post("/graphql", json={"query": query})


async def until(true):
    for _ in range(10_000):
        if true():
            return
        await asyncio.sleep(0.001)
    raise TimeoutError


@pytest.fixture
def token(resources):
    return partial(signed_in, resources)


@pytest.fixture
async def opened(resources):
    """Makes clients of the application with some settings changed, each with its gate."""
    async with AsyncExitStack() as clients:

        async def opened(**changed):
            chosen = resources.settings.model_copy(update=changed)
            limiter = Limiter.of(chosen, lambda: True)
            mine = replace(resources, settings=chosen, gate=Gate.of(chosen), limiter=limiter)
            transport = httpx2.ASGITransport(create_app(mine, doors=doors(mine)))
            client = httpx2.AsyncClient(transport=transport, base_url=BASE_URL)
            return await clients.enter_async_context(client), mine.gate

        yield opened


@asynccontextmanager
async def busy(db, client, gate, headers):
    """A change that waits for the database, which somebody else is writing to."""
    async with db.write() as session:
        if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer anyway
            await session.execute(text("LOCK TABLE tags IN SHARE MODE"))
        change = asyncio.create_task(client.post("/graphql", json={"query": TAG}, headers=headers))
        await until(lambda: gate.inside)
        yield change


async def test_who_comes_when_all_are_busy_is_sent_away_at_once(opened, db, token):
    client, gate = await opened(max_concurrency=1, max_waiting=0)
    async with busy(db, client, gate, await token(Role.EDITOR)) as change:
        graphql = await ask(client, USERS)
        rest = await client.get("/api/v1/users")

    assert [answer.status_code for answer in (graphql, rest)] == [503, 503]
    assert [answer.headers["Retry-After"] for answer in (graphql, rest)] == ["1", "1"]
    assert graphql.json()["errors"][0]["extensions"] == numbered("OVERLOADED")
    assert rest.json()["errors"][0]["code"] == "overloaded"
    assert (await change).json()["data"]["createTag"]["tag"] == {"slug": "garden"}
    assert (await ask(client, USERS)).status_code == 200
    assert (gate.inside, gate.turned_away) == (0, 2)


async def test_what_we_could_not_do_has_cost_nothing(opened, db, token):
    slow = {"anonymous": Rate(points=60, burst=10)}
    client, gate = await opened(max_concurrency=1, max_waiting=0, rate_limits=slow)
    async with busy(db, client, gate, await token(Role.EDITOR)) as change:
        answers = [await ask(client, USERS), await client.get("/api/v1/users")]

    assert [answer.status_code for answer in answers] == [503, 503]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["10", "10"]
    assert (await change).status_code == 200


async def test_who_waits_gets_an_answer(opened, db, token):
    client, gate = await opened(max_concurrency=1, max_waiting=1)
    async with busy(db, client, gate, await token(Role.EDITOR)) as change:
        waiting = asyncio.create_task(ask(client, USERS))
        await until(lambda: gate.waiting)

    assert [(await one).status_code for one in (change, waiting)] == [200, 200]


async def test_what_takes_too_long_is_cancelled_and_has_changed_nothing(opened, db, token):
    client, gate = await opened(operation_timeout=1)
    headers = await token(Role.EDITOR)
    async with busy(db, client, gate, headers) as change:
        graphql = await change
        rest = await client.post(
            "/api/v1/tags", json={"name": "Garden", "slug": "garden"}, headers=headers
        )

    assert [answer.status_code for answer in (graphql, rest)] == [504, 504]
    message = "This took longer than 1 s and was cancelled"
    error = {"message": message, "extensions": numbered("TIMEOUT")}
    assert graphql.json() == {"errors": [error]}
    assert rest.json()["errors"][0]["code"] == "timeout"
    assert (await client.get("/api/v1/tags")).json()["data"] == []
    assert gate.inside == 0
