"""The second factor, from the password that begins it to the recovery code that ends it."""

import asyncio
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select, update

from app.auth import totp
from app.auth.vault import Vault
from app.errors import ErrorCode, Invalid
from app.models import Attempt, AuditEntry, Credential, OutboxEvent, RecoveryCode
from app.operations.accounts import second_factor
from app.operations.work import Work
from app.permissions import GUEST, Actor, Role
from tests import factories as make

PASSWORD = "Otter-Lantern-47"
START = """
mutation ($password: String!) {
  startTotp(input: {password: $password}) { secret provisioningUri errors { field code } }
}
"""
ENABLE = """
mutation ($code: String!) {
  enableTotp(input: {code: $code}) { recoveryCodes errors { field code } }
}
"""
DISABLE = """
mutation ($code: String!) { disableTotp(input: {code: $code}) { user { id } errors { code } } }
"""
REGENERATE = """
mutation ($code: String!) {
  regenerateRecoveryCodes(input: {code: $code}) { recoveryCodes errors { code } }
}
"""
WRONG = "000-000"
RIGHT = {"errors": []}


@pytest.fixture
async def ann(db, resources) -> Actor:
    """Somebody with a password."""
    user = make.user(username="ann")
    hash = await resources.passwords.hash(PASSWORD)
    await make.add(db, user, Credential(user_id=user.id, password_hash=hash))
    return Actor(user.id, Role.USER)


@pytest.fixture
async def enabled(ann, data) -> tuple[str, list[str]]:
    """The secret and the recovery codes of Ann, who has a second factor."""
    secret = (await data(START, ann, password=PASSWORD))["startTotp"]["secret"]
    answer = (await data(ENABLE, ann, code=code(secret)))["enableTotp"]
    assert answer["errors"] == []
    return secret, answer["recoveryCodes"]


@pytest.fixture
def prove(db, resources, ann):
    """Prove a second factor, as signing in does; the code of what was refused."""

    async def prove(code: str | None, at: datetime | None = None) -> ErrorCode | None:
        try:
            async with db.write() as session:
                work = Work(session, GUEST, "test", at or datetime.now(UTC))
                await second_factor.prove(work, resources.vault, ann.user_id, code)
        except Invalid as refusal:
            return refusal.problems[0].code
        return None

    return prove


def code(secret: str, steps: int = 0) -> str:
    """What an app shows now, or some steps later."""
    return pyotp.TOTP(secret).at(datetime.now(UTC) + steps * timedelta(seconds=totp.STEP))


async def stored(db) -> list:
    """Everything about second factors, to be compared."""
    rows = await db.fetch(select(Credential.__table__))
    return [*rows, *sorted(await db.fetch(select(RecoveryCode.__table__)))]


async def nearly_locked(db, failures=1) -> None:
    """Only so many have failed; from now on the next one locks for a quarter of an hour."""
    assert await db.fetch(select(Attempt.failures)) == [(failures,)]
    async with db.write() as session:
        await session.execute(update(Attempt).values(failures=15))


async def test_from_the_password_to_recovery_codes(ann, data, db):
    started = (await data(START, ann, password=PASSWORD))["startTotp"]
    secret = started["secret"]

    assert started == {
        "secret": secret,
        "provisioningUri": f"otpauth://totp/ThinkAlike:ann?secret={secret}&issuer=ThinkAlike",
        "errors": [],
    }
    viewer = "{ viewer { totpEnabled } }"
    assert (await data(viewer, ann))["viewer"] == {"totpEnabled": False}

    answer = (await data(ENABLE, ann, code=code(secret)))["enableTotp"]

    assert answer["errors"] == []
    assert len(set(answer["recoveryCodes"])) == totp.RECOVERY_CODES
    assert (await data(viewer, ann))["viewer"] == {"totpEnabled": True}
    told = await db.fetch(select(AuditEntry.action).order_by(AuditEntry.id))
    assert sorted(action for (action,) in told) == ["user.totp_enabled", "user.totp_started"]


async def test_nothing_of_it_is_stored_or_logged_in_clear(enabled, db, caplog):
    secret, codes = enabled

    tables = (Credential, RecoveryCode, AuditEntry, OutboxEvent)
    seen = str([await db.fetch(select(table.__table__)) for table in tables]) + caplog.text

    assert [text for text in (secret, PASSWORD, *codes) if text in seen] == []


async def test_a_wrong_password_begins_nothing_and_soon_has_to_wait(ann, data, db):
    before = await stored(db)

    wrong = (await data(START, ann, password="wrong"))["startTotp"]
    await nearly_locked(db)
    await data(START, ann, password="wrong")
    right = (await data(START, ann, password=PASSWORD))["startTotp"]

    assert wrong["errors"] == [{"field": "password", "code": "INVALID_CREDENTIALS"}]
    assert right["errors"] == [{"field": None, "code": "TOO_MANY_ATTEMPTS"}]
    assert await stored(db) == before


async def test_an_app_that_shows_another_code_enables_nothing(ann, data, db):
    nothing = (await data(ENABLE, ann, code=WRONG))["enableTotp"]
    await data(START, ann, password=PASSWORD)
    before = await stored(db)
    wrong = (await data(ENABLE, ann, code=WRONG))["enableTotp"]

    assert nothing == {"recoveryCodes": None, "errors": [{"field": None, "code": "INVALID_STATE"}]}
    assert wrong["errors"] == [{"field": None, "code": "INVALID_CREDENTIALS"}]
    assert await stored(db) == before


async def test_a_second_one_takes_the_first_one_away_before(ann, enabled, data, db):
    before = await stored(db)

    started = (await data(START, ann, password=PASSWORD))["startTotp"]
    again = (await data(ENABLE, ann, code=code(enabled[0], 1)))["enableTotp"]

    assert started["errors"] == [{"field": None, "code": "INVALID_STATE"}]
    assert again["errors"] == [{"field": None, "code": "INVALID_STATE"}]
    assert await stored(db) == before


async def test_who_has_none_needs_none(prove):
    assert await prove(None) is None
    assert await prove(WRONG) is None


async def test_a_code_is_needed_and_has_to_be_right(enabled, prove, db):
    before = await stored(db)

    assert await prove(None) is ErrorCode.TOTP_REQUIRED
    assert await prove("") is ErrorCode.TOTP_REQUIRED
    for wrong in (WRONG, "\ud800", "0" * 10_000, "wrong"):
        assert await prove(wrong) is ErrorCode.INVALID_CREDENTIALS
    assert await stored(db) == before


async def test_a_code_is_good_for_once(enabled, prove):
    secret, _ = enabled
    later = datetime.now(UTC) + timedelta(minutes=5)
    shown = pyotp.TOTP(secret).at(later)

    answers = await asyncio.gather(*(prove(shown, later) for _ in range(10)))

    assert sorted(map(str, answers)) == ["INVALID_CREDENTIALS"] * 9 + ["None"]
    assert await prove(shown, later + timedelta(seconds=20)) is ErrorCode.INVALID_CREDENTIALS


async def test_a_recovery_code_is_good_for_once(enabled, prove, db):
    _, codes = enabled

    answers = await asyncio.gather(*(prove(codes[0]) for _ in range(10)))

    assert sorted(map(str, answers)) == ["INVALID_CREDENTIALS"] * 9 + ["None"]
    assert await prove(codes[1].upper().replace("-", " ")) is None
    assert len(await db.fetch(select(RecoveryCode.digest))) == 8


async def test_recovery_codes_outlive_the_key_that_seals(ann, enabled, db):
    _, codes = enabled
    other = Vault([b"another key of thirty-two bytes!"])

    async with db.write() as session:
        work = Work(session, GUEST, "test", datetime.now(UTC))
        await second_factor.prove(work, other, ann.user_id, codes[0])

    assert len(await db.fetch(select(RecoveryCode.digest))) == 9


async def test_the_codes_of_others_are_worth_nothing(enabled, prove, db):
    bob = make.user()
    digest = totp.recovery_digest("bobs-bobs-bobs-bobs")
    await make.add(db, bob, RecoveryCode(digest=digest, user_id=bob.id))

    assert await prove("bobs-bobs-bobs-bobs") is ErrorCode.INVALID_CREDENTIALS
    assert len(await db.fetch(select(RecoveryCode.digest))) == 11


async def test_new_recovery_codes_end_those_before(ann, enabled, data, prove):
    secret, old = enabled

    answer = (await data(REGENERATE, ann, code=code(secret, 1)))["regenerateRecoveryCodes"]

    assert answer["errors"] == []
    assert len(answer["recoveryCodes"]) == 10
    assert await prove(old[0]) is ErrorCode.INVALID_CREDENTIALS
    assert await prove(answer["recoveryCodes"][0]) is None


async def test_a_recovery_code_is_enough_to_do_without(ann, enabled, data, db, prove):
    _, codes = enabled

    assert await data(DISABLE, ann, code=codes[0]) == {
        "disableTotp": {"user": {"id": ann.user_id}, "errors": []}
    }

    credential, *recovery_codes = await stored(db)
    assert (credential.totp_secret, credential.totp_confirmed_at) == (None, None)
    assert recovery_codes == []
    assert await prove(None) is None
    for mutation in (DISABLE, REGENERATE):
        (answer,) = (await data(mutation, ann, code=codes[1])).values()
        assert answer["errors"] == [{"code": "INVALID_STATE"}]


async def test_a_stolen_session_cannot_guess_codes(ann, enabled, data, db):
    _, codes = enabled
    before = await stored(db)

    wrong = [(await data(text, ann, code=WRONG)).popitem()[1] for text in (DISABLE, REGENERATE)]
    await nearly_locked(db, failures=2)
    await data(REGENERATE, ann, code=WRONG)
    right = (await data(DISABLE, ann, code=codes[0]))["disableTotp"]

    assert [answer["errors"] for answer in wrong] == [[{"code": "INVALID_CREDENTIALS"}]] * 2
    assert right["errors"] == [{"code": "TOO_MANY_ATTEMPTS"}]
    assert await stored(db) == before


@pytest.mark.parametrize("text", [START, ENABLE, DISABLE, REGENERATE])
async def test_guests_have_no_second_factor(text, ask):
    given = {"password": PASSWORD} if "$password" in text else {"code": WRONG}
    refused = await ask(text, **given)

    assert refused["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
