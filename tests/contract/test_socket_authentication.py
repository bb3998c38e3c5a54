"""Who a socket speaks for: the same proofs as for requests, each asked for anew."""

import logging
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select, update
from websockets.exceptions import ConnectionClosed, InvalidStatus

from app import ids
from app.auth import opaque, tokens
from app.auth.tokens import Tokens
from app.errors import Unavailable
from app.models import ApiKey, Session, User
from app.permissions import Role
from app.secret import secret_key
from tests import factories
from tests.conftest import BASE_URL
from tests.sockets import live, opened

WHO = "{ viewer { user { username } } }"
APP = "https://app.example.org"
SECRET = "x" * 43
LONG_AGO = timedelta(days=2)


@pytest.fixture
def resources(resources):
    changed = {"session_cookies": True, "cors_origins": (APP,)}
    return replace(resources, settings=resources.settings.model_copy(update=changed))


@pytest.fixture
async def server(resources):
    async with live(resources) as server:
        yield server


class World:
    """Ada with a session and an API key, and proofs of hers in every state."""

    def __init__(self, resources):
        self.resources = resources
        self.ada = factories.user(username="ada")

    async def put(self):
        await factories.add(self.resources.db, self.ada)

    async def token(self, state="good"):
        resources, now = self.resources, datetime.now(UTC)
        ended = {"revoked_at": now} if state == "revoked" else {}
        session = Session(
            id=ids.new("ses"), user_id=self.ada.id, expires_at=now + timedelta(days=1), **ended
        )
        await factories.add(resources.db, session)
        issuer, at = resources.tokens, now
        if state == "forged":
            issuer = Tokens.of(resources.settings, b"f" * 32)
        if state == "foreign":
            other = resources.settings.model_copy(update={"jwt_audience": "other"})
            issuer = Tokens.of(other, secret_key(resources.settings))
        if state == "expired":
            at -= LONG_AGO
        return issuer.issue(self.ada.id, session.id, at)[0]

    async def key(self, state="good"):
        now = datetime.now(UTC)
        ended = {"revoked": {"revoked_at": now}, "expired": {"expires_at": now - LONG_AGO}}
        key = ApiKey(
            id=ids.new(ids.API_KEY), user_id=self.ada.id, name="Robot",
            scopes=["public:read", "account:*"], digest=opaque.digest(SECRET),
            **ended.get(state, {}),
        )  # fmt: skip
        await factories.add(self.resources.db, key)
        return opaque.api_key(key.id, "f" * 43 if state == "forged" else SECRET)


@pytest.fixture
async def world(resources):
    world = World(resources)
    await world.put()
    return world


def by_header(proof):
    return {"additional_headers": {"Authorization": f"Bearer {proof}"}}


def by_cookie(proof):
    return {"additional_headers": {"Cookie": f"thinkalike_access={proof}"}}


def by_key_header(proof):
    return {"additional_headers": {"X-API-Key": proof}}


def by_init(proof):
    return {"init": {"Authorization": f"Bearer {proof}"}}


def by_small_init(proof):
    return {"init": {"authorization": f"bearer {proof}"}}


def by_key_init(proof):
    return {"init": {"X-API-Key": proof}}


TOKENS = (by_header, by_cookie, by_init, by_small_init)
KEYS = (by_key_header, by_key_init)
REFUSED = {
    "expired": "TOKEN_EXPIRED", "forged": "INVALID_TOKEN",
    "revoked": "INVALID_TOKEN", "foreign": "INVALID_TOKEN",
}  # fmt: skip


async def who(server, init=None, **options):
    """A name, or None of a guest; or what the socket was closed with."""
    async with opened(server.url, **options) as client:
        await client.say("connection_init", payload=init)
        try:
            assert await client.hear() == {"type": "connection_ack"}
        except ConnectionClosed:
            return await client.ended()
        viewer = (await client.ask(WHO))["data"]["viewer"]
        return viewer and viewer["user"]["username"]


@pytest.mark.parametrize("way", TOKENS)
@pytest.mark.parametrize("state", ["good", *REFUSED])
async def test_tokens(server, world, way, state):
    found = await who(server, **way(await world.token(state)))
    assert found == ("ada" if state == "good" else (4403, REFUSED[state]))


@pytest.mark.parametrize("way", KEYS)
@pytest.mark.parametrize("state", ["good", "expired", "forged", "revoked"])
async def test_keys(server, world, way, state):
    found = await who(server, **way(await world.key(state)))
    assert found == ("ada" if state == "good" else (4403, "INVALID_TOKEN"))


async def test_a_guest_needs_nothing(server):
    assert await who(server) is None
    assert await who(server, init={}) is None
    assert await who(server, init={"Authorization": None, "other": [1]}) is None


@pytest.mark.parametrize("way", [*TOKENS, *KEYS, lambda _proof: {}])
@pytest.mark.parametrize(
    ("origin", "welcome"),
    [
        (BASE_URL, True),
        (APP, True),
        ("https://evil.example", False),
        ("https://content.example", False),
        (f"{BASE_URL}:8080", False),
        (f"{BASE_URL}.evil.example", False),
        ("null", False),
    ],
)
async def test_pages_of_other_origins_are_turned_away(server, world, way, origin, welcome):
    options = way(await (world.key() if way in KEYS else world.token()))
    site = {"Sec-Fetch-Site": "same-origin"}  # browsers differ in what they say here
    options["additional_headers"] = site | options.get("additional_headers", {})
    if welcome:
        assert await who(server, origin=origin, **options) in ("ada", None)
        return
    with pytest.raises(InvalidStatus) as refused:
        await who(server, origin=origin, **options)
    response = refused.value.response
    assert response.status_code == 403
    assert b'"code":"ORIGIN_NOT_ALLOWED"' in response.body


async def test_a_server_for_all_pages_takes_all(resources, world):
    changed = {"cors_origins": ("*",), "session_cookies": False}
    resources = replace(resources, settings=resources.settings.model_copy(update=changed))
    token = await world.token()
    async with live(resources) as server:
        assert await who(server, origin="https://any.example") is None
        assert await who(server, origin="https://any.example", **by_cookie(token)) is None
        assert await who(server, origin="https://any.example", **by_init(token)) == "ada"


async def test_what_init_says_goes_before_the_handshake(server, world):
    good, bad = await world.token(), await world.token("expired")
    key = await world.key("revoked")
    assert await who(server, **by_header(bad), **by_init(good)) == "ada"
    assert await who(server, **by_cookie(bad), **by_init(good)) == "ada"
    assert await who(server, **by_key_header(key), **by_init(good)) == "ada"
    assert await who(server, **by_header(good), **by_init(bad)) == (4403, "TOKEN_EXPIRED")


@pytest.mark.parametrize(
    ("init", "end"),
    [
        ({"Authorization": "Basic YTpi"}, (4403, "INVALID_TOKEN")),
        ({"Authorization": "Bearer"}, (4403, "INVALID_TOKEN")),
        ({"Authorization": "Bearer é\ud83d\ude00"}, (4403, "INVALID_TOKEN")),
        ({"Authorization": "Bearer a", "X-API-Key": "b"}, (4403, "INVALID_TOKEN")),
        ({"X-API-Key": "nonsense"}, (4403, "INVALID_TOKEN")),
        ({"Authorization": 1}, (4400, "What `connection_init` proves with must be texts")),
        ({"x-api-key": ["a"]}, (4400, "What `connection_init` proves with must be texts")),
    ],
)
async def test_what_is_no_proof(server, init, end):
    assert await who(server, init=init) == end


async def test_who_signs_out_is_out_at_once(server, world, db):
    async with (
        opened(server.url, {"Authorization": f"Bearer {await world.token()}"}) as client,
        opened(server.url, {"Authorization": f"Bearer {await world.token()}"}) as other,
    ):
        out = await client.ask("mutation { revokeSession(input: {}) { errors { code } } }")
        assert out["data"]["revokeSession"]["errors"] == []
        await client.begin("1", "mutation { deleteUser(input: {}) { errors { code } } }")
        assert await client.ended() == (4403, "INVALID_TOKEN")
        assert (await other.ask(WHO))["data"]["viewer"]["user"]["username"] == "ada"


async def test_a_key_that_is_revoked_runs_nothing_more(server, world, db):
    key = await world.key()
    async with opened(server.url, {"X-API-Key": key}) as client:
        assert (await client.ask(WHO))["data"]["viewer"]["user"]["username"] == "ada"
        async with db.write() as session:
            await session.execute(update(ApiKey).values(revoked_at=datetime.now(UTC)))
        await client.begin("1", WHO)
        assert await client.ended() == (4403, "INVALID_TOKEN")


async def test_a_token_ends_in_an_open_socket(server, world, monkeypatch):
    async with opened(server.url, {"Authorization": f"Bearer {await world.token()}"}) as client:
        assert (await client.ask(WHO))["data"]["viewer"]["user"]["username"] == "ada"
        later = time.time() + 16 * 60
        monkeypatch.setattr(tokens, "time", SimpleNamespace(time=lambda: later))
        await client.begin("1", WHO)
        assert await client.ended() == (4403, "TOKEN_EXPIRED")


async def test_a_role_counts_from_the_next_operation_on(server, world, db):
    tag = 'mutation { createTag(input: {name: "roses"}) { tag { name } } }'
    async with opened(server.url, {"Authorization": f"Bearer {await world.token()}"}) as client:
        refused = await client.ask(tag)
        assert refused["errors"][0]["extensions"]["code"] == "INSUFFICIENT_PERMISSIONS"
        async with db.write() as session:
            await session.execute(update(User).values(role=Role.ADMIN))
        assert (await client.ask(tag))["data"] == {"createTag": {"tag": {"name": "roses"}}}


async def test_no_session_is_put_into_cookies_that_nobody_can_be_sent(server, world, db):
    before = await db.fetch(select(func.count()).select_from(Session))
    enter = (
        'mutation { createSession(input: {identifier: "ada", password: "p", cookie: true}) '
        "{ errors { field code message } } }"
    )
    renew = "mutation { refreshSession(input: {}) { accessToken errors { code } } }"
    cookies = {"additional_headers": {"Cookie": f"thinkalike_refresh={'r' * 43}"}}
    async with opened(server.url, {}, **cookies) as client:
        assert (await client.ask(enter))["data"]["createSession"]["errors"] == [
            {
                "field": "cookie",
                "code": "INVALID",
                "message": "No cookie can be set over a WebSocket",
            }
        ]
        answer = (await client.ask(renew))["data"]["refreshSession"]
        assert (answer["accessToken"], len(answer["errors"])) == (None, 1)
    assert await db.fetch(select(func.count()).select_from(Session)) == before


async def test_while_the_database_is_away_clients_come_again_later(
    server, world, resources, monkeypatch, caplog
):
    proof = {"Authorization": f"Bearer {await world.token()}"}

    async def away(_given):
        raise Unavailable("The database does not answer")

    async with opened(server.url, proof) as client, opened(server.url) as new:
        monkeypatch.setattr(resources.callers, "actor", away)
        (error,) = await client.ask(WHO)
        assert error["extensions"]["code"] == "DATABASE_UNAVAILABLE"
        await new.say("connection_init", payload=proof)
        assert await new.ended() == (1013, "DATABASE_UNAVAILABLE")
    assert len([one for one in caplog.records if one.levelno >= logging.ERROR]) == 2
    caplog.clear()
