"""Attempts that fail make the next one wait."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from app.auth.passwords import Passwords
from app.errors import ErrorCode, Invalid
from app.models import Attempt, Credential, Session, User
from app.operations.accounts import attempts
from tests.accounts.conftest import ANOTHER, PASSWORD, QUICK, codes
from tests.factories import NOON

THIRD = "Third-Lamp-38"
WAIT = [(None, "TOO_MANY_ATTEMPTS")]
WRONG = [(None, "INVALID_CREDENTIALS")]


@pytest.fixture
def take(db):
    """Take an attempt some seconds after noon; how long there is to wait instead."""

    async def take(account="ann", address=None, at=0.0):
        keys = attempts.keys("sign_in", account, address)
        try:
            await attempts.take(db, keys, NOON + timedelta(seconds=at))
        except Invalid as refusal:
            (problem,) = refusal.problems
            assert problem.code is ErrorCode.TOO_MANY_ATTEMPTS
            assert problem.message == f"Too many attempts: try again in {problem.retry_after} s"
            return problem.retry_after
        return 0

    return take


@pytest.fixture
def guess(do, long_waits):
    async def guess(password, identifier="ann", address="192.0.2.1"):
        return codes(
            await do("createSession", address=address, identifier=identifier, password=password)
        )

    return guess


def test_delays_double_and_end_in_a_lock():
    seconds = [attempts.delay(beyond).total_seconds() for beyond in range(-1, 13)]

    assert seconds == [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


async def test_five_are_free_and_then_each_waits_longer(take):
    assert [await take() for _ in range(8)] == [0, 0, 0, 0, 0, 0, 1, 1]
    assert [await take(at=1), await take(at=1), await take(at=2.4)] == [0, 2, 1]
    assert [await take(at=3), await take(at=3)] == [0, 4]


async def test_whoever_waits_as_long_as_told_may_try(take):
    assert [await take() for _ in range(7)] == [0, 0, 0, 0, 0, 0, 1]
    assert await take(at=1) == 0  # two seconds from here on
    assert await take(at=1.6) == 2
    assert await take(at=1.6 + 2) == 0


async def test_programs_are_told_how_long(ask, guess, ann):
    for _ in range(6):
        await guess(ANOTHER)
    body = await ask("""mutation {
        createSession(input: {identifier: "ann", password: "x"}) { errors { code retryAfter } }
        other: createSession(input: {identifier: "", password: "x"}) { errors { code retryAfter } }
    }""")

    (wait,), (other,) = (one["errors"] for one in body["data"].values())
    assert wait["code"] == "TOO_MANY_ATTEMPTS"
    assert 3_000 < wait["retryAfter"] <= 3_600
    assert other == {"code": "REQUIRED", "retryAfter": None}


async def test_who_keeps_trying_is_locked_out(db, take):
    at = 0.0
    for _ in range(16):
        assert await take(at=at) == 0
        at += 1_000

    assert await take(at=at - 1_000) == 900
    assert await take(at=at) == 0


async def test_a_day_without_attempts_is_forgotten(take):
    assert [await take() for _ in range(7)] == [0, 0, 0, 0, 0, 0, 1]
    day = 24 * 3_600
    assert [await take(at=day + 1) for _ in range(7)] == [0, 0, 0, 0, 0, 0, 1]


async def test_an_address_counts_for_all_accounts(take):
    assert [await take(f"user{n}", "192.0.2.1") for n in range(31)] == [0] * 31

    assert await take("ann", "192.0.2.1") == 1
    assert await take("ann", "::ffff:192.0.2.1") == 1
    assert await take("ann", "192.0.2.2") == 0


async def test_what_is_no_address_of_the_internet_is_one_client(take):
    assert [await take(f"user{n}", "/run/socket") for n in range(32)] == [0] * 31 + [1]


async def test_a_network_of_ipv6_is_one_client(take):
    assert [await take(f"user{n}", f"2001:db8::{n:x}") for n in range(31)] == [0] * 31

    assert await take("ann", "2001:db8::ffff:1") == 1
    assert await take("ann", "2001:db8:0:1::1") == 0


async def test_fifty_at_once_are_no_way_around(db, guess, ann):
    answers = await asyncio.gather(*(guess(ANOTHER) for _ in range(50)))

    assert sorted(answers) == [WRONG] * 6 + [WAIT] * 44


async def test_it_is_the_same_for_who_has_no_account(guess, ann):
    known = [await guess(ANOTHER, "ann", "192.0.2.1") for _ in range(8)]
    unknown = [await guess(ANOTHER, "nobody", "192.0.2.2") for _ in range(8)]

    assert known == unknown == [WRONG] * 6 + [WAIT] * 2


async def test_the_right_password_waits_too(db, guess, ann):
    for _ in range(6):
        await guess(ANOTHER)

    assert await guess(PASSWORD) == WAIT
    assert await db.fetch(select(Session.id)) == []
    await over(db)
    assert await guess(PASSWORD) == []
    assert [await guess(ANOTHER) for _ in range(7)] == [WRONG] * 6 + [WAIT]


async def over(db):
    """The waiting is over."""
    async with db.write() as session:
        await session.execute(update(Attempt).values(blocked_until=NOON))


async def test_name_and_address_of_an_account_share_its_attempts(db, guess, ann):
    for _ in range(6):
        await guess(ANOTHER)

    assert await guess(PASSWORD, "ann@example.org") == WRONG
    assert await db.fetch(select(Session.id)) == []
    await over(db)
    assert await guess(PASSWORD, "ann@example.org") == []


async def test_that_they_share_them_is_not_told(guess, statements, ann):
    names = [("ann", "192.0.2.1"), ("nobody", "192.0.2.2")]
    addresses = [("ann@example.org", "192.0.2.1"), ("nobody@example.org", "192.0.2.2")]
    told = []
    for name, mail in zip(names, addresses, strict=True):
        statements.clear()
        answers = [await guess(ANOTHER, *name) for _ in range(6)]
        answers += [await guess(ANOTHER, *mail) for _ in range(8)]
        told.append((answers, list(statements)))

    assert told[0][0] == [WRONG] * 12 + [WAIT] * 2
    assert told[0][0] == told[1][0]
    assert len(told[0][1]) == len(told[1][1])


async def test_an_id_is_no_name(guess, ann):
    for _ in range(6):
        await guess(ANOTHER)

    assert await guess(ANOTHER, ann.user_id) == WRONG


async def test_a_claimant_gets_nobody_more_attempts(db, guess, account, ann):
    await account("mallory", verified=False, email="ann@example.org")
    async with db.write() as session:
        mine = select(User.id).where(User.username == "mallory").scalar_subquery()
        hash = Passwords(QUICK)
        other = await hash.hash(THIRD)
        hash.close()
        changed = update(Credential).where(Credential.user_id == mine)
        await session.execute(changed.values(password_hash=other))
    for _ in range(6):
        assert await guess(ANOTHER, "ann@example.org") == WRONG
        assert await guess(THIRD, "ann@example.org") in ([], WAIT)
        async with db.write() as session:  # what is typed waits no longer
            key = attempts.keys("sign_in", "ann@example.org", None)["account"]
            await session.execute(delete(Attempt).where(Attempt.key == key))

    assert await guess(PASSWORD, "ann") == WRONG
    await over(db)
    assert await guess(PASSWORD, "ann") == []


async def test_another_account_does_not_wait(guess, account, ann):
    await account("bob")
    for _ in range(7):
        await guess(ANOTHER)

    assert await guess(PASSWORD, "bob") == []


async def test_an_address_that_succeeds_gets_one_attempt_back_only(db, guess, ann):
    for _ in range(5):
        await guess(ANOTHER, "nobody")
    await guess(PASSWORD)

    (left,) = await db.fetch(
        select(Attempt.failures).where(
            Attempt.key == attempts.keys("sign_in", "", "192.0.2.1")["address"]
        )
    )
    assert left.failures == 5


async def test_many_who_fail_and_succeed_at_once_are_all_answered(guess, ann, account):
    await account("bob")
    names = [("ann", PASSWORD), ("bob", PASSWORD), ("ann", ANOTHER), ("bob", ANOTHER)]
    answers = await asyncio.gather(*(guess(password, name) for name, password in names * 6))

    assert {str(answer) for answer in answers} <= {"[]", str(WRONG), str(WAIT)}
    assert [] in answers


async def test_names_are_not_kept(db, guess):
    await guess(PASSWORD, "somebody@example.org", "192.0.2.77")
    rows = await db.fetch(select(Attempt.__table__))

    assert len(rows) == 4
    assert "somebody" not in repr(rows)
    assert "192.0.2.77" not in repr(rows)


async def test_free_ones_may_come_in_any_order(take):
    assert [await take(at=at) for at in (0.5, 0.1, 0.4, 0.0)] == [0, 0, 0, 0]
