"""Accounts as their owners know them: passwords that are hashed quickly, mails that are read."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from app.auth.passwords import Passwords
from app.http.caller import Caller
from app.models import Base, Credential
from app.operations.accounts import attempts
from app.permissions import GUEST, Actor, Role
from app.worker import do_jobs
from resolvers.endpoint.parameters import Parameters
from resolvers.execution import Operations
from tests import factories as make

PASSWORD = "Otter-Lantern-47"
ANOTHER = "Copper-Meadow-93"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

SESSION = "accessToken refreshToken expiresIn totpRequired session { id current } user { id }"
ANSWERS = {
    "registerUser": "user { id username fullName email }",
    "createSession": SESSION,
    "refreshSession": SESSION,
    "verifyEmail": "user { id }",
    "requestEmailVerification": "user { id }",
    "changePassword": "user { id }",
    "revokeSession": "revokedId",
    "revokeAllSessions": "count",
}


def document(name: str) -> str:
    """A mutation with one input, and what it answers."""
    input, answer = f"{name[0].upper()}{name[1:]}Input", ANSWERS.get(name, "")
    return (
        f"mutation Do($input: {input}!) "
        f"{{ {name}(input: $input) {{ {answer} errors {{ field code message }} }} }}"
    )


def codes(answer: dict) -> list[tuple[str | None, str]]:
    """What is wrong, and where."""
    return [(error["field"], error["code"]) for error in answer["errors"]]


class Outbox(list):
    """Keeps mails, as a reader would."""

    async def send(self, mail):
        self.append(mail)


@pytest.fixture
def outbox():
    return Outbox()


@pytest.fixture
def resources(resources, outbox):
    resources = replace(resources, passwords=Passwords(QUICK), mailer=outbox)
    yield resources
    resources.passwords.close()


@pytest.fixture
def do(resources):
    """Run a mutation that must not fail, from an address, and answer with its payload."""
    operations = Operations(resources)

    async def do(name, actor=GUEST, address=None, **input):
        caller = Caller(actor, "http://content.example", "test", address, "a browser")
        asked = Parameters(document(name), variables={"input": input})
        answer = await operations.run(asked, caller)
        assert "errors" not in answer.body, answer.body["errors"]
        return answer.body["data"][name]

    return do


@pytest.fixture
def mail(resources, outbox):
    """Send what is to be sent; the mails since the last time."""

    async def mail():
        outbox.clear()
        await do_jobs(resources, datetime.now(UTC))
        return list(outbox)

    return mail


@pytest.fixture
def long_waits(monkeypatch):
    """Who has to wait still has to when the test asks, however slow the machine is."""
    monkeypatch.setattr(attempts, "delay", lambda beyond: timedelta(hours=beyond > 0))


@pytest.fixture
def account(db, resources):
    """Somebody with a password and, unless told otherwise, an address of their own."""

    async def account(username, *, verified=True, role=Role.USER, **columns):
        email = columns.pop("email", f"{username}@example.org")
        verified_at = make.NOON if verified else None
        user = make.user(
            username=username, email=email, email_key=email.lower(),
            email_verified_at=verified_at, role=role, **columns,
        )  # fmt: skip
        hash = await resources.passwords.hash(PASSWORD)
        await make.add(db, user, Credential(user_id=user.id, password_hash=hash))
        return Actor(user.id, role)

    return account


@pytest.fixture
async def ann(account):
    return await account("ann")


@pytest.fixture
def signed_in(do, resources):
    """Sign somebody in: who they are then, and their tokens."""

    async def signed_in(identifier, password=PASSWORD):
        answer = await do("createSession", identifier=identifier, password=password)
        assert answer["errors"] == []
        id = answer["session"]["id"]
        actor = Actor(answer["user"]["id"], Role.USER, session_id=id)
        return actor, answer["accessToken"], answer["refreshToken"]

    return signed_in


@pytest.fixture
def dump(db):
    """All rows of all tables but `without`, to be compared or looked through."""

    async def dump(*without):
        return {
            table.name: sorted(map(repr, await db.fetch(select(table))))
            for table in Base.metadata.sorted_tables
            if table.name not in without
        }

    return dump


def token(mail) -> str:
    """What a mail holds for its reader to use."""
    (found,) = re.findall(r"^    (?:\S+token=)?([\w-]{43})$", mail.text, re.MULTILINE)
    return found
