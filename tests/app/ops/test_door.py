"""Who is told what the server does, what that is, and what is never in it."""

import json
import os

import httpx2
import pytest
from pydantic import SecretStr

from app.main import create_app
from app.permissions import Role
from app.resources import Resources
from app.setting_values import Environment
from asgi import doors
from tests import factories as make
from tests.rest.signing import signed_in

NESTED = """query Garden($search: String) {
  contentItems(filter: {title: {contains: $search}}) { title author { username } tags { name } }
}"""
MAKE_KEY = """mutation ($scopes: [String!]!) {
  createApiKey(input: {name: "ops", scopes: $scopes}) { secret }
}"""
MARK = "zaphod"


@pytest.fixture
def settings(settings):
    """Plans on, whatever the environment of the test run says."""
    return settings.model_copy(update={"engine": "plan"})


async def test_only_admins_are_told(http, resources):
    told = {}
    for role in Role:
        answer = await http.get("/ops/data", headers=await signed_in(resources, role))
        told[role] = answer.status_code, answer.headers["Cache-Control"]
        if role is not Role.ADMIN:
            assert list(answer.json()) == ["errors"]
    assert told == {
        Role.GUEST: (401, "no-store"),
        Role.USER: (403, "no-store"),
        Role.EDITOR: (403, "no-store"),
        Role.ADMIN: (200, "no-store"),
    }


async def test_refusals_say_why(http, resources):
    guest = await http.get("/ops/data")
    forged = await http.get("/ops/data", headers={"Authorization": "Bearer nonsense"})
    posted = await http.post("/ops/data", headers=await signed_in(resources, Role.ADMIN))

    codes = [answer.json()["errors"][0]["extensions"]["code"] for answer in (guest, forged, posted)]
    assert codes == ["UNAUTHENTICATED", "INVALID_TOKEN", "METHOD_NOT_ALLOWED"]
    assert guest.headers["WWW-Authenticate"] == 'Bearer realm="thinkalike"'


@pytest.mark.parametrize(
    ("scopes", "status"),
    [(["server:watch"], 200), (["*"], 200), (["server:*"], 200), (["audit:read"], 403)],
)
async def test_an_api_key_needs_the_scope(http, resources, scopes, status):
    made = await http.post(
        "/graphql",
        json={"query": MAKE_KEY, "variables": {"scopes": scopes}},
        headers=await signed_in(resources, Role.ADMIN),
    )
    key = made.json()["data"]["createApiKey"]["secret"]

    assert (await http.get("/ops/data", headers={"X-API-Key": key})).status_code == status


async def asked(http, query=NESTED, **variables):
    answer = await http.post("/graphql", json={"query": query, "variables": variables})
    assert "errors" not in answer.json(), answer.text


async def look(http, resources):
    answer = await http.get("/ops/data", headers=await signed_in(resources, Role.ADMIN))
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
async def garden(db):
    ada = make.user(username="ada")
    await make.add(db, ada, make.item(ada, title="A garden"))
    return ada.id


async def test_what_was_done_is_told(http, resources, garden):
    for _ in range(3):
        await asked(http)
    await http.post("/graphql", json={"query": "{ nothing }"})
    told = await look(http, resources)

    assert told["process"]["pid"] == os.getpid()
    assert told["process"]["workers"] == 1
    assert told["health"]["status"] == "ready"
    assert list(told["health"]["checks"]) == ["database", "migrations", "storage"]
    assert len(told["requests"]["seconds"]) == 60
    assert list(told["requests"]["latency_ms"]) == ["p50", "p95", "p99"]
    assert told["requests"]["in_flight"] == 0
    assert told["operations_under_way"] == {"running": 0, "waiting": 0, "places": 100}
    assert told["totals"] == {
        "requests": {"2xx": 4},
        "errors": {"GRAPHQL_VALIDATION_FAILED": 1},
        "planned": 3,
        "fallen_back": {},
        "limits": {"anonymous allowed": 4},
        "turned_away": 0,
    }
    assert told["jobs"] == {"due": 0, "later": 0, "given_up": 0, "oldest_due_seconds": 0}
    assert {pool["waiting"] for pool in told["pools"].values()} == {0}
    (garden,) = told["slowest"]
    assert (garden["name"], garden["runs"], garden["executed"]) == ("Garden", 3, "by plan")


async def test_an_operation_is_shown_with_its_plan_and_statements(http, resources, garden):
    query = f'query Slow {{ user(id: "{garden}") {{ username contentItems {{ title }} }} }}'
    await asked(http, query)
    await asked(http, query)
    (slow,) = (await look(http, resources))["slowest"]

    assert 'user(id: "")' in slow["text"]
    assert slow["outline"][0].startswith("Query")
    assert slow["statements"] != []
    assert {each["runs"] for each in slow["statements"]} == {1}
    assert all(each["sql"].startswith(("SELECT", "WITH")) for each in slow["statements"])
    assert slow["slowest_ms"] >= slow["mean_ms"] > 0


async def test_only_few_runs_are_looked_at(http, resources, garden, monkeypatch):
    await asked(http)
    await asked(http)
    (known,) = resources.metrics.slowest.shown()
    before, known.statements = known.statements, []
    assert before != []

    await asked(http)
    assert known.statements == []
    known.last, known.seen = 5.0, 0.0  # the last one was slow
    await asked(http)
    assert known.statements == before or len(known.statements) == len(before)
    known.statements, known.seen, known.runs = [], 0.0, 100
    await asked(http)
    assert len(known.statements) == len(before)


async def test_field_by_field_the_statements_are_seen_too(resources, garden):
    chosen = resources.settings.model_copy(update={"engine": "off"})
    made = Resources.on(resources.db, resources.documents, chosen)
    app = create_app(made, doors=doors(made))
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://t") as http:
        await asked(http)
        (seen,) = (await look(http, made))["slowest"]
    assert seen["executed"] == "field by field: off"
    assert seen["outline"] == []
    assert seen["statements"] != []


async def test_nothing_of_anybody_is_in_it(resources, garden):
    chosen = resources.settings.model_copy(
        update={
            "environment": Environment.PRODUCTION,
            "secret_key": SecretStr(MARK * 8),
            "metrics_token": SecretStr(MARK * 4),
        }
    )
    made = Resources.on(resources.db, resources.documents, chosen)
    app = create_app(made, doors=doors(made))
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    inlined = f"""mutation Enter {{ createSession(input: {{identifier: "{MARK}@heart.example",
      password: "{MARK}"}}) {{ errors {{ code }} }} }}"""
    listed = f"""query Listed($ids: [ID!]! = ["usr_{MARK}"]) {{ nodes(ids: $ids) {{ id }}
      search(query: \"""{MARK}\""") {{ totalCount }} }} # {MARK}"""
    async with httpx2.AsyncClient(transport=transport, base_url="http://t") as http:
        for _ in range(3):
            await asked(http, inlined)
            await asked(http, NESTED, search=MARK)
            await http.post("/graphql", json={"query": listed})
            await http.get(f"/api/v1/search?q={MARK}")
            await http.get(f"/api/v1/users/{MARK}@heart.example?preview={MARK}")
            await http.get("/api/v1/users/me", headers={"Authorization": f"Bearer {MARK}"})
        answer = await http.get("/ops/data", headers=await signed_in(made, Role.ADMIN))
    names = {one["name"] for one in answer.json()["slowest"]}
    assert {"Enter", "Garden", "Listed"} <= names
    assert MARK not in answer.text
    assert "heart.example" not in answer.text
    assert "createSession(input: {  })" in json.dumps(answer.json())


async def test_the_page_is_anybodys_and_brings_all_it_needs(http):
    page = await http.get("/ops/")
    assert page.status_code == 200
    assert page.headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
    assert "<script>" not in page.text
    assert "style=" not in page.text
    assert "://" not in page.text
    for name, type in (("ops.js", "text/javascript"), ("ops.css", "text/css")):
        part = await http.get(f"/ops/{name}")
        assert part.headers["Content-Type"].startswith(type)
        assert "://" not in part.text
    assert (await http.get("/ops")).headers["Location"] == "/ops/"
