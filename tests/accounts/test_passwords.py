"""Passwords: changed by who knows them, set anew by who reads the mail."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from app import ids
from app.auth import opaque
from app.models import ApiKey, Credential, Job, MailedToken, OutboxEvent, RecoveryCode, Session
from app.permissions import Role
from tests.accounts.conftest import ANOTHER, PASSWORD, codes, token
from tests.factories import NOON

BAD_TOKEN = [("token", "INVALID_CREDENTIALS")]


@pytest.fixture
def works(do):
    """Whether somebody can sign in with a password."""

    async def works(password, identifier="ann"):
        return codes(await do("createSession", identifier=identifier, password=password)) == []

    return works


@pytest.fixture
def forgotten(do, mail):
    """Ask for a new password; the token that is mailed."""

    async def forgotten(email="ann@example.org"):
        assert codes(await do("requestPasswordReset", email=email)) == []
        (sent,) = await mail()
        assert sent.subject == "Choose a new password"
        return token(sent)

    return forgotten


async def alive(db):
    rows = await db.fetch(select(Session.id).where(Session.revoked_at.is_(None)))
    return {row.id for row in rows}


async def events(db):
    rows = await db.fetch(select(OutboxEvent.type).order_by(OutboxEvent.sequence))
    return [row.type for row in rows if row.type != "session.created"]


# --- Changing ------------------------------------------------------------------------------------


async def test_a_password_is_changed(do, db, ann, signed_in, forgotten, works):
    here, *_ = await signed_in("ann")
    await signed_in("ann")
    await give_factor_and_key(db, ann)
    mailed = await forgotten()
    answer = await do("changePassword", here, currentPassword=PASSWORD, newPassword=ANOTHER)

    assert answer == {"user": {"id": ann.user_id}, "errors": []}
    assert await alive(db) == {here.session_id}
    assert await db.fetch(select(ApiKey.revoked_at)) == [(None,)]
    assert await events(db) == ["user.sessions_revoked", "user.password_changed"]
    assert codes(await do("resetPassword", token=mailed, newPassword="Third-Lamp-38")) == BAD_TOKEN
    for password, code in ((PASSWORD, "INVALID_CREDENTIALS"), (ANOTHER, "TOTP_REQUIRED")):
        answer = await do("createSession", identifier="ann", password=password)
        assert codes(answer) == [(None, code)]


@pytest.mark.parametrize(
    ("current", "new", "expected"),
    [
        (ANOTHER, "Third-Lamp-38", [("currentPassword", "INVALID_CREDENTIALS")]),
        ("", "Third-Lamp-38", [("currentPassword", "INVALID_CREDENTIALS")]),
        (PASSWORD, "short", [("newPassword", "INVALID")] * 3),
        (PASSWORD, "Annabel@example.org1", [("newPassword", "INVALID")]),
        (PASSWORD, "aA1" * 100, [("newPassword", "INVALID")]),
    ],
)
async def test_a_change_that_cannot_be(do, db, dump, account, signed_in, current, new, expected):
    await account("annabel")
    here, *_ = await signed_in("annabel")
    before = await dump("attempts")
    answer = await do("changePassword", here, currentPassword=current, newPassword=new)

    assert codes(answer) == expected
    assert await dump("attempts") == before


async def test_guessing_the_present_password_waits(do, dump, ann, long_waits):
    wrong = {"currentPassword": ANOTHER, "newPassword": "Third-Lamp-38"}
    for _ in range(6):
        await do("changePassword", ann, **wrong)
    before = await dump()
    right = await do("changePassword", ann, **{**wrong, "currentPassword": PASSWORD})

    assert codes(right) == [(None, "TOO_MANY_ATTEMPTS")]
    assert await dump() == before


async def test_of_several_changes_at_once_one_is_done(do, db, ann):
    new = [f"Third-Lamp-3{n}" for n in range(5)]
    answers = await asyncio.gather(
        *(do("changePassword", ann, currentPassword=PASSWORD, newPassword=one) for one in new)
    )

    assert sorted(map(codes, answers)) == [[]] + [[("currentPassword", "INVALID_CREDENTIALS")]] * 4
    assert (await events(db)).count("user.password_changed") == 1


async def test_a_guest_has_no_password(ask):
    change = 'changePassword(input: {currentPassword: "a", newPassword: "b"})'
    body = await ask(f"mutation {{ {change} {{ errors {{ code }} }} }}")

    assert body["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


# --- Setting anew --------------------------------------------------------------------------------


async def test_a_forgotten_password_is_set_anew(do, db, ann, signed_in, forgotten, works):
    await signed_in("ann")
    mailed = await forgotten("ANN@example.org")
    first = await do("resetPassword", token=mailed, newPassword=ANOTHER)
    again = await do("resetPassword", token=mailed, newPassword="Third-Lamp-38")

    assert (codes(first), codes(again)) == ([], BAD_TOKEN)
    assert await alive(db) == set()
    assert await events(db) == ["user.sessions_revoked", "user.password_reset"]
    assert [await works(PASSWORD), await works(ANOTHER)] == [False, True]
    assert await db.fetch(select(Job.id)) == []


async def test_a_token_sets_a_password_once_however_often_it_comes(do, db, ann, forgotten):
    mailed = await forgotten()
    new = [f"Third-Lamp-3{n}" for n in range(5)]
    asked = (do("resetPassword", token=mailed, newPassword=one) for one in new)

    assert sorted(map(codes, await asyncio.gather(*asked))) == [[]] + [BAD_TOKEN] * 4
    assert (await events(db)).count("user.password_reset") == 1


async def test_a_weak_password_leaves_the_token_good(do, dump, ann, forgotten):
    mailed = await forgotten()
    before = await dump()
    weak = await do("resetPassword", token=mailed, newPassword="Password1")

    assert codes(weak) == [("newPassword", "INVALID")]
    assert await dump() == before
    assert codes(await do("resetPassword", token=mailed, newPassword=ANOTHER)) == []


@pytest.mark.parametrize("wrong", ["", "x" * 43, "\x00", "x" * 10_000])
async def test_an_unknown_token_sets_nothing(do, dump, ann, forgotten, wrong):
    await forgotten()
    before = await dump()

    assert codes(await do("resetPassword", token=wrong, newPassword=ANOTHER)) == BAD_TOKEN
    assert await dump() == before


async def test_a_token_is_good_for_an_hour(do, db, ann, forgotten, works):
    mailed = await forgotten()
    (kept,) = await db.fetch(select(MailedToken.expires_at))
    assert timedelta(minutes=59) < kept.expires_at - datetime.now(UTC) <= timedelta(hours=1)
    async with db.write() as session:
        await session.execute(update(MailedToken).values(expires_at=NOON))

    assert codes(await do("resetPassword", token=mailed, newPassword=ANOTHER)) == BAD_TOKEN
    assert await works(PASSWORD)


async def test_the_newest_token_counts(do, ann, forgotten):
    first, second = await forgotten(), await forgotten()

    assert codes(await do("resetPassword", token=first, newPassword=ANOTHER)) == BAD_TOKEN
    assert codes(await do("resetPassword", token=second, newPassword=ANOTHER)) == []


async def test_the_mail_goes_to_the_address_as_its_owner_wrote_it(do, account, mail):
    await account("mike", email="Mike@example.org")
    await do("requestPasswordReset", email="mıke@example.org")

    assert [sent.to for sent in await mail()] == ["Mike@example.org"]


async def test_no_mail_goes_to_who_has_no_account(do, db, account, mail):
    await account("gone", deactivated_at=NOON)
    for email in ("nobody@example.org", "gone@example.org"):
        assert codes(await do("requestPasswordReset", email=email)) == []

    assert await mail() == []
    assert await db.fetch(select(func.count()).select_from(Job)) == [(0,)]
    assert await db.fetch(select(MailedToken.digest)) == []


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "a@example.org\nBcc: b@example.org"])
async def test_what_is_no_address_is_told(do, dump, email):
    before = await dump()
    answer = await do("requestPasswordReset", email=email)

    assert {field for field, _ in codes(answer)} == {"email"}
    assert await dump() == before


async def test_whoever_was_locked_out_comes_in_with_the_new_password(do, ann, forgotten, works):
    for _ in range(6):
        assert not await works("wrong")
    await do("resetPassword", token=await forgotten(), newPassword=ANOTHER)

    assert await works(ANOTHER)


async def test_a_new_password_ends_keys_but_not_the_second_factor(do, db, ann, forgotten):
    await give_factor_and_key(db, ann)
    await do("resetPassword", token=await forgotten(), newPassword=ANOTHER)
    answer = await do("createSession", identifier="ann", password=ANOTHER)

    assert codes(answer) == [(None, "TOTP_REQUIRED")]
    assert await db.fetch(select(ApiKey.id).where(ApiKey.revoked_at.is_(None))) == []


async def test_who_registered_with_the_address_of_another_loses_the_account(
    do, db, account, forgotten, works
):
    squatter = await account("ann", verified=False)
    await give_factor_and_key(db, squatter)
    await account("claimant", verified=False, email="ann@example.org")
    await do("resetPassword", token=await forgotten(), newPassword=ANOTHER)

    assert await works(ANOTHER, "ann@example.org")
    assert await db.fetch(select(ApiKey.id).where(ApiKey.revoked_at.is_(None))) == []
    assert await db.fetch(select(RecoveryCode.digest)) == []
    told = ["user.email_lost", "user.email_verified", "user.password_reset"]
    assert await events(db) == told


async def give_factor_and_key(db, actor):
    key = ApiKey(id=ids.new(ids.API_KEY), user_id=actor.user_id, name="Robot", scopes=["*"])
    key.digest = opaque.digest("secret")
    async with db.write() as session:
        mine = Credential.user_id == actor.user_id
        factor = {"totp_secret": "sealed", "totp_confirmed_at": NOON}
        await session.execute(update(Credential).where(mine).values(factor))
        session.add_all([key, RecoveryCode(digest="0" * 64, user_id=actor.user_id)])


async def test_an_imported_account_gets_its_first_password_by_mail(
    do, db, account, forgotten, works
):
    await account("ann", role=Role.EDITOR)
    async with db.write() as session:
        await session.delete(await session.get(Credential, (await only_user(db))))
    await do("resetPassword", token=await forgotten(), newPassword=ANOTHER)

    assert await works(ANOTHER)


async def only_user(db):
    return (await db.fetch(select(Credential.user_id)))[0].user_id
