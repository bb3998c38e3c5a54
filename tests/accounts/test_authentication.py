"""The door: what a request proves with, and what it is answered when that proves nothing."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr
from sqlalchemy import select, update

from app import ids
from app.auth import opaque
from app.auth.callers import Callers, Credentials
from app.auth.tokens import Tokens
from app.documents import MemoryDocuments
from app.errors import InvalidToken, Unavailable, numbered
from app.main import create_app
from app.models import ApiKey, Session, User
from app.permissions import Actor, Role
from app.resources import Resources
from asgi import doors
from tests import factories as make
from tests.factories import NOON

WHO = {"query": "{ viewer { user { username role } } }"}
SECRET = "x" * 43


@pytest.fixture
def who(http):
    """Who a request speaks for, by name and role; or why it speaks for nobody."""

    async def who(**headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = await http.post("/graphql", json=WHO, headers=headers)
        body = answer.json()
        if "errors" in body:
            return answer, body["errors"][0]["extensions"]["code"]
        viewer = body["data"]["viewer"]
        return answer, viewer and (viewer["user"]["username"], viewer["user"]["role"])

    return who


@pytest.fixture
async def key(db, ann):
    """A key of Ann's, in both secrets of which it has had."""
    columns = {
        "user_id": ann.user_id, "name": "Robot", "scopes": ["public:read", "account:*"],
        "digest": opaque.digest(SECRET), "previous_digest": opaque.digest("y" * 43),
        "previous_until": datetime.now(UTC) + timedelta(hours=1),
    }  # fmt: skip
    key = ApiKey(id=ids.new(ids.API_KEY), **columns)
    async with db.write() as session:
        session.add(key)
    return opaque.api_key(key.id, SECRET), opaque.api_key(key.id, "y" * 43)


async def test_a_guest_needs_nothing(who):
    assert (await who())[1] is None


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER "])
async def test_an_access_token_speaks_for_its_user(who, ann, signed_in, scheme):
    _, access, _ = await signed_in("ann")

    assert (await who(Authorization=f"{scheme} {access}"))[1] == ("ann", "USER")


async def test_reads_with_get_are_somebodys_too(http, ann, signed_in):
    _, access, _ = await signed_in("ann")
    bearer = {"Authorization": f"Bearer {access}"}
    answer = await http.get("/graphql", params=WHO, headers=bearer)
    refused = await http.get("/graphql", params=WHO, headers={"Authorization": "Bearer x"})

    assert answer.json()["data"]["viewer"]["user"]["username"] == "ann"
    assert answer.headers["Cache-Control"] == "no-store"
    assert refused.status_code == 401


async def test_who_comes_at_the_same_time_is_told_apart(resources, db, ann, signed_in, key):
    """With one statement for their sessions, and one for their keys."""
    ada = make.user(role=Role.ADMIN)
    await make.add(db, ada)
    _, access, _ = await signed_in("ann")
    ended = resources.tokens.issue(ann.user_id, ids.new(ids.SESSION), datetime.now(UTC))[0]
    session = resources.tokens.verify(access).session_id
    stolen = resources.tokens.issue(ada.id, session, datetime.now(UTC))[0]
    given = [
        Credentials(access), Credentials(ended), Credentials(access), Credentials(stolen),
        Credentials(api_key=key[0]), Credentials(api_key=opaque.api_key(ids.new("key"), SECRET)),
    ]  # fmt: skip
    statements = []
    stop = db.observe(lambda sql, _: statements.append(sql.split(maxsplit=1)[0]))
    callers = Callers(db, resources.tokens, lambda: False)
    found = await asyncio.gather(*map(callers.actor, given), return_exceptions=True)
    stop()
    await callers.close()

    known = [one.user_id for one in found if isinstance(one, Actor)]
    assert known == [ann.user_id] * 3
    assert [type(found[place]) for place in (1, 3, 5)] == [InvalidToken] * 3
    assert statements.count("SELECT") == 2


async def test_an_api_key_speaks_for_its_owner_within_its_scopes(who, http, db, key):
    for one in key:
        assert (await who(X_API_Key=one))[1] == ("ann", "USER")
    write = {"query": 'mutation { createContentItem(input: {title: "x"}) { errors { code } } }'}
    answer = await http.post("/graphql", json=write, headers={"X-API-Key": key[0]})

    assert answer.json()["errors"][0]["extensions"]["code"] == "INSUFFICIENT_PERMISSIONS"


@pytest.fixture
def last_use(db, resources, who, key):
    """Use Ann's key; when it was last used."""

    async def last_use():
        assert (await who(X_API_Key=key[0]))[1] == ("ann", "USER")
        await resources.callers.close()
        return (await db.fetch(select(ApiKey.last_used_at)))[0].last_used_at

    return last_use


async def test_the_last_use_of_a_key_is_known_to_the_minute(db, last_use):
    first = await last_use()
    assert await last_use() == first
    async with db.write() as session:
        await session.execute(update(ApiKey).values(last_used_at=NOON))

    assert await last_use() > first


async def test_who_reads_with_a_key_waits_for_no_writer(db, who, key, last_use):
    async with db.write() as session:
        await session.execute(update(ApiKey).values(name="Somebody writes"))
        for _ in range(3):
            assert (await who(X_API_Key=key[0]))[1] == ("ann", "USER")

    assert await last_use() is not None


async def test_a_last_use_that_cannot_be_kept_stops_nobody(db, resources, key):
    class Unwritable:
        fetch = staticmethod(db.fetch)

        def write(self):
            raise Unavailable("The disk is full")

    callers = Callers(Unwritable(), resources.tokens, lambda: True)
    actor = await callers.actor(Credentials(api_key=key[0]))
    (noting,) = callers._noting.values()
    await noting

    assert actor.scopes == {"public:read", "account:*"}
    assert await db.fetch(select(ApiKey.last_used_at)) == [(None,)]


def forged(claims, key="k" * 32, algorithm="HS256", **header):
    return jwt.encode(claims, key, algorithm, {"typ": "at+jwt", **header})


@pytest.fixture
async def bad(resources, ann, signed_in):
    """Access tokens of all kinds that are not good, by what is wrong."""
    actor, access, _ = await signed_in("ann")
    header, payload, signature = access.split(".")
    claims = jwt.decode(access, options={"verify_signature": False})
    kid = jwt.get_unverified_header(access)["kid"]
    settings, secret = resources.settings, b"s" * 32
    now = datetime.now(UTC)
    hour_ago = now - timedelta(hours=1)
    elsewhere = settings.model_copy(update={"jwt_audience": "elsewhere"})
    return {
        "no token": "nonsense",
        "truncated": access[:-4],
        "changed": f"{header}.{payload[:-2]}AA.{signature}",
        "forged": forged(claims, kid=kid),
        "no algorithm": forged(claims, None, "none", kid=kid),
        "unknown key": forged(claims, kid="00000000"),
        "another secret": Tokens.of(settings, secret).issue("usr_1", "ses_1", hour_ago)[0],
        "another audience": Tokens.of(elsewhere, secret).issue("usr_1", "ses_1", hour_ago)[0],
        "no such session": resources.tokens.issue(ann.user_id, "ses_1", now)[0],
        "not their session": resources.tokens.issue("usr_1", actor.session_id, now)[0],
        "very long": "x" * 8_000,
        "a refresh token": (await signed_in("ann"))[2],
    }  # fmt: skip


BAD = (
    "no token", "truncated", "changed", "forged", "no algorithm", "unknown key", "another secret",
    "another audience", "no such session", "not their session", "very long", "a refresh token",
)  # fmt: skip


@pytest.mark.parametrize("wrong", BAD)
async def test_a_token_that_is_not_good_is_refused(who, bad, wrong):
    answer, code = await who(Authorization=f"Bearer {bad[wrong]}")

    assert (answer.status_code, code) == (401, "INVALID_TOKEN")
    challenge = answer.headers["WWW-Authenticate"]
    assert challenge.startswith('Bearer realm="thinkalike", error="invalid_token", error_desc')
    assert bad[wrong][:20] not in answer.text


async def test_an_expired_token_says_so(who, resources, ann, signed_in):
    actor, *_ = await signed_in("ann")
    old = datetime.now(UTC) - timedelta(minutes=16)
    token, _ = resources.tokens.issue(ann.user_id, actor.session_id, old)
    answer, code = await who(Authorization=f"Bearer {token}")

    assert (answer.status_code, code) == (401, "TOKEN_EXPIRED")
    assert answer.json()["errors"][0]["extensions"] == numbered("TOKEN_EXPIRED")
    assert "has expired" in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("value", ["Basic YW5uOng=", "Bearer", "Bearer ", "x"])
async def test_an_authorization_that_we_do_not_know_is_refused(who, value):
    answer, code = await who(Authorization=value)

    assert (answer.status_code, code) == (401, "INVALID_TOKEN")


@pytest.mark.parametrize(
    ("key_", "asked"),
    [
        (f"tak_{'0' * 26}_{SECRET}", 1),
        (f"tak_{'0' * 26}_é{SECRET}", 0),
        (f"tak_{'0' * 26}_{SECRET}x", 0),
        ("x", 0),
    ],
)
async def test_an_unknown_key_is_refused(who, statements, key, key_, asked):
    statements.clear()
    answer, code = await who(X_API_Key=key_.encode())

    assert (answer.status_code, code) == (401, "INVALID_TOKEN")
    assert len(statements) == asked


@pytest.mark.parametrize(
    "change",
    [
        {"revoked_at": NOON},
        {"expires_at": NOON},
        {"digest": opaque.digest("z"), "previous_until": NOON},
        {"digest": opaque.digest("z"), "previous_digest": None},
    ],
    ids=["revoked", "expired", "rotated long ago", "rotated twice"],
)
async def test_a_key_that_is_over_is_refused(who, db, key, change):
    async with db.write() as session:
        await session.execute(update(ApiKey).values(change))

    for one in key:
        assert (await who(X_API_Key=one))[1] == "INVALID_TOKEN"


async def test_one_proof_is_enough(who, ann, key, signed_in):
    _, access, _ = await signed_in("ann")
    answer, code = await who(Authorization=f"Bearer {access}", X_API_Key=key[0])

    assert (answer.status_code, code) == (401, "INVALID_TOKEN")


@pytest.mark.parametrize(
    "change",
    [update(Session).values(revoked_at=NOON), update(User).values(deactivated_at=NOON)],
    ids=["revoked", "deactivated"],
)
async def test_what_is_over_is_over_at_once(who, db, ann, key, signed_in, change):
    _, access, _ = await signed_in("ann")
    assert (await who(Authorization=f"Bearer {access}"))[1] == ("ann", "USER")
    async with db.write() as session:
        await session.execute(change)

    assert (await who(Authorization=f"Bearer {access}"))[1] == "INVALID_TOKEN"
    expected = "INVALID_TOKEN" if change.table.name == "users" else ("ann", "USER")
    assert (await who(X_API_Key=key[0]))[1] == expected


async def test_a_role_counts_at_once(who, db, ann, key, signed_in):
    _, access, _ = await signed_in("ann")
    async with db.write() as session:
        await session.execute(update(User).values(role=Role.EDITOR))

    assert (await who(Authorization=f"Bearer {access}"))[1] == ("ann", "EDITOR")
    assert (await who(X_API_Key=key[0]))[1] == ("ann", "EDITOR")


async def test_who_asks_takes_one_statement(who, statements, ann, signed_in):
    _, access, _ = await signed_in("ann")
    statements.clear()
    await who()
    guest = len(statements)
    await who(Authorization=f"Bearer {access}")

    (first, *_rest) = statements[guest:]
    assert "sessions" in first
    assert not any(word in "".join(statements) for word in ("INSERT", "UPDATE", "DELETE"))


async def test_shared_keys_are_not_published(http):
    answer = await http.get("/.well-known/jwks.json")

    assert (answer.status_code, answer.json()) == (200, {"keys": []})
    assert answer.headers["Content-Type"] == "application/jwk-set+json"
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert (await http.post("/.well-known/jwks.json")).status_code == 405


async def test_public_keys_verify_access_tokens(resources, db, tmp_path):
    private = Ed25519PrivateKey.generate()
    file = tmp_path / "key.pem"
    file.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    settings = resources.settings.model_copy(update={"jwt_private_keys": (file,)})
    signing = Resources.on(db, MemoryDocuments(), settings)
    app = create_app(signing, doors=doors(signing))
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url="http://content.example"
    ) as client:
        keys = (await client.get("/.well-known/jwks.json")).json()
    token, _ = signing.tokens.issue("usr_1", "ses_1", datetime.now(UTC))

    key = jwt.PyJWKSet.from_dict(keys)[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(token, key, ["EdDSA"], audience="thinkalike", issuer="thinkalike")
    assert (claims["sub"], claims["sid"]) == ("usr_1", "ses_1")
    assert "d" not in keys["keys"][0]


async def test_a_secret_is_changed_without_signing_anybody_out(resources, ann, signed_in):
    _, access, _ = await signed_in("ann")
    old = SecretStr((resources.settings.data_dir / "secret.key").read_text())
    settings = resources.settings.model_copy(update={"secret_keys_old": (old,)})
    changed = Tokens.of(settings, b"n" * 40)

    assert changed.verify(access).user_id == ann.user_id
    with pytest.raises(InvalidToken):
        Tokens.of(resources.settings, b"n" * 40).verify(access)
