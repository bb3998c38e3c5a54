"""Passwords: asked for again, changed, and set anew with a token from a mail.

Hashing takes long, so each comes in two parts: one before the transaction, one in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import delete, select, update

from app.auth.passwords import Passwords, problems
from app.db import Database
from app.errors import ErrorCode, Invalid, Problem
from app.jobs import enqueue
from app.models import ApiKey, Credential, MailedToken, Purpose, RecoveryCode, User
from app.operations.accounts import attempts, mailed_tokens, sessions
from app.operations.checks import Checks
from app.operations.work import Work
from app.permissions import Actor, Permission
from app.resources import Resources


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A user who has given their password again, as long as it was last changed at `since`."""

    user_id: str
    since: datetime | None
    personal: tuple[str, ...] = field(repr=False)


async def confirm(
    resources: Resources, actor: Actor, password: str, address: str | None, path: str
) -> Confirmed:
    """Have the caller prove once more who they are; a wrong password counts as an attempt.

    Raises Invalid, its problem at `path`, and Unauthenticated.
    """
    actor.require(Permission.ACCOUNT_MANAGE)
    db, at = resources.db, datetime.now(UTC)
    keys = attempts.keys("password", actor.user_id or "", address)
    await attempts.take(db, keys, at)
    rows = await db.fetch(
        select(*_PERSONAL, Credential.password_hash, Credential.password_changed_at)
        .join_from(User, Credential, Credential.user_id == User.id)
        .where(User.id == actor.user_id)
    )
    hash = rows[0].password_hash if rows else None
    if not await resources.passwords.verify(hash, password):
        raise Invalid.one(ErrorCode.INVALID_CREDENTIALS, "This is not your password", path)
    async with db.write() as session:
        await attempts.forgive(session, keys)
    return Confirmed(actor.user_id or "", rows[0].password_changed_at, personal(*rows[0][:3]))


@dataclass(frozen=True, slots=True)
class NewHash:
    """A password that is to be somebody's, in the form that is stored."""

    hash: str = field(repr=False)
    since: datetime | None = None


async def ready_to_change(
    resources: Resources, actor: Actor, current: str, new: str, address: str | None
) -> NewHash:
    """Raises Invalid."""
    confirmed = await confirm(resources, actor, current, address, "current_password")
    hash = await hashed(resources.passwords, new, confirmed.personal, "new_password")
    return NewHash(hash, confirmed.since)


async def change(work: Work, new: NewHash) -> None:
    """Set the caller's password; all their other sessions end, API keys do not. Raises Invalid."""
    work.actor.require(Permission.ACCOUNT_MANAGE)
    assert work.actor.user_id
    user = await work.session.get(User, work.actor.user_id, with_for_update={"key_share": True})
    credential = await work.session.get(Credential, work.actor.user_id, with_for_update=True)
    if user is None or credential is None or credential.password_changed_at != new.since:
        message = "The password has just been changed: try again"
        raise Invalid.one(ErrorCode.INVALID_CREDENTIALS, message, "current_password")
    await _set(work, user, credential, new.hash, but=work.actor.session_id)
    work.record("user.password_changed", user.id)


async def ready_to_ask(db: Database, email: str, address: str | None) -> str:
    """The address, when not too much mail was sent there. Raises Invalid."""
    checks = Checks()
    email = checks.email(email, "email")
    checks.done()
    await attempts.take(db, attempts.keys("mail", email, address), datetime.now(UTC))
    return email


def request_reset(work: Work, email: str) -> None:
    """Have a mail sent to whoever has this address; only the mail tells whether anybody does."""
    work.actor.require(Permission.ACCOUNT_ENTER)
    enqueue(work.session, "mail.reset_password", {"email": email})


async def ready_to_reset(resources: Resources, token: str, new: str) -> NewHash:
    """Raises Invalid."""
    rows = await resources.db.fetch(
        select(*_PERSONAL)
        .join(MailedToken, MailedToken.user_id == User.id)
        .where(*mailed_tokens.good(token, Purpose.RESET_PASSWORD, datetime.now(UTC)))
    )
    if not rows:
        raise mailed_tokens.unknown()
    return NewHash(await hashed(resources.passwords, new, personal(*rows[0]), "new_password"))


async def reset(work: Work, token: str, new: NewHash) -> None:
    """Set the password of whoever was mailed the token; all their sessions and API keys end.

    Whoever has lost a password may have lost it to somebody. Raises Invalid.
    """
    work.actor.require(Permission.ACCOUNT_ENTER)
    user, claimants = await mailed_tokens.take(work, token, Purpose.RESET_PASSWORD)
    if user.email_verified_at is None:
        await _disinherit(work, user)
        await mailed_tokens.verified(work, user, claimants)
    credential = await work.session.get(Credential, user.id, with_for_update=True)
    if credential is None:
        credential = Credential(user_id=user.id)
        work.session.add(credential)
    await _set(work, user, credential, new.hash)
    keys = (ApiKey.user_id == user.id, ApiKey.revoked_at.is_(None))
    await work.session.execute(update(ApiKey).where(*keys).values(revoked_at=work.at))
    await attempts.forget(work.session, user, ["sign_in"])
    work.record("user.password_reset", user.id)


def personal(username: str, email: str | None, full_name: str | None) -> tuple[str, ...]:
    """What must not be part of a password."""
    return (username, email or "", full_name or "", *(full_name or "").split())


async def hashed(passwords: Passwords, new: str, personal: Sequence[str], path: str) -> str:
    """What is stored of a new password. Raises Invalid with all that is wrong with it."""
    if wrong := refused(new, personal, path):
        raise Invalid(wrong)
    return await passwords.hash(new)


def refused(password: str, personal: Sequence[str], path: str) -> list[Problem]:
    found = problems(password, personal=personal)
    return [Problem(ErrorCode.INVALID, sentence, (path,)) for sentence in found]


async def _set(
    work: Work, user: User, credential: Credential, hash: str, but: str | None = None
) -> None:
    credential.password_hash, credential.password_changed_at = hash, work.at
    await sessions.revoke_all(work, user.id, but=but)
    mailed = (MailedToken.user_id == user.id, MailedToken.purpose == Purpose.RESET_PASSWORD)
    await work.session.execute(delete(MailedToken).where(*mailed))


async def _disinherit(work: Work, user: User) -> None:
    """Take from whoever registered with an address that was not theirs what else lets them back in.

    Until now nobody had proved that it is the reader of its mail who has this account.
    """
    await work.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    factor = {"totp_secret": None, "totp_confirmed_at": None, "totp_step": None}
    await work.session.execute(
        update(Credential).where(Credential.user_id == user.id).values(factor)
    )


_PERSONAL = (User.username, User.email, User.full_name)
