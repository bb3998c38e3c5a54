"""Traces: a real exporter tells a real receiver what a request did, and nothing of whom."""

import re
import subprocess
import sys

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.errors import StartupError
from app.tracing.start import started
from tests import factories
from tests.app.collector import attributes, collecting
from tests.processes import CLEAN, ROOT, run

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
TRACEPARENT = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
SIGN_IN = """mutation {
    createSession(input: {identifier: "ada-lovelace", password: "Hidden-Word-7"}) {
        errors { code }
    }
}"""
SERVER, CLIENT = 2, 3
FAILED = 2


@pytest.fixture
def collector():
    with collecting() as collector:
        yield collector


@pytest.fixture
def engine():
    return "plan"


@pytest.fixture
def settings(settings, collector, engine):
    update = {"otel_exporter_otlp_endpoint": collector.endpoint, "engine": engine}
    return settings.model_copy(update=update)


@pytest.fixture(autouse=True)
async def closed(resources):
    yield
    await resources.tracing.close()


@pytest.fixture
def told(resources, collector):
    """The spans of all that was done until now."""

    def told():
        resources.tracing.flush()
        return collector.spans

    return told


async def ask(http, query, headers=TRACEPARENT, **variables):
    body = {"query": query, "variables": variables}
    return await http.post("/graphql", json=body, headers=headers)


def tree(collector, span):
    return {span.name: [tree(collector, below) for below in collector.below(span)]}


async def test_a_request_is_told_with_all_that_was_done_for_it(db, http, collector, told):
    ada = factories.user(username="ada")
    await factories.add(db, ada, factories.item(ada, title="Roses"))

    answer = await ask(http, "query Front { contentItems { author { username } } }")

    spans = told()
    assert answer.json()["data"] == {"contentItems": [{"author": {"username": "ada"}}]}
    assert collector.paths == ["/v1/traces"]
    assert {span.trace_id.hex() for span in spans} == {TRACE}
    request = spans[0]
    assert request.parent_span_id.hex() == PARENT
    assert request.kind == SERVER
    below = tree(collector, request)
    assert [*below] == ["POST /graphql"]
    assert [next(iter(one)) for one in below["POST /graphql"]] == [
        "graphql.parse",
        "graphql.validate",
        "query",
    ]
    loads = next(one["query"] for one in below["POST /graphql"] if "query" in one)
    assert loads == [{"graphql.load": [{"SELECT": []}]}]


async def test_what_is_told_goes_by_the_semantic_conventions(db, http, collector, told):
    await ask(http, "query Front { contentItems { id } }", {"X-Request-ID": "abc"})

    by_name = {span.name: span for span in told()}
    assert attributes(by_name["POST /graphql"]) == {
        "http.request.method": "POST",
        "url.scheme": "http",
        "http.response.status_code": 200,
        "http.response.header.x-request-id": ["abc"],
        "http.route": "/graphql",
    }
    assert attributes(by_name["query"]) == {
        "graphql.operation.type": "query",
        "graphql.operation.name": "Front",
    }
    load = attributes(by_name["graphql.load"])
    assert load["graphql.load.fields"] == ["Query.contentItems"]
    assert load["graphql.load.parents"] == 1
    statement = by_name["SELECT"]
    assert statement.kind == CLIENT
    told_of_it = attributes(statement)
    assert told_of_it.keys() == {"db.system.name", "db.operation.name", "db.query.text"}
    assert told_of_it["db.system.name"] == db.dialect
    assert "FROM content_items" in told_of_it["db.query.text"]
    assert collector.resource["service.name"] == "thinkalike"


async def test_nothing_tells_what_people_wrote_or_who_they_are(db, http, collector, told):
    ada = factories.user(username="ada")
    await factories.add(db, ada, factories.item(ada, title="Secret Roses"))
    query = (
        '{ contentItems { title } search(query: "orchid") { totalCount } user(id: "%s") { id } }'
    )

    answers = [
        await ask(http, query % ada.id),
        await ask(http, SIGN_IN, {"User-Agent": "Person/1", "X-Forwarded-For": "203.0.113.7"}),
        await ask(http, "{ nothing }", {"Authorization": "Bearer forged"}),
        await http.get(f"/api/v1/users/{ada.id}?fields=username"),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 401, 200]
    assert ["errors" in answer.json() for answer in answers[:2]] == [False, False]
    told()
    everything = b"".join(request.SerializeToString() for request in collector.requests)
    hidden = [
        b"Secret", b"Hidden", b"forged", b"lovelace", b"orchid", b"Person", b"203.0", b"127.0.0.1",
        ada.id.encode(),
    ]  # fmt: skip
    assert [word for word in hidden if word in everything] == []


async def test_a_write_is_told_with_its_statements(http, collector, told):
    await ask(http, SIGN_IN)

    (operation,) = [span for span in told() if span.name == "mutation"]
    (load,) = collector.below(operation)
    texts = [attributes(span)["db.query.text"] for span in collector.below(load)]
    assert any(text.startswith("INSERT INTO attempts") for text in texts)


async def test_a_statement_that_fails_is_told_so(db, resources, told):
    nonsense = text("SELECT nothing FROM nowhere")
    with resources.tracing.request("GET", "http", {}):
        with pytest.raises(DBAPIError):
            await db.fetch(nonsense)
        with pytest.raises(DBAPIError):
            async with db.write() as session:
                await session.execute(nonsense)

    failed = [attributes(span) for span in told() if span.status.code == FAILED]
    assert [one["db.query.text"] for one in failed] == [nonsense.text] * 2
    assert all(one["error.type"] for one in failed)


async def test_rest_is_told_by_its_route(db, http, collector, told):
    ada = factories.user(username="ada")
    await factories.add(db, ada)

    await http.get(f"/api/v1/users/{ada.id}")
    await http.get("/nothing/here")
    await http.request("STRANGE", "/graphql")

    names = [span.name for span in told() if span.kind == SERVER]
    assert names == ["GET /api/v1/users/{id}", "GET", "HTTP /graphql"]


@pytest.mark.parametrize("engine", ["off"])
async def test_an_operation_without_a_plan_tells_its_loads_too(db, http, collector, told):
    ada = factories.user()
    await factories.add(db, ada, factories.item(ada))

    await ask(http, "{ contentItems { author { username } } }")

    told()
    (operation,) = [span for span in collector.spans if span.name == "query"]
    loads = [span for span in collector.spans if span.name == "graphql.load"]
    assert [attributes(load)["graphql.load.fields"] for load in loads] == [
        ["Query.contentItems"],
        ["ContentItem.author"],
    ]
    assert {load.trace_id for load in loads} == {operation.trace_id}
    assert [span.name for load in loads for span in collector.below(load)] == ["SELECT", "SELECT"]


async def test_errors_are_told_by_their_type(http, collector, told):
    await ask(http, "{ auditLog(first: 1) { nodes { id } } }")
    await ask(http, "{ nothing")

    by_name = {span.name: span for span in told() if span.status.code == FAILED}
    assert {name: attributes(span)["error.type"] for name, span in by_name.items()} == {
        "query": "Unauthenticated",
        "graphql.parse": "GraphQLSyntaxError",
    }
    assert [span.status.message for span in by_name.values()] == ["", ""]
    assert [len(span.events) for span in by_name.values()] == [0, 0]


async def test_the_answer_says_what_its_span_is_called(http, told):
    answer = await ask(http, "{ __typename }")

    (request,) = [span for span in told() if span.kind == SERVER]
    assert answer.headers["traceresponse"] == f"00-{TRACE}-{request.span_id.hex()}-01"


async def test_a_wrong_traceparent_begins_a_trace_of_our_own(http, told):
    answer = await ask(http, "{ __typename }", {"traceparent": "nonsense"})

    (request,) = [span for span in told() if span.kind == SERVER]
    assert answer.status_code == 200
    assert request.parent_span_id == b""
    assert request.trace_id.hex() in answer.headers["traceresponse"]


async def test_who_asked_not_to_be_sampled_is_not(http, told):
    answer = await ask(http, "{ __typename }", {"traceparent": f"00-{TRACE}-{PARENT}-00"})

    assert answer.json()["data"] == {"__typename": "Query"}
    assert told() == []


async def test_a_collector_that_refuses_keeps_no_request_from_its_answer(
    http, collector, told, caplog
):
    collector.status = 400

    answer = await ask(http, "{ __typename }")

    assert told() == []
    assert answer.json()["data"] == {"__typename": "Query"}
    assert "Failed to export spans batch" in caplog.text


async def test_statements_outside_of_requests_are_not_told(db, told):
    await db.check()
    assert told() == []


def test_without_the_extra_the_server_does_not_start(settings, monkeypatch):
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    for name in [
        name for name in sys.modules if name.startswith(("opentelemetry.", "app.tracing.spans"))
    ]:
        monkeypatch.delitem(sys.modules, name)

    with pytest.raises(StartupError, match=r"^OTEL_EXPORTER_OTLP_ENDPOINT is set, but Open"):
        started(settings, "sqlite")


def test_where_no_collector_is_named_nothing_is_imported():
    program = "import asgi, sys; asgi.create(); print(*sys.modules)"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, env=CLEAN, check=True, capture_output=True, text=True)

    # redis-py looks for OpenTelemetry's metrics by itself.
    traces = ("app.tracing.spans", "opentelemetry.exporter", "opentelemetry.sdk.trace")
    assert [name for name in done.stdout.split() if name.startswith(traces)] == []


def test_an_endpoint_that_is_no_address(tmp_path):
    said = run("serve", "--data", str(tmp_path), OTEL_EXPORTER_OTLP_ENDPOINT="collector:4317")
    assert re.match(r"Error: OTEL_EXPORTER_OTLP_ENDPOINT is 'collector:4317'", said.stderr)
    assert said.returncode == 1


async def test_a_collector_that_is_away_does_not_hold_up_the_end(
    http, resources, collector, monkeypatch, caplog
):
    monkeypatch.setattr("app.tracing.spans.GRACE", 0.1)
    collector.status = 503  # which is tried again, for ten seconds

    await ask(http, "{ __typename }")
    await resources.tracing.close()

    assert collector.spans == []
    assert "aborting retry" in caplog.text
