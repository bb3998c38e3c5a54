"""New accounts, and whose an email address is.

A name is public, so it is told when it is taken. That an address is in use is told to nobody but
its reader, by mail: registering with it is always answered, and costs, the same.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import select

from app import indexing, text
from app.db import Database
from app.errors import ErrorCode, Invalid
from app.jobs import enqueue
from app.models import Credential, Purpose, User
from app.operations.accounts import attempts, mailed_tokens, passwords
from app.operations.checks import Checks
from app.operations.work import Work
from app.permissions import Permission
from app.resources import Resources

MAX_FULL_NAME = 100

USERNAME = re.compile(r"[a-zA-Z0-9_]{3,50}")  # guidelines 10.2


@dataclass(frozen=True, slots=True)
class NewUser:
    """Somebody who wants an account; `hash` is of the password."""

    username: str
    email: str
    full_name: str | None
    hash: str = field(repr=False)


async def ready(
    resources: Resources,
    username: str,
    email: str,
    password: str,
    full_name: str | None,
    address: str | None,
) -> NewUser:
    """Raises Invalid with all that is wrong."""
    checks = Checks()
    email, full_name = _checked(checks, username, email, full_name)
    names = passwords.personal(username, email, full_name)
    checks.problems += passwords.refused(password, names, "password")
    if not checks.problems and await _taken(resources.db, username):
        checks.add(ErrorCode.NOT_UNIQUE, "This name is taken", "username")
    checks.done()
    await attempts.take(resources.db, attempts.keys("mail", email, address), datetime.now(UTC))
    return NewUser(username, email, full_name, await resources.passwords.hash(password))


async def register(work: Work, new: NewUser) -> User:
    """An account that can sign in at once; a mail asks to verify its address."""
    work.actor.require(Permission.ACCOUNT_ENTER)
    user = User(
        username=new.username, username_key=text.fold(new.username), email=new.email,
        email_key=text.fold(new.email), full_name=new.full_name, preferences={},
        created_at=work.at, updated_at=work.at,
    )  # fmt: skip
    work.session.add(user)
    await work.session.flush()
    work.session.add(
        Credential(user_id=user.id, password_hash=new.hash, password_changed_at=work.at)
    )
    entry = indexing.user(user.id, user.username, user.full_name, user.bio)
    await indexing.put(work.session, [entry])
    enqueue(work.session, "mail.verify_email", {"user_id": user.id})
    work.record("user.registered", user.id)
    return user


async def verify_email(work: Work, token: str) -> User:
    """Make an address the user's whom the token was mailed to. Raises Invalid."""
    work.actor.require(Permission.ACCOUNT_ENTER)
    user, claimants = await mailed_tokens.take(work, token, Purpose.VERIFY_EMAIL)
    if user.email_verified_at is None:
        await mailed_tokens.verified(work, user, claimants)
    return user


async def ready_to_verify(db: Database, user_id: str, address: str | None) -> None:
    """Raises Invalid when there is nothing to verify, or too much mail was sent there."""
    rows = await db.fetch(select(User.email, User.email_verified_at).where(User.id == user_id))
    if not rows or rows[0].email is None:
        raise Invalid.one(ErrorCode.INVALID_STATE, "Your account has no email address")
    if rows[0].email_verified_at is not None:
        raise Invalid.one(ErrorCode.INVALID_STATE, "Your email address is verified")
    await attempts.take(db, attempts.keys("mail", rows[0].email, address), datetime.now(UTC))


def request_verification(work: Work) -> None:
    """Have the caller be sent another mail that asks to verify their address."""
    work.actor.require(Permission.ACCOUNT_MANAGE)
    enqueue(work.session, "mail.verify_email", {"user_id": work.actor.user_id})


def _checked(
    checks: Checks, username: str, email: str, full_name: str | None
) -> tuple[str, str | None]:
    if not USERNAME.fullmatch(username):
        message = "A username is 3 to 50 letters from a to z, digits and underscores"
        checks.add(ErrorCode.INVALID, message, "username")
    email = checks.email(email, "email")
    # Letters that look alike are compared as one: nobody may claim another's address that way.
    if not email.isascii():
        checks.add(ErrorCode.INVALID, "Write the address in ASCII: `xn--…` for a domain", "email")
    if full_name is not None:
        full_name = checks.line(full_name, "full_name", most=MAX_FULL_NAME, least=0)
    return email, full_name or None


async def _taken(db: Database, username: str) -> bool:
    name = select(User.id).where(User.username_key == text.fold(username))
    return bool(await db.fetch(name))
