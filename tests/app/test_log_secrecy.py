"""What never gets into the log, at any level: secrets, addresses of people, what they write."""

import io
from datetime import UTC, datetime
from string import Template

import httpx2
import pytest
from pydantic import SecretStr

from app.main import create_app
from app.permissions import Role
from app.resources import Resources
from app.setting_values import Environment
from app.worker import do_jobs
from asgi import doors
from tests.app.logged import lines, logged
from tests.resolvers.access_world import CALLS, IDS, PASSWORD, SECRETS, TOMORROW, restore
from tests.resolvers.test_access_matrix import document
from tests.rest.signing import signed_in

MARK, SECRET = "zaphod", "magrathea"
MAIL = "zaphod@heart.example"
KEY = "z" * 32 + "-secret-key"
TOKEN = "z" * 32 + "-metrics"

pytestmark = pytest.mark.parametrize("migrated", ["sqlite"], indirect=True, scope="session")


@pytest.fixture
async def production(resources):
    settings = resources.settings.model_copy(
        update={
            "environment": Environment.PRODUCTION,
            "secret_key": SecretStr(KEY),
            "metrics_token": SecretStr(TOKEN),
            "log_level": "debug",
            "session_cookies": True,
        }
    )
    made = Resources.on(resources.db, resources.documents, settings)
    yield made
    await made.callers.close()


@pytest.fixture
async def http(production):
    app = create_app(production, doors=doors(production))
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://t") as client:
        yield client


@pytest.fixture
def log(production):
    with logged(production.settings, io.StringIO()) as stream:
        yield stream


async def run(http, query, headers=None, **variables):
    body = {"query": query, "variables": variables}
    return (await http.post("/graphql", json=body, headers=headers)).json()


async def test_the_calls_of_everybody(http, production, log):
    await restore(production.db)
    given = {**IDS, **SECRETS, "tomorrow": TOMORROW.isoformat()}
    for call, text in CALLS.items():
        if "$$file" in text:
            continue
        headers = await signed_in(production, Role.ADMIN)
        await run(http, document(call), headers)
        bearer = headers["Authorization"].split()[1]
        assert bearer not in log.getvalue()
        assert Template(text).substitute(given) not in log.getvalue()

    written = log.getvalue()
    assert len(lines(written)) > len(CALLS) - 2
    for secret in (*SECRETS.values(), PASSWORD, "Zarniwoop77gate", "@heart.example", KEY):
        assert secret not in written


async def test_an_account_and_its_mails(http, production, log):
    given = {"username": "ford", "email": MAIL, "password": f"{SECRET}-Lamp-38"}
    answers = [await http.post("/api/v1/auth/register", json=given)]
    for password in (f"{SECRET}-Wrong-12", given["password"]):
        asked = {"username": MAIL, "password": password}
        answers.append(await http.post("/api/v1/auth/login", json=asked))
    query = """mutation ($email: String!) {
        requestPasswordReset(input: {email: $email}) { errors { code } }
    }"""
    await run(http, query, email=MAIL)
    await do_jobs(production, datetime.now(UTC))  # here, mails are written to the log

    assert [answer.status_code for answer in answers] == [201, 401, 200]
    written = log.getvalue()
    assert [line["logger"] for line in lines(written)].count("thinkalike.mail") == 2
    issued = answers[-1].json()
    for secret in (MARK, SECRET, issued["access_token"], issued["refresh_token"]):
        assert secret not in written


async def test_what_comes_in_headers_addresses_and_files(http, production, log):
    headers = await signed_in(production, Role.ADMIN)
    item = await http.post(
        "/api/v1/content-items", json={"title": MARK, "body": {"value": MARK}}, headers=headers
    )
    path = f"/api/v1/content-items/{item.json()['data']['id']}"
    preview = (await http.post(f"{path}/preview-tokens", headers=headers)).json()
    token = preview["data"]["attributes"]["token"]
    await http.get(f"{path}?preview_token={token}")
    await http.get(f"{path}?preview_token={MARK}")
    await http.get(f"/media/{MARK}.png")
    await http.post("/api/v1/media", files={"file": (f"{MARK}.txt", MARK)}, headers=headers)
    await run(http, "{ viewer { user { id } } }", {"Authorization": f"Bearer {MARK}"})
    await run(http, "{ viewer { user { id } } }", {"X-API-Key": MARK, "Cookie": f"a={MARK}"})
    await run(http, f"{{ {MARK} }}", {"User-Agent": MARK})
    await run(http, f'{{ user(id: "{MARK}") {{ id }} }}')
    await run(http, "query ($i: ID!) { user(id: $i) { id } }", i=MARK)
    await run(http, "query ($i: Int) { contentItems(limit: $i) { id } }", i=MARK)
    await http.post("/graphql", content=f'{{"query": "{MARK}'.encode())
    await http.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    await http.get("/metrics", headers={"Authorization": f"Bearer {MARK}"})

    written = log.getvalue()
    assert len(lines(written)) == 14
    for secret in (MARK, token, headers["Authorization"].split()[1], TOKEN, KEY):
        assert secret not in written
