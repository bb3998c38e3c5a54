"""From nobody to an account whose address is verified."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from app.models import Attempt, AuditEntry, Job, MailedToken, OutboxEvent, User
from app.permissions import Actor, Role
from app.worker import do_jobs
from tests.accounts.conftest import PASSWORD, codes, token

ADA = {
    "username": "Ada_1",
    "email": "Ada@Example.org",
    "password": PASSWORD,
    "fullName": " Ada Lovelace ",
}


async def verified(db):
    """The names of those who have a verified address."""
    rows = await db.fetch(
        select(User.username).where(User.email_verified_at.is_not(None)).order_by(User.username)
    )
    return [row.username for row in rows]


async def test_somebody_registers_and_signs_in(do, data, db, signed_in):
    answer = await do("registerUser", **ADA)

    id = answer["user"]["id"]
    assert answer == {
        "user": {"id": id, "username": "Ada_1", "fullName": "Ada Lovelace", "email": None},
        "errors": [],
    }
    told = select(OutboxEvent.type, OutboxEvent.subject, AuditEntry.actor_id, OutboxEvent.data)
    told = told.where(OutboxEvent.subject == AuditEntry.subject_id)
    assert await db.fetch(told) == [
        ("user.registered", id, None, {"actorId": None, "changedFields": []})
    ]
    found = await data('{ search(query: "lovelace") { edges { node { ... on User { id } } } } }')
    assert found["search"]["edges"] == [{"node": {"id": id}}]
    actor, *_ = await signed_in("ada_1")
    mine = f'{{ user(id: "{id}") {{ email role preferences {{ theme }} }} }}'
    assert (await data(mine, actor))["user"] == {
        "email": "Ada@Example.org", "role": "USER", "preferences": {"theme": "SYSTEM"},
    }  # fmt: skip


async def test_all_that_is_wrong_is_told_and_nothing_is_stored(do, dump):
    before = await dump()
    answer = await do(
        "registerUser", username="a b", email="ada@", password="short", fullName="x" * 101
    )

    assert answer["user"] is None
    assert codes(answer) == [
        ("username", "INVALID"),
        ("email", "INVALID"),
        ("fullName", "TOO_LONG"),
        ("password", "INVALID"),
        ("password", "INVALID"),
        ("password", "INVALID"),
    ]
    assert await dump() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "ab"),
        ("username", "a" * 51),
        ("username", "ada\n"),
        ("username", "adä"),
        ("username", "аda"),
        ("username", "ada@example.org"),
        ("email", "ada@example.org\nBcc: all@example.org"),
        ("email", "ada@ex\x00ample.org"),
        ("email", "mıke@example.org"),
        ("email", f"{'a' * 250}@example.org"),
        ("password", "Ada_1-is-my-name"),
        ("password", "Password1"),
        ("password", "Aa1" * 100),
        ("fullName", "Ada\x00"),
    ],
)
async def test_a_value_that_cannot_be_is_refused(do, dump, field, value):
    before = await dump()
    answer = await do("registerUser", **{**ADA, field: value})

    assert {name for name, _ in codes(answer)} == {field}
    assert await dump() == before


async def test_a_name_is_taken_in_any_case(do, dump, account):
    await account("ADA_1")
    before = await dump()
    answer = await do("registerUser", **ADA)

    assert codes(answer) == [("username", "NOT_UNIQUE")]
    assert await dump() == before


async def test_of_ten_who_want_a_name_one_has_it(do, db):
    asked = [do("registerUser", **{**ADA, "email": f"ada{n}@example.org"}) for n in range(10)]
    answers = await asyncio.gather(*asked)

    assert sorted(map(codes, answers)) == [[]] + [[("username", "NOT_UNIQUE")]] * 9
    assert await db.fetch(select(func.count()).select_from(User)) == [(1,)]
    assert await db.fetch(select(func.count()).select_from(Job)) == [(1,)]


async def test_a_password_is_not_kept_for_a_replay(ask):
    once = """
    mutation ($input: RegisterUserInput!) {
      registerUser(input: $input) @idempotent(key: "1") { errors { code } }
    }
    """
    body = await ask(once, input=ADA)

    assert body["data"]["registerUser"]["errors"] == [{"code": "INVALID"}]


async def test_the_mail_makes_the_address_theirs(do, db, mail):
    await do("registerUser", **ADA)
    (sent,) = await mail()
    assert (sent.to, sent.subject) == ("Ada@Example.org", "Verify your email address")
    assert await verified(db) == []

    first = await do("verifyEmail", token=token(sent))
    again = await do("verifyEmail", token=token(sent))

    id = (await db.fetch(select(User.id)))[0].id
    assert first == {"user": {"id": id}, "errors": []}
    assert again["user"] is None
    assert codes(again) == [("token", "INVALID_CREDENTIALS")]
    assert await verified(db) == ["Ada_1"]
    assert await db.fetch(select(User.version)) == [(2,)]
    told = select(OutboxEvent.type).order_by(OutboxEvent.sequence)
    assert [row.type for row in await db.fetch(told)] == ["user.registered", "user.email_verified"]


async def test_a_mail_has_a_link_where_there_is_a_site(do, resources, outbox):
    settings = resources.settings.model_copy(update={"app_url": "https://site.example/a"})
    await do("registerUser", **ADA)
    await do_jobs(replace(resources, settings=settings), datetime.now(UTC))

    (sent,) = outbox
    assert f"    https://site.example/a/verify-email?token={token(sent)}\n" in sent.text


async def test_a_mail_that_is_sent_twice_holds_one_token_that_counts(do, db, mail):
    await do("registerUser", **ADA)
    (first,) = await mail()
    user_id = (await db.fetch(select(User.id)))[0].id
    (second,) = await _again(do, mail, Actor(user_id, Role.USER))

    assert codes(await do("verifyEmail", token=token(first))) == [("token", "INVALID_CREDENTIALS")]
    assert codes(await do("verifyEmail", token=token(second))) == []


async def _again(do, mail, actor):
    assert codes(await do("requestEmailVerification", actor)) == []
    return await mail()


async def test_nothing_is_to_be_verified_twice(do, ann, mail):
    answer = await do("requestEmailVerification", ann)

    assert codes(answer) == [(None, "INVALID_STATE")]
    assert await mail() == []


async def test_a_guest_has_nothing_to_verify(ask):
    body = await ask("mutation { requestEmailVerification(input: {}) { errors { code } } }")

    assert body["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


@pytest.mark.parametrize("wrong", ["", "x" * 43, "\x00", "x" * 10_000])
async def test_an_unknown_token_verifies_nothing(do, dump, account, wrong):
    await account("ann", verified=False)
    before = await dump()

    assert codes(await do("verifyEmail", token=wrong)) == [("token", "INVALID_CREDENTIALS")]
    assert await dump() == before


async def test_a_token_is_good_for_a_week(do, db, mail):
    await do("registerUser", **ADA)
    (sent,) = await mail()
    (kept,) = await db.fetch(select(MailedToken.expires_at))
    assert timedelta(days=6, hours=23) < kept.expires_at - datetime.now(UTC) <= timedelta(days=7)
    async with db.write() as session:
        await session.execute(update(MailedToken).values(expires_at=datetime.now(UTC)))

    assert codes(await do("verifyEmail", token=token(sent))) == [("token", "INVALID_CREDENTIALS")]
    assert await verified(db) == []


async def test_a_token_for_a_new_password_verifies_no_address(do, db, account, mail):
    await account("ann", verified=False)
    await do("requestPasswordReset", email="ann@example.org")
    (sent,) = await mail()

    assert codes(await do("verifyEmail", token=token(sent))) == [("token", "INVALID_CREDENTIALS")]
    assert await verified(db) == []


async def test_an_address_is_lost_to_whoever_reads_its_mail(do, db, account, mail):
    claimant = await account("mallory", verified=False, email="ada@example.org")
    (theirs,) = await _again(do, mail, claimant)
    await do("registerUser", **ADA)
    (sent,) = await mail()
    await do("verifyEmail", token=token(sent))

    rows = await db.fetch(select(User.username, User.email, User.version).order_by(User.username))
    assert rows == [("Ada_1", "Ada@Example.org", 2), ("mallory", None, 2)]
    assert codes(await do("verifyEmail", token=token(theirs))) == [("token", "INVALID_CREDENTIALS")]
    assert codes(await do("requestEmailVerification", claimant)) == [(None, "INVALID_STATE")]


async def test_an_address_that_has_become_another_s_is_not_verified(do, dump, account, mail):
    claimant = await account("mallory", verified=False, email="ada@example.org")
    (sent,) = await _again(do, mail, claimant)
    await account("ada")  # by an operator, who needs no mail
    before = await dump()

    assert codes(await do("verifyEmail", token=token(sent))) == [("token", "NOT_UNIQUE")]
    assert await dump() == before


async def test_who_is_gone_gets_no_mail(do, db, mail):
    await do("registerUser", **ADA)
    async with db.write() as session:
        await session.execute(update(User).values(deactivated_at=datetime.now(UTC)))

    assert await mail() == []
    assert await db.fetch(select(Job.id)) == []


async def test_of_several_who_verify_an_address_at_once_one_has_it(do, db, account, mail):
    actors = [await account(f"user_{n}", verified=False, email="ada@example.org") for n in range(4)]
    sent = [token((await _again(do, mail, actor))[0]) for actor in actors]
    answers = await asyncio.gather(*(do("verifyEmail", token=one) for one in sent))

    assert sorted(map(codes, answers)) == [[]] + [[("token", "INVALID_CREDENTIALS")]] * 3
    assert len(await verified(db)) == 1
    assert await db.fetch(select(func.count()).where(User.email.is_not(None))) == [(1,)]


async def test_the_owner_of_an_address_is_told_of_a_second_account(do, db, ann, mail):
    answer = await do("registerUser", **{**ADA, "email": "ANN@example.org"})
    (sent,) = await mail()

    assert codes(answer) == []
    assert (sent.to, sent.subject) == ("ann@example.org", "You have an account")
    assert await db.fetch(select(MailedToken.digest)) == []


async def test_an_address_is_not_flooded(do, db, mail, long_waits):
    asked = [{**ADA, "username": f"ada_{n}"} for n in range(10)]
    answers = [await do("registerUser", **one) for one in asked]
    reset = await do("requestPasswordReset", email="ada@example.org")

    assert [codes(answer) for answer in answers] == [[]] * 6 + [[(None, "TOO_MANY_ATTEMPTS")]] * 4
    assert codes(reset) == [(None, "TOO_MANY_ATTEMPTS")]
    assert len(await mail()) == 6
    assert await db.fetch(select(func.count()).select_from(User)) == [(6,)]
    assert await db.fetch(select(Attempt.failures)) == [(6,)]
