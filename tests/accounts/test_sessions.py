"""Sessions: prolonged, stolen, ended."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.auth import opaque
from app.auth.callers import Credentials
from app.errors import InvalidToken
from app.models import OutboxEvent, RefreshToken, Session, User
from app.permissions import Actor, Role
from tests.accounts.conftest import codes
from tests.factories import NOON

OVER = [("refreshToken", "INVALID_CREDENTIALS")]
NOT_MINE = [("id", "NOT_FOUND")]


@pytest.fixture
def alive(resources):
    """Which access tokens are still good."""

    async def alive(*tokens):
        answers = []
        for token in tokens:
            try:
                await resources.callers.actor(Credentials(token))
                answers.append(True)
            except InvalidToken:
                answers.append(False)
        return answers

    return alive


async def events(db):
    rows = await db.fetch(select(OutboxEvent.type).order_by(OutboxEvent.sequence))
    return [row.type for row in rows]


async def test_a_session_goes_on(do, db, ann, signed_in, alive):
    actor, access, refresh = await signed_in("ann")
    async with db.write() as session:
        await session.execute(update(Session).values(last_seen_at=NOON, expires_at=_soon()))
    answer = await do("refreshSession", refreshToken=refresh)

    assert answer["errors"] == []
    assert answer["session"] == {"id": actor.session_id, "current": True}
    assert answer["user"] == {"id": ann.user_id}
    assert answer["refreshToken"] != refresh
    assert await alive(access, answer["accessToken"]) == [True, True]
    (kept,) = await db.fetch(select(Session.last_seen_at, Session.expires_at))
    assert kept.last_seen_at > NOON
    assert kept.expires_at == kept.last_seen_at + timedelta(days=30)
    assert await events(db) == ["session.created"]


def _soon():
    return datetime.now(UTC) + timedelta(minutes=1)


async def test_a_refresh_token_that_comes_twice_ends_its_session(do, db, ann, signed_in, alive):
    actor, access, stolen = await signed_in("ann")
    *_, elsewhere = await signed_in("ann")
    fresh = await do("refreshSession", refreshToken=stolen)

    assert codes(await do("refreshSession", refreshToken=stolen)) == OVER
    assert codes(await do("refreshSession", refreshToken=fresh["refreshToken"])) == OVER
    assert await alive(access, fresh["accessToken"]) == [False, False]
    (end,) = await db.fetch(
        select(OutboxEvent.subject).where(OutboxEvent.type == "session.reuse_detected")
    )
    assert end.subject == actor.session_id
    assert codes(await do("refreshSession", refreshToken=elsewhere)) == []


async def test_a_refresh_token_that_comes_twice_at_once_is_in_two_hands(do, db, ann, signed_in):
    *_, refresh = await signed_in("ann")
    asked = (do("refreshSession", refreshToken=refresh) for _ in range(8))
    answers = await asyncio.gather(*asked)

    assert sorted(map(codes, answers)) == [[]] + [OVER] * 7
    (kept,) = await db.fetch(select(Session.revoked_at))
    assert kept.revoked_at is not None
    assert await events(db) == ["session.created", "session.reuse_detected"]


@pytest.mark.parametrize("token", ["", "x" * 43, "\x00", "y" * 10_000, None])
async def test_what_is_no_refresh_token_opens_nothing(do, dump, ann, signed_in, token):
    await signed_in("ann")
    before = await dump()

    assert codes(await do("refreshSession", refreshToken=token)) == OVER
    assert await dump() == before


@pytest.mark.parametrize(
    "change",
    [
        update(Session).values(expires_at=NOON),
        update(Session).values(revoked_at=NOON),
        update(User).values(deactivated_at=NOON),
    ],
    ids=["expired", "revoked", "deactivated"],
)
async def test_a_session_that_is_over_stays_over(do, db, dump, ann, signed_in, alive, change):
    _, access, refresh = await signed_in("ann")
    async with db.write() as session:
        await session.execute(change)
    before = await dump()

    assert codes(await do("refreshSession", refreshToken=refresh)) == OVER
    assert await alive(access) == [False]
    assert await dump() == before


async def test_a_role_counts_from_the_next_request_on(do, db, resources, ann, signed_in):
    _, access, refresh = await signed_in("ann")
    async with db.write() as session:
        await session.execute(update(User).values(role=Role.EDITOR))

    assert (await resources.callers.actor(Credentials(access))).role is Role.EDITOR
    await do("refreshSession", refreshToken=refresh)


async def test_tokens_that_were_used_long_ago_are_forgotten(do, db, ann, signed_in):
    actor, _, refresh = await signed_in("ann")
    old = RefreshToken(
        digest=opaque.digest("old"), session_id=actor.session_id, created_at=NOON,
        used_at=datetime.now(UTC) - timedelta(days=31),
    )  # fmt: skip
    async with db.write() as session:
        session.add(old)
    await do("refreshSession", refreshToken=refresh)

    kept = {row.digest for row in await db.fetch(select(RefreshToken.digest))}
    assert len(kept) == 2
    assert opaque.digest(refresh) in kept
    assert old.digest not in kept


async def test_a_session_is_ended_from_another_device(do, db, ann, signed_in, alive):
    here, access_here, _ = await signed_in("ann")
    there, access_there, refresh = await signed_in("ann")

    answer = await do("revokeSession", here, id=there.session_id)
    assert answer == {"revokedId": there.session_id, "errors": []}
    assert await alive(access_here, access_there) == [True, False]
    assert codes(await do("refreshSession", refreshToken=refresh)) == OVER
    assert codes(await do("revokeSession", here, id=there.session_id)) == NOT_MINE
    assert (await events(db))[2:] == ["session.revoked"]


@pytest.mark.parametrize("input", [{}, {"id": None}])
async def test_the_present_session_needs_no_name(do, ann, signed_in, alive, input):
    here, access_here, _ = await signed_in("ann")
    _, access_there, _ = await signed_in("ann")

    answer = await do("revokeSession", here, **input)
    assert answer == {"revokedId": here.session_id, "errors": []}
    assert await alive(access_here, access_there) == [False, True]
    assert codes(await do("revokeSession", here)) == NOT_MINE


async def test_who_has_no_session_names_one(do, dump, ann, signed_in):
    await signed_in("ann")
    before = await dump()

    assert codes(await do("revokeSession", ann)) == [("id", "REQUIRED")]
    assert codes(await do("revokeSession", ann, id="")) == NOT_MINE
    assert await dump() == before


@pytest.mark.parametrize("role", [Role.USER, Role.ADMIN])
async def test_sessions_of_others_are_not_there(do, dump, account, ann, signed_in, role):
    victim, *_ = await signed_in("ann")
    other = await account("other", role=role)
    before = await dump()

    assert codes(await do("revokeSession", other, id=victim.session_id)) == NOT_MINE
    assert codes(await do("revokeSession", other, id="ses_nothing")) == NOT_MINE
    assert codes(await do("revokeAllSessions", other, includeCurrent=True)) == []
    assert await dump() == before


@pytest.mark.parametrize(
    "mutation",
    ['revokeSession(input: {id: "ses_1"})', "revokeAllSessions(input: {})"],
)
async def test_a_guest_has_no_sessions(ask, dump, ann, signed_in, mutation):
    await signed_in("ann")
    before = await dump()
    body = await ask(f"mutation {{ {mutation} {{ errors {{ code }} }} }}")

    assert body["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert await dump() == before


@pytest.mark.parametrize(("include", "left"), [(False, [True, False, False]), (True, [False] * 3)])
async def test_all_sessions_are_ended(do, db, account, ann, signed_in, alive, include, left):
    await account("bob")
    _, bobs, _ = await signed_in("bob")
    here, *first = await signed_in("ann")
    others = [(await signed_in("ann"))[1] for _ in range(2)]

    answer = await do("revokeAllSessions", here, includeCurrent=include)
    assert answer == {"count": left.count(False), "errors": []}
    assert await alive(first[0], *others) == left
    assert await alive(bobs) == [True]
    (told,) = await db.fetch(
        select(OutboxEvent.data).where(OutboxEvent.type == "user.sessions_revoked")
    )
    assert told.data["count"] == left.count(False)


async def test_who_ends_their_session_is_a_guest_in_the_rest_of_the_request(ask, ann, signed_in):
    here, *_ = await signed_in("ann")
    body = await ask(
        """
        mutation ($id: ID!, $user: ID!) {
          revokeSession(input: {id: $id}) { errors { code } }
          updateUserProfile(input: {id: $user, bio: "Hello"}) { user { bio } }
        }
        """,
        here, id=here.session_id, user=ann.user_id,
    )  # fmt: skip

    assert body["data"] is None
    assert body["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_key_ends_no_sessions(ask, ann, signed_in, alive):
    _, access, _ = await signed_in("ann")
    key = Actor(ann.user_id, Role.USER, frozenset({"*"}), api_key_id="key_1")

    for mutation in ("revokeAllSessions", "revokeSession"):
        refused = await ask(f"mutation {{ {mutation}(input: {{}}) {{ replayed }} }}", key)
        assert refused["errors"][0]["extensions"]["code"] == "INSUFFICIENT_PERMISSIONS"
    assert await alive(access) == [True]
