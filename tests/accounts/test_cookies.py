"""Sessions of browsers, in cookies: no script reads them, and no other site uses them."""

from dataclasses import replace

import httpx2
import pytest
from sqlalchemy import select, update

from app.main import create_app
from app.models import AuditEntry, Session
from asgi import doors
from tests.accounts.conftest import PASSWORD, document
from tests.factories import NOON

SITE = "https://content.example"
WHO = {"query": "{ viewer { user { username } } }"}
LONG = 30 * 86_400


@pytest.fixture
def resources(resources):
    changed = {"session_cookies": True, "public_url": SITE}
    return replace(resources, settings=resources.settings.model_copy(update=changed))


@pytest.fixture
async def browser(resources):
    """A browser at our own site, with the cookies that it was given."""
    app = create_app(resources, doors=doors(resources))
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url=SITE) as client:
        yield client


@pytest.fixture
def send(browser):
    async def send(name, headers=None, **input):
        asked = {"query": document(name), "variables": {"input": input}}
        return await browser.post("/graphql", json=asked, headers=headers)

    return send


@pytest.fixture
async def inside(ann, send):
    """What signing in with cookies is answered."""
    answer = await send("createSession", identifier="ann", password=PASSWORD, cookie=True)
    assert answer.json()["data"]["createSession"]["errors"] == []
    return answer


def sent(answer):
    """Cookies of an answer: name, whether there is a value, and its attributes."""
    cookies = {}
    for line in answer.headers.get_list("set-cookie"):
        first, *attributes = line.split("; ")
        name, _, value = first.partition("=")
        cookies[name] = (value not in ("", '""'), sorted(attributes))
    return cookies


async def who(browser, **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    body = (await browser.post("/graphql", json=WHO, headers=headers)).json()
    if "errors" in body:
        return body["errors"][0]["extensions"]["code"]
    viewer = body["data"]["viewer"]
    return viewer and viewer["user"]["username"]


async def test_a_session_is_in_cookies_only(browser, inside):
    safe = ["HttpOnly", "SameSite=lax", "Secure"]
    payload = inside.json()["data"]["createSession"]

    assert (payload["accessToken"], payload["refreshToken"]) == (None, None)
    assert (payload["expiresIn"], payload["session"]["current"]) == (900, True)
    assert sent(inside) == {
        "thinkalike_access": (True, sorted([*safe, "Max-Age=900", "Path=/"])),
        "thinkalike_refresh": (True, sorted([*safe, f"Max-Age={LONG}", "Path=/"])),
    }
    assert await who(browser) == "ann"


async def test_who_asks_for_no_cookies_gets_none(browser, ann, send):
    answer = await send("createSession", identifier="ann", password=PASSWORD)

    assert answer.json()["data"]["createSession"]["refreshToken"]
    assert sent(answer) == {}


async def test_what_is_refused_sets_no_cookies(ann, send):
    answer = await send("createSession", identifier="ann", password="wrong", cookie=True)

    assert sent(answer) == {}


async def test_without_https_cookies_are_not_secure(resources, ann):
    settings = resources.settings.model_copy(update={"public_url": "http://localhost/content"})
    resources = replace(resources, settings=settings)
    app = create_app(resources, doors=doors(resources))
    asked = {"identifier": "ann", "password": PASSWORD, "cookie": True}
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url="http://localhost"
    ) as client:
        body = {"query": document("createSession"), "variables": {"input": asked}}
        answer = await client.post("/graphql", json=body)

    assert sent(answer) == {
        "thinkalike_access": (True, ["HttpOnly", "Max-Age=900", "Path=/content", "SameSite=lax"]),
        "thinkalike_refresh": (
            True, ["HttpOnly", f"Max-Age={LONG}", "Path=/content", "SameSite=lax"],
        ),
    }  # fmt: skip


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "cross-site", "Origin": SITE},
        {"Origin": "https://evil.example"},
        {"Origin": "http://content.example"},
        {"Origin": "https://content.example:8443"},
        {"Origin": "https://content.example:99999"},
        {"Origin": "http://inside.example", "Host": "inside.example"},
        {"Origin": "https://["},
        {"Origin": "null"},
        {"Origin": "https://content.example.evil.example"},
    ],
)
async def test_no_other_site_uses_them(browser, inside, dump, send, headers):
    assert await who(browser, **headers) == "CSRF_PREVENTED"
    before = await dump()
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = await send("revokeAllSessions", headers, includeCurrent=True)

    assert answer.status_code == 403
    assert await dump() == before
    browser.cookies.delete("thinkalike_access", domain="content.example", path="/")
    refresh = await send("refreshSession", headers)
    assert refresh.json()["data"]["refreshSession"]["errors"][0]["code"] == "INVALID_CREDENTIALS"
    assert sent(refresh) == {}
    assert await dump() == before


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec_Fetch_Site": "same-origin"},
        {"Sec_Fetch_Site": "none"},
        {"Origin": SITE},
        {"Origin": SITE, "Host": "inside.example"},
    ],
)
async def test_this_site_uses_them(browser, inside, headers):
    assert await who(browser, **headers) == "ann"


@pytest.mark.parametrize(
    ("origin", "expected"), [(SITE, "ann"), ("https://evil.example", "CSRF_PREVENTED")]
)
async def test_a_site_that_was_not_told_where_it_is_takes_the_request_s_word(
    resources, browser, inside, origin, expected
):
    settings = resources.settings.model_copy(update={"public_url": None})
    app = create_app((told := replace(resources, settings=settings)), doors=doors(told))
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url=SITE, cookies=dict(browser.cookies)
    ) as client:
        assert await who(client, Origin=origin) == expected


async def test_a_link_from_elsewhere_reads_only(browser, inside):
    crossing = {"Sec-Fetch-Site": "cross-site"}
    answer = await browser.get("/graphql", params=WHO, headers=crossing)
    write = {"query": "mutation { revokeAllSessions(input: {}) { errors { code } } }"}
    refused = await browser.get("/graphql", params=write, headers=crossing)

    assert answer.json()["data"]["viewer"]["user"]["username"] == "ann"
    assert refused.status_code == 405


async def test_headers_come_before_cookies(browser, inside):
    crossing = {"Sec_Fetch_Site": "cross-site"}

    assert await who(browser, Authorization="Bearer x", **crossing) == "INVALID_TOKEN"
    assert await who(browser, X_API_Key="x", **crossing) == "INVALID_TOKEN"


async def test_a_browser_goes_on_with_its_cookies(browser, db, inside, send):
    before = dict(browser.cookies)
    answer = await send("refreshSession")

    payload = answer.json()["data"]["refreshSession"]
    assert (payload["accessToken"], payload["refreshToken"]) == (None, None)
    assert payload["errors"] == []
    assert set(sent(answer)) == {"thinkalike_access", "thinkalike_refresh"}
    assert browser.cookies["thinkalike_refresh"] != before["thinkalike_refresh"]
    assert await who(browser) == "ann"


async def test_a_token_in_the_input_is_answered_in_the_payload(browser, inside, send):
    token = browser.cookies["thinkalike_refresh"]
    answer = await send("refreshSession", refreshToken=token)

    assert answer.json()["data"]["refreshSession"]["refreshToken"]
    assert sent(answer) == {}


@pytest.mark.parametrize(
    ("name", "input"),
    [
        ("revokeAllSessions", {"includeCurrent": True}),
        ("revokeSession", {}),
        ("revokeSession", None),
    ],
)
async def test_who_signs_out_keeps_nothing(browser, inside, send, name, input):
    id = inside.json()["data"]["createSession"]["session"]["id"]
    answer = await send(name, **({"id": id} if input is None else input))

    assert {name: there for name, (there, _) in sent(answer).items()} == {
        "thinkalike_access": False, "thinkalike_refresh": False,
    }  # fmt: skip
    assert dict(browser.cookies) == {}
    assert await who(browser) is None


async def test_a_browser_gets_out_of_a_session_that_was_ended_elsewhere(browser, db, inside, send):
    async with db.write() as session:
        await session.execute(update(Session).values(revoked_at=NOON))

    assert await who(browser) == "INVALID_TOKEN"
    assert set(browser.cookies) == {"thinkalike_refresh"}
    assert await who(browser) is None
    answer = await send("refreshSession")
    assert answer.json()["data"]["refreshSession"]["errors"][0]["code"] == "INVALID_CREDENTIALS"
    assert dict(browser.cookies) == {}


async def test_a_token_that_is_not_good_leaves_cookies_alone(browser, inside):
    answer = await browser.post("/graphql", json=WHO, headers={"Authorization": "Bearer x"})

    assert (answer.status_code, sent(answer)) == (401, {})


async def test_a_stolen_cookie_ends_the_session(browser, db, inside, send):
    stolen = browser.cookies["thinkalike_refresh"]
    await send("refreshSession")
    answer = await send("refreshSession", refreshToken=stolen)

    assert answer.json()["data"]["refreshSession"]["errors"][0]["code"] == "INVALID_CREDENTIALS"
    assert await who(browser) == "INVALID_TOKEN"
    told = select(AuditEntry.id).where(AuditEntry.action == "session.reuse_detected")
    assert len(await db.fetch(told)) == 1


async def test_a_server_without_cookies_reads_none(resources, browser, inside):
    settings = resources.settings.model_copy(update={"session_cookies": False})
    resources = replace(resources, settings=settings)
    app = create_app(resources, doors=doors(resources))
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url=SITE, cookies=dict(browser.cookies)
    ) as client:
        assert await who(client) is None
        assert await who(client, Sec_Fetch_Site="cross-site") is None
