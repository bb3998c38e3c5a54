"""Liveness, readiness and `thinkalike check`: what is looked at, told, remembered and hidden."""

import asyncio
from contextlib import AsyncExitStack

import httpx2
import pytest
from click.testing import CliRunner
from sqlalchemy import event, text

from app import health, migrations
from app.documents import RedisDocuments
from app.errors import StartupError
from app.health import Health, Outcome, Status
from app.main import create_app
from app.resources import Resources
from app.settings import Settings
from asgi import doors
from check import check, unwise
from tests import servers
from tests.processes import run

SECRET = "k" * 32


@pytest.fixture
async def http_of():
    clients = []

    def made(resources):
        app = create_app(resources, doors=doors(resources))
        clients.append(httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://t"))
        return app, clients[-1]

    yield made
    for client in clients:
        await client.aclose()


async def fine():
    pass


async def broken():
    raise StartupError("postgresql://user:***@10.0.0.1/name does not answer")


def of(**checks):
    return Health(checks, frozenset({"database"}))


async def status(health):
    return health.status(await health.findings())


async def test_a_server_that_works_is_ready(http):
    answer = await http.get("/health/ready")

    body = answer.json()
    latencies = [one.pop("latency_ms") for one in body["checks"].values()]
    assert body == {
        "status": "ready",
        "checks": {name: {"status": "ok"} for name in ("database", "migrations", "storage")},
    }
    assert all(latency >= 0 for latency in latencies)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")


async def test_it_lives_without_anything_outside(resources, http, statements):
    answer = await http.get("/health/live")

    assert (answer.status_code, answer.json()) == (200, {"status": "live"})
    assert answer.headers["cache-control"] == "no-store"
    assert statements == []


async def test_nobody_signs_in_to_ask(http):
    answers = [
        await http.get(path, headers={"Authorization": "Bearer nonsense"})
        for path in ("/health/live", "/health/ready")
    ]
    assert [answer.status_code for answer in answers] == [200, 200]


@pytest.mark.parametrize(
    ("checks", "expected"),
    [
        ({"database": fine, "storage": fine}, Status.READY),
        ({"database": fine, "storage": broken}, Status.DEGRADED),
        ({"database": broken, "storage": fine}, Status.UNAVAILABLE),
    ],
)
async def test_what_is_needed_decides(checks, expected):
    assert await status(of(**checks)) is expected


async def test_who_is_about_to_end_is_not_ready(resources, http_of):
    app, http = http_of(resources)
    app.state.health.drain()

    answer = await http.get("/health/ready")

    assert (answer.status_code, answer.json()["status"]) == (503, "draining")
    assert (await http.get("/health/live")).status_code == 200


async def test_reasons_are_for_the_log_and_told_once(resources, http_of, monkeypatch, caplog):
    monkeypatch.setattr(health, "REMEMBERED", 0)
    app, http = http_of(resources)
    app.state.health._checks = {"database": broken}

    answers = [await http.get("/health/ready") for _ in range(2)]

    for answer in answers:
        answer.json()["checks"]["database"].pop("latency_ms")
        assert answer.status_code == 503
        assert '"database":{"status":"failed","latency_ms":' in answer.text
        assert "10.0.0.1" not in answer.text
    assert [record.message for record in caplog.records] == [
        "This server is unavailable | database: postgresql://user:***@10.0.0.1/name does not answer"
    ]


async def test_a_check_that_hangs_has_failed(monkeypatch):
    monkeypatch.setattr(health, "PATIENCE", 0.01)
    findings = await of(database=asyncio.Event().wait).findings()
    assert findings["database"].outcome is Outcome.TIMEOUT


async def test_a_check_may_fail_in_any_way():
    async def mistaken():
        raise KeyError("secret")

    finding = (await of(database=mistaken).findings())["database"]
    assert (finding.outcome, finding.reason) == (Outcome.FAILED, "KeyError")


async def test_checks_run_beside_each_other():
    both = asyncio.Barrier(2)
    findings = await of(database=both.wait, storage=both.wait).findings()
    assert {finding.outcome for finding in findings.values()} == {Outcome.OK}


async def test_whoever_asks_within_a_second_shares_a_look(monkeypatch):
    looks = []

    async def counted():
        looks.append(1)

    checked = of(database=counted)
    await asyncio.gather(*(checked.findings() for _ in range(50)))
    await checked.findings()
    assert len(looks) == 1

    checked._asked -= health.REMEMBERED
    await checked.findings()
    assert len(looks) == 2


async def test_somebody_who_hangs_up_takes_nothing_from_others():
    go = asyncio.Event()
    checked = of(database=go.wait)
    impatient, patient = (asyncio.create_task(checked.findings()) for _ in range(2))
    await asyncio.sleep(0)
    impatient.cancel()
    go.set()
    assert (await patient)["database"].outcome is Outcome.OK


async def test_a_pool_that_is_busy_is_no_database_that_is_away(http, db):
    ended = []
    event.listen(db._aside.sync_engine, "invalidate", lambda *it: ended.append(it))
    async with AsyncExitStack() as taken:
        for _ in range(5):
            await taken.enter_async_context(db._readers)
        waiting = asyncio.create_task(db.fetch(text("SELECT 1")))
        answer = await http.get("/health/ready")
        assert not waiting.done()

    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    assert await waiting == [(1,)]
    assert ended, "what is used once in hours is not kept"


async def test_a_schema_of_a_later_version_is_no_failure_and_an_older_one_is(db):
    async def at(revision):
        statement = f"UPDATE alembic_version SET version_num = '{revision}'"
        await db.run(lambda connection: connection.exec_driver_sql(statement))

    await at("9999")
    await migrations.require_not_behind(db)
    await at("0001")
    with pytest.raises(StartupError, match=r"is at schema 0001, not .*: run `thinkalike migrate`"):
        await migrations.require_not_behind(db)


@pytest.mark.parametrize("closed", [False, True])
async def test_redis_is_needed_when_limits_are_closed_without_it(db, tmp_path, closed):
    with servers.valkey() as address:
        settings = Settings(
            _env_file=None, data_dir=tmp_path, redis_url=address, rate_limits_closed=closed
        )
        documents = RedisDocuments(address)
        resources = Resources.on(db, documents, settings)
        assert await status(Health.of(resources)) is Status.READY
        await documents.close()
    assert await status(Health.of(resources)) is (Status.UNAVAILABLE if closed else Status.DEGRADED)
    await documents.close()
    await resources.callers.close()


def test_the_command_tells_what_is_as_it_must_be(tmp_path):
    assert run("migrate", "--data", str(tmp_path)).returncode == 0
    result = run("check", "--data", str(tmp_path))

    assert (result.returncode, result.stderr) == (0, "")
    assert [line.split(": ")[0] for line in result.stdout.splitlines()] == [
        "ok      database", "ok      migrations", "ok      storage",
    ]  # fmt: skip


def test_the_command_tells_what_is_not_and_what_to_do(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:secret@127.0.0.1:1/name")
    monkeypatch.setenv("REDIS_URL", "redis://:secret@127.0.0.1:1/0")
    monkeypatch.setenv("THINKALIKE_WORKRES", "2")

    result = CliRunner().invoke(check, ["--data", str(tmp_path)])

    lines = result.output.splitlines()
    assert result.exit_code == 1
    assert (
        lines[0] == "failed  THINKALIKE_WORKRES: no such setting; did you mean THINKALIKE_WORKERS?"
    )
    assert lines[1].startswith(
        "failed  database: The database at postgresql://user:***@127.0.0.1:1"
    )
    assert lines[2] == "        advice: Is it running, and is DATABASE_URL right?"
    assert lines[3].startswith("failed  migrations: ")
    assert lines[4].startswith("ok      storage: ")
    assert lines[5].startswith("failed  redis: Redis does not answer: ")
    assert "secret" not in result.output


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, []),
        ({"host": "::1"}, []),
        ({"host": "0.0.0.0"}, ["THINKALIKE_ENVIRONMENT"]),
        ({"host": "example.org"}, ["THINKALIKE_ENVIRONMENT"]),
        (
            {"environment": "production"},
            ["THINKALIKE_PUBLIC_URL", "THINKALIKE_METRICS_TOKEN", "THINKALIKE_SMTP_URL"],
        ),
        (
            {
                "environment": "production", "host": "0.0.0.0", "public_url": "http://a.example",
                "forwarded_allow_ips": "*", "smtp_url": "smtp://a",
                "database_url": "postgresql://a/b", "metrics": False,
            },
            ["THINKALIKE_PUBLIC_URL", "THINKALIKE_FORWARDED_ALLOW_IPS", "THINKALIKE_APP_URL",
             "REDIS_URL"],
        ),
        (
            {
                "environment": "production", "public_url": "https://a.example",
                "smtp_url": "smtp://a", "app_url": "https://b.example",
                "metrics_token": "m" * 16,
            },
            [],
        ),
    ],
)  # fmt: skip
def test_what_is_hardly_meant_is_named(given, named):
    chosen = Settings(_env_file=None, secret_key=SECRET, **given)
    assert [setting for setting, _ in unwise(chosen)] == named


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("THINKALIKE_TRUSTED_DOCUMENTS", "/nowhere.json", "/nowhere.json"),
        ("THINKALIKE_DEPRECATIONS", '{"v9": {"since": "2027-01-01T00:00:00Z"}}', "no `v9`"),
    ],
)
def test_the_command_refuses_what_a_server_refuses(tmp_path, monkeypatch, setting, value, said):
    monkeypatch.setenv(setting, value)

    result = CliRunner().invoke(check, ["--data", str(tmp_path)])

    assert result.exit_code == 1
    assert said in result.output.splitlines()[-1]
