"""What `/metrics` counts, for whom, and that Prometheus, alerts and dashboard understand it."""

import asyncio
import json
import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from sqlalchemy import text

from app.db import Database
from app.documents import MemoryDocuments
from app.jobs import NEVER
from app.main import create_app
from app.metrics.workers import Workers
from app.models import Job
from app.resources import Resources
from asgi import doors
from resolvers.texts import FORMAT
from tests import factories as make

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
TOKEN = "a-token-of-prometheus"
NAME = re.compile(r"\b(?:thinkalike|process)_\w+")
LOCKED = {"metrics_token": SecretStr(TOKEN)}
SIGN_IN = """mutation {
    createSession(input: {identifier: "nobody", password: "Wrong-Lamp-38"}) { __typename }
}"""
KNOWN = "query Known { contentItems { title } }"


def client(resources, peer="127.0.0.1", **settings):
    if settings:
        chosen = resources.settings.model_copy(update=settings)
        resources = Resources.on(resources.db, resources.documents, chosen)
    app = create_app(resources, doors=doors(resources))
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False, client=(peer, 1))
    return httpx2.AsyncClient(transport=transport, base_url="http://localhost")


async def scraped(http):
    """The values by name and labels, `worker` aside."""
    answer = await http.get("/metrics")
    assert answer.status_code == 200
    return samples(answer.text)


def samples(text):
    return {
        (sample.name, *(v for k, v in sorted(sample.labels.items()) if k != "worker")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def of(found, name):
    """The values of one name by their labels."""
    return {key[1:]: value for key, value in found.items() if key[0] == f"thinkalike_{name}"}


async def run(http, query, **body):
    return (await http.post("/graphql", json={"query": query, **body})).json()


async def test_requests_by_route_method_and_kind_of_answer(resources):
    async with client(resources) as http:
        for _ in range(2):
            await http.get("/api/v1/tags")
        await http.get("/api/v1/users/usr_nobody")
        await http.get("/api/v1/nothing")
        await http.get("/wp-login.php")
        await http.request("BREW", "/graphql")
        found = await scraped(http)

    assert of(found, "http_requests_total") == {
        ("GET", "/api/v1/tags", "2xx"): 2,
        ("GET", "/api/v1/users/{id}", "4xx"): 1,
        ("GET", "/api/{path:path}", "4xx"): 1,
        ("GET", "other", "4xx"): 1,
        ("other", "/graphql", "4xx"): 1,
    }
    assert of(found, "http_request_duration_seconds_count")["GET", "/api/v1/tags"] == 2
    assert of(found, "http_requests_in_flight") == {(): 1}
    assert of(found, "errors_total") == {("METHOD_NOT_ALLOWED",): 1, ("NOT_FOUND",): 3}


async def test_operations_by_names_of_our_own_only(resources, tmp_path):
    manifest = tmp_path / "manifest.json"
    entry = {"id": "known", "name": "Known", "type": "query", "body": KNOWN}
    manifest.write_text(json.dumps({**FORMAT, "operations": [entry]}))
    async with client(resources, trusted_documents=manifest) as http:
        await http.get("/graphql", params={"documentId": "known"})
        await run(http, KNOWN)
        await run(http, "query Known { contentItems { id } }")  # calls itself so
        await run(http, 'mutation Mine { deleteTag(input: {id: "tag_x"}) { errors { code } } }')
        await run(http, SIGN_IN)
        await run(http, "{ nothing }")
        await http.get("/api/v2/tags")
        found = await scraped(http)

    assert of(found, "graphql_operations_total") == {
        ("Known", "ok"): 2,
        ("other", "ok"): 1,
        ("other", "errors"): 1,
        ("other", "refused"): 1,
        ("ListTags", "ok"): 1,
    }
    assert of(found, "graphql_operation_duration_seconds_count")[("Known",)] == 2
    assert of(found, "errors_total") == {
        ("GRAPHQL_VALIDATION_FAILED",): 1,
        ("UNAUTHENTICATED",): 1,
    }


async def test_what_was_done_for_an_operation(resources, db):
    ada = make.user(username="ada")
    await make.add(db, ada, make.item(ada), make.item(ada))
    async with client(resources, rate_limits={}, engine="plan") as http:
        assert await run(http, "{ contentItems { author { username } } }")
        assert await run(http, "{ contentItems(filter: {}) { id author { username } } }")
        assert await run(http, "{ __schema { queryType { name } } }")
        found = await scraped(http)

    assert of(found, "engine_planned_total") == {(): 2}
    assert of(found, "engine_fallen_back_total") == {("introspection",): 1}
    assert of(found, "engine_loaded_whole_total")[()] >= 1
    assert of(found, "rate_limit_decisions_total") == {("allowed", "anonymous"): 3}
    statements = of(found, "sql_statement_duration_seconds_count")
    assert statements[("select",)] >= 2
    assert statements[("insert",)] == 0


async def test_batches_and_statements_that_write(resources, db):
    async with client(resources, engine_json=False) as http:
        ada, ben = make.user(username="ada"), make.user(username="ben")
        await make.add(db, ada, ben, make.item(ada), make.item(ben))
        before = await scraped(http)
        await run(http, "{ contentItems { author { username } } }")
        async with db.write() as session:
            await session.execute(text("UPDATE users SET bio = 'x'"))
        found = await scraped(http)

    assert of(found, "loader_batch_keys_sum")[("RowById",)] == 2
    name = "sql_statement_duration_seconds_count"
    assert of(found, name)[("update",)] - of(before, name)[("update",)] == 1


async def test_connections_jobs_and_places_as_they_are(resources, db):
    now = datetime.now(UTC)
    ends = {"due": [now - timedelta(seconds=90), now], "later": [now + timedelta(hours=1)]}
    moments = [*ends["due"], *ends["later"], NEVER]
    await make.add(db, *(Job(kind="none", payload={}, due_at=at) for at in moments))
    pool = "all" if db.dialect == "postgresql" else "writing"
    async with client(resources) as http, db.write() as session:
        await session.execute(text("SELECT 1"))
        before = len(asyncio.all_tasks())
        async with resources.gate:
            found = await scraped(http)

    assert of(found, "jobs") == {("due",): 2, ("later",): 1, ("given_up",): 1}
    assert 90 <= of(found, "jobs_oldest_due_seconds")[()] < 150
    assert of(found, "database_connections")[pool, "in_use"] == 1
    assert of(found, "database_connections_limit")[(pool,)] == (5 if pool == "all" else 1)
    assert of(found, "database_waiting")[(pool,)] == 0
    assert of(found, "asyncio_tasks")[()] >= before
    assert of(found, "graphql_operations_under_way") == {("running",): 1, ("waiting",): 0}


async def test_who_waits_for_a_connection(resources, db):
    async with db.write():
        held = [db.write() for _ in range(4 if db.dialect == "postgresql" else 0)]
        for one in held:
            await one.__aenter__()
        waiting = asyncio.create_task(db.write().__aenter__())
        await asyncio.sleep(0)
        assert [pool.waiting for pool in db.pools().values()][-1] == 1
        waiting.cancel()
        for one in held:
            await one.__aexit__(None, None, None)
    assert {pool.in_use for pool in db.pools().values()} == {0}


async def test_without_the_database_the_rest_is_told(settings):
    db = Database.at("postgresql://nobody@127.0.0.1:1/nothing")
    async with client(Resources.on(db, MemoryDocuments(), settings)) as http:
        found = await scraped(http)
    assert of(found, "jobs") == {}
    assert len(of(found, "build_info")) == 1


@pytest.mark.parametrize(
    ("peer", "headers", "chosen", "status"),
    [
        ("127.0.0.1", {}, {}, 200),
        ("::1", {}, {}, 200),
        ("192.0.2.7", {}, {}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, {}, 403),
        ("127.0.0.1", {"Via": "1.1 proxy"}, {}, 403),
        ("127.0.0.1", {"Host": "content.example"}, {}, 403),
        ("nowhere", {}, {}, 403),
        ("127.0.0.1", {}, LOCKED, 401),
        ("192.0.2.7", {"Authorization": f"Bearer {TOKEN}"}, LOCKED, 200),
        ("192.0.2.7", {"Authorization": f"Basic {TOKEN}"}, LOCKED, 401),
        ("192.0.2.7", {"Authorization": "Bearer é"}, LOCKED, 401),
        ("127.0.0.1", {}, {"metrics": False}, 404),
    ],
)
async def test_who_may_see_them(resources, peer, headers, chosen, status):
    encoded = {name: value.encode("latin-1") for name, value in headers.items()}
    async with client(resources, peer, **chosen) as http:
        answer = await http.get("/metrics", headers=encoded)

    assert answer.status_code == status
    assert ("thinkalike_build_info" in answer.text) is (status == 200)
    if status == 200:
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    if status == 401:
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert "RateLimit" not in answer.headers


async def test_a_process_that_does_not_answer_is_left_out(resources, tmp_path):
    workers = Workers(resources.metrics)
    (tmp_path / "3").touch()  # nobody listens there

    async def half(_reader, writer):
        writer.write(b"[[")
        writer.close()

    cut = await asyncio.start_unix_server(half, tmp_path / "4")
    async with workers.joined(tmp_path, 2), Workers(resources.metrics).joined(tmp_path, 1), cut:
        assert set(await workers.told()) == {"1", "2"}


def promtool(*arguments, **options):
    tool = subprocess.run([ROOT / "scripts/promtool"], capture_output=True, text=True, check=True)
    return subprocess.run(
        [tool.stdout.strip(), *arguments], capture_output=True, text=True, check=False, **options
    )


async def test_prometheus_understands_them(resources):
    async with client(resources) as http:
        await run(http, KNOWN)
        answer = await http.get("/metrics")

    checked = promtool("check", "metrics", input=answer.text)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


@pytest.mark.parametrize(
    "command", [("test", "rules", "alerts.test.yml"), ("check", "config", "prometheus.yml")]
)
def test_the_alerts_are_raised_when_they_should(command):
    result = promtool(*command, cwd=DEPLOY / "prometheus")
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("file", ["prometheus/alerts.yml", "grafana/thinkalike.json"])
async def test_alerts_and_dashboard_name_what_there_is(resources, file):
    resources.metrics.sources["server"] = list
    async with client(resources) as http:
        answer = (await http.get("/metrics")).text
    served = set(re.findall(r"^# TYPE (\S+)", answer, re.MULTILINE)) | {
        "thinkalike_http_connections"
    }
    written = (DEPLOY / file).read_text()
    rules = yaml.safe_load(written)  # JSON, too
    named = set(NAME.findall(written))

    assert rules
    assert len(named) > 8
    assert {re.sub(r"_(bucket|sum|count)$", "", one) for one in named} <= served
