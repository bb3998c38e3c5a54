"""GraphQL over WebSockets: what the protocol asks of a server, over real sockets."""

import logging
from contextlib import AsyncExitStack

import httpx2
import pytest
from starlette.requests import HTTPConnection
from websockets.exceptions import InvalidStatus

from app.db import Database
from app.http.caller import base_url
from app.permissions import Role
from resolvers.sockets import connection as life
from tests import factories
from tests.rest.signing import signed_in
from tests.sockets import live, opened, until

TYPENAME = "{ __typename }"
COST = {"cost": {"requested": 0, "limit": 10_000}}
DONE = {"data": {"__typename": "Query"}, "extensions": COST}
TAG = 'mutation { createTag(input: {name: "roses"}) { tag { name } errors { code } } }'


@pytest.fixture
def resources(resources):
    """One operation at a time, so that a test may hold the others up."""
    resources.gate.places = 1
    return resources


@pytest.fixture
async def server(resources):
    async with live(resources) as server:
        yield server


@pytest.fixture
async def client(server):
    async with opened(server.url, {}) as client:
        yield client


async def test_an_operation_is_answered_and_done(client):
    await client.begin("1", TYPENAME)
    assert await client.hear() == {"id": "1", "type": "next", "payload": DONE}
    assert await client.hear() == {"id": "1", "type": "complete"}
    assert await client.ask(TYPENAME) == DONE


async def test_lists_that_the_database_wrote_are_sent(client, db):
    await factories.add(db, ada := factories.user(), factories.item(ada, title="Roses"))
    answer = await client.ask(
        "query Q($n: Int) { contentItems(limit: $n) { title } }", variables={"n": 2}
    )
    assert answer["data"] == {"contentItems": [{"title": "Roses"}]}


async def test_what_cannot_run_is_an_error_and_nothing_else(client):
    (error,) = await client.ask("{ nothing }")
    assert error["extensions"] == {"code": "GRAPHQL_VALIDATION_FAILED", "number": 2001}
    (error,) = await client.ask(TYPENAME, variables={"a": [[]] * 2_501})
    assert error["extensions"]["code"] == "QUERY_TOO_COMPLEX"
    (error,) = await client.ask(TYPENAME, operationName="Other")
    assert error["extensions"]["code"] == "OPERATION_RESOLUTION_FAILURE"
    assert await client.ask(TYPENAME) == DONE


async def test_errors_of_fields_are_in_results(client):
    answer = await client.ask("{ auditLog(first: 1) { nodes { id } } __typename }")
    assert answer["data"] is None or answer["data"]["__typename"] == "Query"
    assert answer["errors"][0]["path"] == ["auditLog"]


async def test_documents_are_registered_by_hash(client):
    hash = "7d3b0e0f6e2f0dfd9e3d1f4c9b5e7e2f" * 2
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": hash}}
    await client.say("subscribe", id="1", payload={"extensions": extensions})
    said = await client.hear()
    assert (said["type"], said["payload"][0]["message"]) == ("error", "PersistedQueryNotFound")


async def test_an_id_is_free_again_when_its_operation_is_done(client):
    for _ in range(3):
        assert await client.ask(TYPENAME) == DONE


async def test_operations_run_side_by_side_each_id_once(client, resources):
    async with resources.gate:
        await client.begin("1", TYPENAME)
        await client.begin("2", TYPENAME)
        await until(lambda: len(resources.gate.waiting) == 2)
    said = [await client.hear() for _ in range(4)]
    assert [one["type"] for one in said if one["id"] == "1"] == ["next", "complete"]
    assert [one["type"] for one in said if one["id"] == "2"] == ["next", "complete"]

    async with resources.gate:
        await client.begin("1", TYPENAME)
        await client.begin("1", TYPENAME)
        assert await client.ended() == (4409, "Subscriber for 1 already exists")
        await until(lambda: not resources.gate.waiting)


async def test_complete_cancels_what_runs_and_frees_its_place(
    client, server, db: Database, resources
):
    admin = await signed_in(resources, Role.ADMIN)
    async with opened(server.url, admin) as client, db.write():
        await client.begin("1", TAG)
        await until(lambda: resources.gate.inside == 1)
        await client.say("complete", id="1")
        await until(lambda: resources.gate.inside == 0)
        await client.say("complete", id="1")
        await client.say("complete", id="unknown")
    answer = await client_answer(server, "{ tags(first: 1) { totalCount } }")
    assert answer["data"] == {"tags": {"totalCount": 0}}


async def client_answer(server, query):
    async with opened(server.url, {}) as client:
        return await client.ask(query)


async def test_who_leaves_leaves_nothing_running(server, db, resources):
    admin = await signed_in(resources, Role.ADMIN)
    async with db.write():
        async with opened(server.url, admin) as client:
            await client.begin("1", TAG)
            await until(lambda: resources.gate.inside == 1)
        await until(lambda: resources.gate.inside == 0)


async def test_pings_are_answered_even_before_init(server):
    async with opened(server.url) as client:
        await client.say("ping")
        assert await client.hear() == {"type": "pong"}
        await client.say("ping", payload={"a": [1]})
        assert await client.hear() == {"type": "pong", "payload": {"a": [1]}}
        await client.say("pong")
        await client.init()


@pytest.mark.parametrize("offered", [None, ["graphql-ws"], ["graphql-transport-ws2", "x"]])
async def test_other_protocols_are_closed_with_4406(server, offered):
    async with opened(server.url, subprotocols=offered) as client:
        assert await client.ended() == (4406, "Subprotocol not acceptable")


async def test_ours_is_chosen_among_others(server):
    async with opened(
        server.url, {}, subprotocols=["graphql-ws", "graphql-transport-ws"]
    ) as client:
        assert client.socket.subprotocol == "graphql-transport-ws"


async def test_nothing_is_asked_before_init(server):
    async with opened(server.url) as client:
        await client.begin("1", TYPENAME)
        assert await client.ended() == (4401, "Unauthorized")


async def test_init_comes_once(client):
    await client.say("connection_init")
    assert await client.ended() == (4429, "Too many initialisation requests")


async def test_init_comes_soon(server, monkeypatch):
    monkeypatch.setattr(life, "PATIENCE", 0.05)
    async with opened(server.url) as client:
        assert await client.ended() == (4408, "Connection initialisation timeout")


@pytest.mark.parametrize(
    "sent", [b"", b'{"type":"ping"}', "", "null", "[]", "{", '"', "{}", "\x00"]
)
@pytest.mark.parametrize("init", [None, {}])
async def test_what_is_no_message_is_closed_with_4400(server, sent, init):
    async with opened(server.url, init) as client:
        await client.socket.send(sent)
        code, reason = await client.ended()
    assert code == 4400
    assert reason


async def test_what_is_no_text_is_closed_with_1007(client):
    await client.socket.send([b"\xff", b"\xfe"], text=True)
    assert (await client.ended())[0] == 1007


async def test_messages_are_as_large_as_bodies(client, resources):
    most = resources.settings.max_body_bytes
    assert await client.ask(TYPENAME, variables={"a": "x" * (most - 200)}) == DONE
    await client.begin("1", TYPENAME, variables={"a": "x" * most})
    assert (await client.ended())[0] == 1009


async def test_a_socket_runs_so_many_operations_at_a_time(client, resources, monkeypatch):
    monkeypatch.setattr(life, "MOST", 2)
    async with resources.gate:
        for id in "123":
            await client.begin(id, TYPENAME)
        said = await client.hear()
    assert (said["id"], said["type"]) == ("3", "error")
    assert said["payload"][0]["extensions"] == {"code": "OVERLOADED", "number": 5002}
    assert sorted([(await client.hear())["id"] for _ in range(4)]) == ["1", "1", "2", "2"]
    assert await client.ask(TYPENAME) == DONE


@pytest.mark.parametrize("path", ["/graphql/", "/", "/api/v1/users"])
async def test_there_are_no_sockets_elsewhere(server, path):
    with pytest.raises(InvalidStatus) as refused:
        async with opened(server.url, path=path):
            pass
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize(("scheme", "base"), [("ws", "http://h"), ("wss", "https://h")])
def test_links_lead_to_what_is_beside_a_socket(settings, scheme, base):
    scope = {
        "type": "websocket", "scheme": scheme, "path": "/graphql", "server": ("h", 80),
        "headers": [(b"host", b"h")],
    }  # fmt: skip
    chosen = settings.model_copy(update={"public_url": None})
    assert base_url(HTTPConnection(scope), chosen) == base


async def test_http_is_served_beside(server):
    async with httpx2.AsyncClient() as http:
        answer = await http.post(f"{server.url}/graphql", json={"query": TYPENAME})
    assert answer.json() == DONE


async def test_open_sockets_and_closings_are_counted(server, resources):
    assert counted(resources) == {"open": 0}
    async with AsyncExitStack() as stack:
        for _ in range(2):
            await stack.enter_async_context(opened(server.url, {}))
        assert counted(resources) == {"open": 2}
        bad = await stack.enter_async_context(opened(server.url))
        await bad.socket.send("no")
        await bad.ended()
        other = await stack.enter_async_context(opened(server.url))
        await other.socket.close(4999)
        await until(lambda: counted(resources)["open"] == 2)
    await until(lambda: counted(resources)["open"] == 0)
    assert counted(resources) == {"open": 0, "1000": 2, "4400": 1, "other": 1}


def counted(resources):
    gauge, closed = resources.metrics.sources["sockets"]()
    return {"open": gauge.samples[0].value} | {s.labels["code"]: s.value for s in closed.samples}


async def test_each_operation_has_a_line_in_the_log(server, caplog):
    caplog.set_level(logging.INFO, "thinkalike.requests")
    headers = {"X-Request-ID": "socket", "GraphQL-Client-Name": "web"}
    async with opened(server.url, {}, additional_headers=headers) as client:
        await client.ask("query Named { __typename }")
        await client.ask("{ nothing }")
    lines = [record.entry for record in caplog.records if record.name == "thinkalike.requests"]
    shown = [
        (one["request_id"], one["status"], one.get("operation"), one.get("errors")) for one in lines
    ]
    assert shown == [
        ("socket", 101, None, None),
        ("socket.1", 200, "Named", None),
        ("socket.2", 200, None, {"GRAPHQL_VALIDATION_FAILED": 1}),
    ]
    assert {(one["method"], one["route"], one["address"]) for one in lines} == {
        ("WEBSOCKET", "/graphql", "127.0.0.1")
    }


async def test_at_the_end_what_runs_is_finished_first(server, resources):
    async with (
        opened(server.url, {}) as busy,
        opened(server.url, {}) as idle,
        opened(server.url) as new,
    ):
        async with resources.gate:
            await busy.begin("1", TYPENAME)
            await until(lambda: len(resources.gate.waiting) == 1)
            server.should_exit = True
            assert await idle.ended() == (1012, "Service restart")
            assert await new.ended() == (1012, "Service restart")
            await busy.begin("2", TYPENAME)  # comes too late
            await busy.say("ping")
            assert await busy.hear() == {"type": "pong"}
        assert await busy.hear() == {"id": "1", "type": "next", "payload": DONE}
        assert await busy.hear() == {"id": "1", "type": "complete"}
        assert await busy.ended() == (1012, "Service restart")


async def test_at_the_end_nobody_is_waited_for_too_long(server, resources, monkeypatch):
    monkeypatch.setattr(life, "GRACE", 0.05)
    async with opened(server.url, {}) as busy, resources.gate:
        await busy.begin("1", TYPENAME)
        await until(lambda: len(resources.gate.waiting) == 1)
        server.should_exit = True
        assert await busy.ended() == (1012, "Service restart")
        await until(lambda: not resources.gate.waiting)
