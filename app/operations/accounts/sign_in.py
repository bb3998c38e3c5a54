"""Signing in: whatever is wrong, and whether or not there is such an account, the same answer.

Anybody may claim an address (ADR 22), so it may mean two: its owner, and whoever claimed it last.
Both are looked for, and their passwords tried, whether or not there are any: were only the owner
found, whoever has just registered would learn from not getting in that there is one.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, or_, select

from app import text
from app.auth.passwords import Passwords
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

Candidates = dict[str, Any]  # rows of `_ACCOUNT`, or None


@dataclass(frozen=True, slots=True)
class Proof:
    """Somebody gave the right password, as long as it was last changed at `since`."""

    user_id: str
    since: datetime | None
    attempts: attempts.Keys
    candidate: str
    rehashed: str | None = field(default=None, repr=False)


async def prove(resources: Resources, identifier: str, password: str, address: str | None) -> Proof:
    """Whose password this is; `identifier` is a username or an email address. Raises Invalid."""
    checks = Checks()
    identifier = checks.line(identifier, "identifier", most=MAX_IDENTIFIER)
    checks.done()
    found = await _candidates(resources.db, identifier)
    keys = attempts.keys("sign_in", identifier, address) | {
        candidate: attempts.hidden(
            "sign_in", account.id if account else f"{candidate} {identifier}"
        )
        for candidate, account in found.items()
    }
    counted = await attempts.take(resources.db, keys, datetime.now(UTC))
    allowed = {candidate: found[candidate] if candidate in counted else None for candidate in found}
    candidate = await _right(resources.passwords, allowed, password)
    account = found[candidate]
    old = resources.passwords.needs_rehash(account.password_hash)
    rehashed = await resources.passwords.hash(password) if old else None
    return Proof(account.id, account.password_changed_at, counted, candidate, rehashed)


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
    await attempts.forgive(work.session, proof.attempts, ("account", proof.candidate))
    return await sessions.begin(work, user, device)


async def _candidates(db: Database, identifier: str) -> Candidates:
    """Who may be meant by a name: one. By an address: its owner, and its newest claimant. A name
    that looks like an address (of an import) comes before the address."""
    key = text.key(identifier)
    named, theirs = User.username_key == key, User.email_key == key
    verified = User.email_verified_at.is_not(None)
    owner = _ACCOUNT.where(or_(named, theirs & verified)).order_by(named.desc())
    if "@" not in key:
        return {"first": await _one(db, _ACCOUNT.where(named))}
    claimant = _ACCOUNT.where(theirs, ~named, ~verified)
    newest = claimant.order_by(User.created_at.desc(), User.id.desc())
    return {"first": await _one(db, owner), "second": await _one(db, newest)}


async def _one(db: Database, accounts: Select[*tuple[Any, ...]]) -> Any | None:
    return next(iter(await db.fetch(accounts.limit(1))), None)


async def _right(passwords: Passwords, candidates: Candidates, password: str) -> str:
    """Whose password it is, the first when it is both's. Raises Invalid."""
    right = []
    for candidate, account in candidates.items():
        hash = account.password_hash if account else None
        if await passwords.verify(hash, password) and not account.deactivated_at:
            right.append(candidate)
    if not right:
        raise _wrong()
    return right[0]


_ACCOUNT = select(
    User.id, User.deactivated_at, Credential.password_hash, Credential.password_changed_at
).outerjoin(Credential, Credential.user_id == User.id)


def _wrong() -> Invalid:
    message = "The name or address, or the password, is not right; after many failures, wait"
    return Invalid.one(ErrorCode.INVALID_CREDENTIALS, message)
