"""Signing in, and all the ways in which it does not succeed."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pyotp
import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from app.auth import totp
from app.auth.callers import Credentials
from app.auth.passwords import Passwords
from app.errors import Invalid
from app.models import AuditEntry, Credential, RecoveryCode, RefreshToken, Session, User
from app.operations.accounts import sign_in
from app.operations.accounts.sessions import Device
from app.operations.work import Work
from app.permissions import GUEST, Actor, Role
from tests.accounts.conftest import ANOTHER, PASSWORD, codes

NO = {
    "accessToken": None,
    "refreshToken": None,
    "expiresIn": None,
    "totpRequired": False,
    "session": None,
    "user": None,
    "errors": [
        {
            "field": None,
            "code": "INVALID_CREDENTIALS",
            "message": "The name or address, or the password, is not right; after many failures, "
            "wait",
        }
    ],
}


@pytest.fixture
async def secret(db, resources, ann):
    """The secret of Ann's second factor."""
    secret = totp.new_secret()
    sealed = resources.vault.seal(secret, owner=ann.user_id)
    async with db.write() as session:
        await session.execute(
            update(Credential).values(totp_secret=sealed, totp_confirmed_at=datetime.now(UTC))
        )
        session.add(RecoveryCode(digest=totp.recovery_digest("a-b"), user_id=ann.user_id))
    return secret


def code(secret):
    return pyotp.TOTP(secret).at(datetime.now(UTC))


@pytest.mark.parametrize("identifier", ["ann", " ANN ", "ann@example.org", "Ann@Example.org"])
async def test_with_a_name_or_an_address(do, db, resources, ann, identifier):
    answer = await do(
        "createSession", address="192.0.2.1", identifier=identifier, password=PASSWORD
    )

    id = answer["session"]["id"]
    assert answer | {"accessToken": "", "refreshToken": ""} == {
        "accessToken": "",
        "refreshToken": "",
        "expiresIn": 900,
        "totpRequired": False,
        "session": {"id": id, "current": True},
        "user": {"id": ann.user_id},
        "errors": [],
    }
    actor = await resources.callers.actor(Credentials(answer["accessToken"]))
    assert actor == Actor(ann.user_id, Role.USER, session_id=id)
    kept = select(Session.user_id, Session.ip_address, Session.user_agent)
    assert await db.fetch(kept) == [(ann.user_id, "192.0.2.1", "a browser")]
    told = select(AuditEntry.action, AuditEntry.subject_id, AuditEntry.details)
    assert await db.fetch(told) == [("session.created", id, {"user_id": ann.user_id})]


async def test_nobody_learns_what_was_wrong(do, db, dump, account, ann):
    await account("gone", deactivated_at=datetime.now(UTC))
    await account("imported")
    async with db.write() as session:
        without = (Credential.user_id == User.id, User.username == "imported")
        await session.execute(update(Credential).where(*without).values(password_hash=None))
    before = await dump("attempts")
    answers = [
        await do("createSession", identifier=identifier, password=password)
        for identifier, password in (
            ("ann", ANOTHER),
            ("ann", ""),
            ("ann", "x" * 1_000),
            ("ann@example.org", ANOTHER),
            ("nobody", PASSWORD),
            ("nobody@example.org", PASSWORD),
            ("gone", PASSWORD),
            ("imported", PASSWORD),
        )
    ]

    assert answers == [NO] * 8
    assert await dump("attempts") == before


@pytest.mark.parametrize(
    ("identifier", "code"),
    [("", "REQUIRED"), ("a" * 255, "TOO_LONG"), ("a\x00", "INVALID"), ("a\nb", "INVALID")],
)
async def test_what_can_be_no_name_is_told(do, dump, identifier, code):
    before = await dump()
    answer = await do("createSession", identifier=identifier, password=PASSWORD)

    assert codes(answer) == [("identifier", code)]
    assert await dump() == before


async def test_an_address_is_its_owner_s_and_its_newest_claimant_s(db, do, account, signed_in):
    async def registered(name, password):
        given = {"username": name, "email": "x@example.org", "password": password}
        return (await do("registerUser", **given))["user"]["id"]

    passwords = ["Otter-Lamp-31", "Otter-Lamp-32"]
    first = await registered("first", passwords[0])
    assert (await signed_in("x@example.org", passwords[0]))[0].user_id == first
    second = await registered("second", passwords[1])
    assert (await signed_in("x@example.org", passwords[1]))[0].user_id == second
    owner = await account("owner", email="x@example.org")
    same = await registered("third", PASSWORD)

    assert (await signed_in("x@example.org"))[0].user_id == owner.user_id
    await deactivated(db, owner)
    assert (await signed_in("x@example.org"))[0].user_id == same
    for id, name, password in zip([first, second], ["first", "second"], passwords, strict=True):
        answer = await do("createSession", identifier="x@example.org", password=password)
        assert answer == NO
        assert (await signed_in(name, password))[0].user_id == id


async def deactivated(db, actor):
    async with db.write() as session:
        mine = update(User).where(User.id == actor.user_id)
        await session.execute(mine.values(deactivated_at=datetime.now(UTC)))


async def test_a_name_that_looks_like_an_address_comes_before_it(ann, account, signed_in):
    imported = await account("ann@example.org", email="other@example.org")

    assert (await signed_in("ann@example.org"))[0].user_id == imported.user_id


async def test_the_second_factor_is_asked_for_after_the_password(do, dump, ann, secret):
    before = await dump("attempts")
    without = await do("createSession", identifier="ann", password=PASSWORD)
    empty = await do("createSession", identifier="ann", password=PASSWORD, totpCode="")
    wrong = await do("createSession", identifier="ann", password=PASSWORD, totpCode="000-000")
    guess = await do("createSession", identifier="ann", password=ANOTHER, totpCode=code(secret))

    assert (codes(without), without["totpRequired"]) == ([(None, "TOTP_REQUIRED")], True)
    assert (codes(empty), empty["totpRequired"]) == ([(None, "TOTP_REQUIRED")], True)
    assert (codes(wrong), wrong["totpRequired"]) == ([(None, "INVALID_CREDENTIALS")], False)
    assert guess == NO
    assert await dump("attempts") == before


async def test_a_code_signs_in_once_however_often_it_comes(do, db, ann, secret):
    given = {"identifier": "ann", "password": PASSWORD, "totpCode": code(secret)}
    answers = await asyncio.gather(*(do("createSession", **given) for _ in range(4)))

    assert sorted(map(codes, answers)) == [[]] + [[(None, "INVALID_CREDENTIALS")]] * 3
    assert len(await db.fetch(select(Session.id))) == 1


async def test_a_recovery_code_signs_in_once(do, db, ann, secret):
    given = {"identifier": "ann", "password": PASSWORD, "totpCode": "A B"}

    assert codes(await do("createSession", **given)) == []
    assert codes(await do("createSession", **given)) == [(None, "INVALID_CREDENTIALS")]
    assert await db.fetch(select(RecoveryCode.digest)) == []


async def test_a_hash_of_before_is_made_anew(db, resources, ann, signed_in):
    hashes = select(Credential.password_hash)
    (before,) = await db.fetch(hashes)
    stronger = Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    proof = await sign_in.prove(replace(resources, passwords=stronger), "ann", PASSWORD, None)
    await entered(resources, proof)
    (after,) = await db.fetch(hashes)

    assert "$m=8,t=1,p=1$" in before.password_hash
    assert "$m=16,t=2,p=1$" in after.password_hash
    assert await stronger.verify(after.password_hash, PASSWORD)
    stronger.close()


async def entered(resources, proof):
    async with resources.db.write() as session:
        work = Work(session, GUEST, "test", datetime.now(UTC))
        return await sign_in.enter(work, resources.vault, proof, None, Device())


@pytest.mark.parametrize(
    "change",
    [
        update(Credential).values(password_changed_at=datetime.now(UTC)),
        update(User).values(deactivated_at=datetime.now(UTC)),
    ],
    ids=["another password", "deactivated"],
)
async def test_what_changes_between_password_and_session_counts(db, dump, resources, ann, change):
    proof = await sign_in.prove(resources, "ann", PASSWORD, None)
    async with db.write() as session:
        await session.execute(change)
    before = await dump()

    with pytest.raises(Invalid, match="is not right"):
        await entered(resources, proof)
    assert await dump() == before


async def test_what_is_kept_proves_nothing(db, ann, signed_in):
    *_, refresh = await signed_in("ann")
    rows = await db.fetch(select(RefreshToken.digest))

    assert [len(row.digest) for row in rows] == [64]
    assert refresh not in repr(rows)


async def test_a_server_without_cookies_says_so(do, dump, ann):
    before = await dump()
    answer = await do("createSession", identifier="ann", password=PASSWORD, cookie=True)

    assert codes(answer) == [("cookie", "INVALID")]
    assert await dump() == before


async def test_a_session_acts_in_the_rest_of_its_request(ask, ann):
    both = """
    mutation ($identifier: String!, $password: String!) {
      createSession(input: {identifier: $identifier, password: $password}) { session { current } }
      updateUserProfile(input: {id: "%s", bio: "Hello"}) { user { bio } }
    }
    """
    right = await ask(both % ann.user_id, identifier="ann", password=PASSWORD)
    wrong = await ask(both % ann.user_id, identifier="ann", password=ANOTHER)

    assert right["data"] == {
        "createSession": {"session": {"current": True}},
        "updateUserProfile": {"user": {"bio": "Hello"}},
    }
    assert wrong["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
