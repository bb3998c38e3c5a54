"""Signing in: whatever is wrong, and whether or not there is such an account, the same answer."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import or_, select

from app import text
from app.auth.vault import Vault
from app.db import Database
from app.errors import ErrorCode, Invalid
from app.models import Credential, User
from app.operations.accounts import attempts, second_factor, sessions
from app.operations.accounts.sessions import Device, Opened
from app.operations.checks import Checks
from app.operations.work import Work
from app.permissions import Permission
from app.resources import Resources

MAX_IDENTIFIER = 254


@dataclass(frozen=True, slots=True)
class Proof:
    """Somebody gave the right password, as long as it was last changed at `since`."""

    user_id: str
    since: datetime | None
    attempts: attempts.Keys
    rehashed: str | None = field(default=None, repr=False)


async def prove(resources: Resources, identifier: str, password: str, address: str | None) -> Proof:
    """Whose password this is; `identifier` is a username or an email address. Raises Invalid."""
    checks = Checks()
    identifier = checks.line(identifier, "identifier", most=MAX_IDENTIFIER)
    checks.done()
    keys = attempts.keys("sign_in", identifier, address)
    await attempts.take(resources.db, keys, datetime.now(UTC))
    account = await _account(resources.db, identifier)
    hash = account.password_hash if account else None
    right = await resources.passwords.verify(hash, password)
    if account is None or not right or account.deactivated_at is not None:
        raise _wrong()
    old = resources.passwords.needs_rehash(account.password_hash)
    rehashed = await resources.passwords.hash(password) if old else None
    return Proof(account.id, account.password_changed_at, keys, rehashed)


async def enter(work: Work, vault: Vault, proof: Proof, code: str | None, device: Device) -> Opened:
    """Begin a session of whoever gave the password and, where there is a second factor, its code.

    Raises Invalid.
    """
    work.actor.require(Permission.ACCOUNT_ENTER)
    user = await work.session.get(User, proof.user_id, with_for_update={"key_share": True})
    credential = await work.session.get(Credential, proof.user_id, with_for_update=True)
    if user is None or user.deactivated_at is not None or credential is None:
        raise _wrong()
    if credential.password_changed_at != proof.since:
        raise _wrong()
    await second_factor.prove(work, vault, user.id, code)
    if proof.rehashed:
        credential.password_hash = proof.rehashed
    await attempts.forgive(work.session, proof.attempts)
    return await sessions.begin(work, user, device)


async def _account(db: Database, identifier: str) -> Any | None:
    """Names come before addresses, and of those who claim an address its owner comes first."""
    key = text.key(identifier)
    rows = await db.fetch(
        select(
            User.id, User.deactivated_at, Credential.password_hash, Credential.password_changed_at
        )
        .outerjoin(Credential, Credential.user_id == User.id)
        .where(or_(User.username_key == key, User.email_key == key))
        .order_by(
            User.username_key != key, User.email_verified_at.is_(None), User.created_at, User.id
        )
        .limit(1)
    )
    return rows[0] if rows else None


def _wrong() -> Invalid:
    message = "The name or address, or the password, is not right"
    return Invalid.one(ErrorCode.INVALID_CREDENTIALS, message)
