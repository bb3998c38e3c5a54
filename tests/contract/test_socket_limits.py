"""What sockets may take: of a budget that all doors share, of places, and of memory."""

import json
import socket
from contextlib import AsyncExitStack, asynccontextmanager

import httpx2
import pytest
from websockets.exceptions import InvalidStatus

from app.documents import MemoryDocuments
from app.permissions import Role
from app.resources import Resources
from app.serving import sockets
from app.setting_values import Rate
from tests import factories
from tests.rest.signing import signed_in
from tests.sockets import live, opened, until

SLOW = Rate(points=60, burst=10)  # a point a minute: real time does not matter
THREE = "{ users(first: 3) { nodes { id } } }"  # costs 4
TYPENAME = "{ __typename }"


@pytest.fixture
def chosen(settings, db):
    """Resources with some settings changed."""

    def chosen(**changed):
        return Resources.on(db, MemoryDocuments(), settings.model_copy(update=changed))

    return chosen


@pytest.fixture
async def limited(chosen, db):
    await factories.add(db, *(factories.user() for _ in range(3)))
    resources = chosen(rate_limits={"anonymous": SLOW, "registered": SLOW})
    async with live(resources) as server, httpx2.AsyncClient(base_url=server.url) as http:
        yield resources, server, http


def left(answer):
    return int(answer.headers["X-RateLimit-Remaining"])


async def test_a_budget_is_for_all_doors(limited):
    _, server, http = limited
    async with opened(server.url, {}) as client, opened(server.url, {}) as another:
        assert "data" in await client.ask(THREE)
        assert "data" in await another.ask(THREE)
        (error,) = await client.ask(THREE)
        assert error["extensions"] == {
            "code": "RATE_LIMIT_EXCEEDED", "number": 1003,
            "retryAfter": 120, "cost": 4, "remaining": 2,
        }  # fmt: skip
    assert left(await http.get("/api/v1/users")) == 1
    assert (await http.post("/graphql", json={"query": THREE})).status_code == 429
    assert (await http.get("/api/v1/users")).status_code == 200
    assert (await http.get("/api/v1/users")).status_code == 429


async def test_each_has_a_budget_of_ones_own(limited):
    resources, server, _ = limited
    ada = await signed_in(resources, Role.USER)
    async with opened(server.url, {}) as guest, opened(server.url, ada) as client:
        for _ in range(2):
            await guest.ask(THREE)
        assert isinstance(await guest.ask(THREE), list)
        assert "data" in await client.ask(THREE)


async def test_what_was_not_needed_is_given_back_and_told(limited):
    _, server, _ = limited
    async with opened(server.url, {}) as client:
        answer = await client.ask("{ users(first: 8) { nodes { id } } }", extensions={"cost": True})
    assert answer["extensions"]["cost"] == {
        "requested": 9, "limit": 10, "actual": 4, "remaining": 6, "restoreRate": 60 / 3_600,
    }  # fmt: skip


async def test_what_is_not_valid_costs_a_point(limited):
    _, server, http = limited
    async with opened(server.url, {}) as client:
        for _ in range(10):
            (error,) = await client.ask("{ nothing }")
            assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
        (error,) = await client.ask("{ nothing }")
        assert error["extensions"]["code"] == "RATE_LIMIT_EXCEEDED"
    assert (await http.get("/api/v1/users")).status_code == 429


async def test_what_we_could_not_do_costs_nothing(chosen):
    resources = chosen(rate_limits={"anonymous": SLOW}, max_concurrency=1, max_waiting=0)
    async with live(resources) as server, opened(server.url, {}) as client:
        async with resources.gate:
            for _ in range(11):
                (error,) = await client.ask(TYPENAME)
                assert error["extensions"]["code"] == "OVERLOADED"
        assert "data" in await client.ask(TYPENAME)


async def test_nothing_takes_longer_than_it_may(chosen):
    resources = chosen(operation_timeout=1, max_concurrency=1)
    async with live(resources) as server, opened(server.url, {}) as client:
        async with resources.gate:
            (error,) = await client.ask(TYPENAME)
        assert error["extensions"]["code"] == "TIMEOUT"
        assert "data" in await client.ask(TYPENAME)


@pytest.mark.parametrize("most", [0, 2])
async def test_there_are_so_many_sockets(chosen, most):
    async with live(chosen(max_sockets=most)) as server:
        async with AsyncExitStack() as stack:
            for _ in range(most):
                await stack.enter_async_context(opened(server.url, {}))
            with pytest.raises(InvalidStatus) as refused:
                await stack.enter_async_context(opened(server.url))
        response = refused.value.response
        assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
        assert json.loads(response.body) == {
            "errors": [
                {
                    "message": "This server has as many sockets as it may; try again later",
                    "extensions": {"code": "OVERLOADED", "number": 5002},
                }
            ]
        }
    assert server.server_state.connections == set()


async def test_a_place_is_free_when_a_socket_has_ended(chosen):
    async with live(chosen(max_sockets=1)) as server:
        for _ in range(3):
            async with opened(server.url, {}) as client:
                assert "data" in await client.ask(TYPENAME)
            await until(lambda: not server.server_state.tasks)


@asynccontextmanager
async def slow_reader(server, db):
    """Who asks a thousand times for 100 KB and takes nothing."""
    ada = factories.user()
    await factories.add(db, ada, factories.item(ada, body="x" * 100_000))
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    client.connect(("127.0.0.1", int(server.url.rpartition(":")[2])))
    options = {"sock": client, "max_queue": 1, "ping_interval": None, "close_timeout": 0.1}
    async with opened(server.url, {}, **options) as slow:
        for number in range(1_000):
            await slow.begin(str(number), "{ contentItems(limit: 1) { body { text } } }")
        yield


async def test_who_takes_nothing_is_read_no_more_and_cut_off(chosen, db):
    resources = chosen()
    async with live(resources) as server:
        server.config.ws_ping_interval = server.config.ws_ping_timeout = 0.5
        async with slow_reader(server, db):
            await until(lambda: not server.server_state.connections)
    assert 0 < ran(resources) < 300  # a hundred, and what buffers of the system hold


async def test_who_takes_nothing_holds_up_no_end(chosen, db, monkeypatch):
    monkeypatch.setattr(sockets, "LATEST", 0.1)
    async with live(chosen()) as server, slow_reader(server, db):
        (held,) = server.server_state.connections
        await until(lambda: not held.writable.is_set())
        server.should_exit = True
        await until(lambda: not server.server_state.connections)
        await until(lambda: not server.server_state.tasks)


def ran(resources):
    samples = (sample for metric in resources.metrics.collect() for sample in metric.samples)
    return sum(one.value for one in samples if one.name == "thinkalike_graphql_operations_total")
