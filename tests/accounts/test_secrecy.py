"""What nobody learns: whether there is an account, and what proves who somebody is."""

import logging
import re
from dataclasses import replace

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, text

from app.auth.passwords import Passwords
from app.errors import Invalid
from app.models import User
from app.operations.accounts import sign_in
from tests.accounts.conftest import ANOTHER, PASSWORD, document, token
from tests.factories import NOON

IDS = re.compile(r"[a-z]{3}_[0-9a-z]{26}")
TOKEN = re.compile(r'(?<=Token":")[^"]+')


@pytest.fixture
def asked(http, statements):
    """Send a mutation; the bytes of the answer, ids left out, and the statements that it took."""

    async def asked(name, **input):
        statements.clear()
        body = {"query": document(name), "variables": {"input": input}}
        answer = await http.post("/graphql", json=body)
        text = IDS.sub("an id", answer.text)
        return (answer.status_code, text), [*statements]

    return asked


@pytest.mark.parametrize(
    ("name", "known", "unknown"),
    [
        ("createSession", {"identifier": "ann"}, {"identifier": "bob"}),
        ("createSession", {"identifier": "ann@example.org"}, {"identifier": "bob@example.org"}),
        ("createSession", {"identifier": "gone"}, {"identifier": "bob"}),
        ("requestPasswordReset", {"email": "ann@example.org"}, {"email": "bob@example.org"}),
        ("requestPasswordReset", {"email": "gone@example.org"}, {"email": "bob@example.org"}),
        ("registerUser", {"email": "ann@example.org"}, {"email": "bob@example.org"}),
    ],
)
async def test_an_account_that_exists_is_answered_like_one_that_does_not(
    asked, account, ann, name, known, unknown
):
    await account("gone", deactivated_at=NOON)
    same = {
        "createSession": {"password": ANOTHER},
        "registerUser": {"password": PASSWORD, "username": "newcomer"},
    }.get(name, {})
    other = {"username": "newcomes"} if name == "registerUser" else {}

    first, took = await asked(name, **{**same, **known})
    second, takes = await asked(name, **{**same, **unknown, **other})

    assert first[0] == second[0] == 200
    assert first[1].replace("newcomer", "newcomes") == second[1]
    assert took == takes
    assert len(took) > 3


@pytest.mark.parametrize("before", [["owner"], ["claimant"], ["owner", "claimant"], ["gone"]])
async def test_who_has_just_registered_gets_in_whoever_has_the_address(asked, account, before):
    for name in before:
        gone = NOON if name == "gone" else None
        verified = name != "claimant"
        await account(name, verified=verified, email="ann@example.org", deactivated_at=gone)
    told, took = [], []
    for name, email in (("newcomer", "ann@example.org"), ("newcomes", "bob@example.org")):
        given = {"username": name, "email": email, "password": ANOTHER}
        steps = [await asked("registerUser", **given)]
        steps += [
            await asked("createSession", identifier=email, password=password)
            for password in (ANOTHER, "Third-Lamp-38")
        ]
        told.append(
            [TOKEN.sub("a token", text.replace("comer", "comes")) for (_, text), _ in steps]
        )
        took.append([len(statements) for _, statements in steps])

    assert told[0] == told[1]
    assert took[0] == took[1]
    assert ['"errors":[]' in answer for answer in told[0]] == [True, True, False]


class Counting(PasswordHasher):
    """Counts what takes long."""

    done = 0

    def hash(self, *given, **options):
        self.done += 1
        return super().hash(*given, **options)

    def verify(self, *given):
        self.done += 1
        return super().verify(*given)


@pytest.mark.parametrize(
    ("identifiers", "expected"),
    [
        (("ann", "nobody", "gone"), 1),
        (("ann@example.org", "claimed@example.org", "both@example.org", "nobody@example.org"), 2),
    ],
)
async def test_a_password_costs_the_same_work_with_and_without_an_account(
    resources, account, ann, statements, identifiers, expected
):
    await account("gone", deactivated_at=NOON)
    await account("owner", email="both@example.org")
    for name in ("claimed", "both"):
        await account(name, verified=False)
    hasher = Counting(time_cost=1, memory_cost=8, parallelism=1)
    counted = replace(resources, passwords=Passwords(hasher))
    work = []
    for identifier in identifiers:
        hasher.done, before = 0, len(statements)
        with pytest.raises(Invalid):
            await sign_in.prove(counted, identifier, ANOTHER, None)
        work.append((hasher.done, len(statements) - before))
    counted.passwords.close()

    assert {done for done, _ in work} == {expected}
    assert len(set(work)) == 1


async def test_secrets_are_neither_kept_nor_logged(do, db, mail, dump, caplog):
    caplog.set_level(logging.DEBUG)
    given = {"username": "ada", "email": "ada@example.org", "password": PASSWORD}
    await do("registerUser", **given)
    secrets = [PASSWORD, ANOTHER, "Wrong-Lamp-38"]
    (sent,) = await mail()
    secrets.append(token(sent))
    await do("createSession", identifier="ada", password="Wrong-Lamp-38")
    first = await do("createSession", identifier="ada", password=PASSWORD)
    secrets += [first["accessToken"], first["refreshToken"]]
    second = await do("refreshSession", refreshToken=first["refreshToken"])
    secrets += [second["accessToken"], second["refreshToken"]]
    await do("requestPasswordReset", email="ada@example.org")
    (sent,) = await mail()
    secrets.append(token(sent))
    await do("resetPassword", token=token(sent), newPassword="Wrong-Lamp-39 Ada@Example.org")
    stored = repr(await dump())

    assert "ada@example.org" in stored
    assert [secret for secret in secrets if secret in stored] == []
    assert [secret for secret in secrets if secret in caplog.text] == []


async def test_a_failure_of_ours_is_logged_without_what_was_given(http, db, ann, caplog):
    async with db.write() as session:
        await session.execute(text("ALTER TABLE credentials RENAME COLUMN totp_step TO totp_stop"))
    given = {"username": "ada", "email": "ada@example.org", "password": PASSWORD}
    body = {"query": document("registerUser"), "variables": {"input": given}}
    answer = await http.post("/graphql", json=body)

    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert "INSERT INTO credentials" in caplog.text
    assert [
        word for word in (PASSWORD, "ada@example.org", "$argon2id") if word in caplog.text
    ] == []
    assert [row.username for row in await db.fetch(select(User.username))] == ["ann"]
