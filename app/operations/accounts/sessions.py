"""Sessions: a sign-in on one device, kept alive by refresh tokens that are good for once each."""

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import delete, select, update

from app.auth import opaque
from app.errors import ErrorCode, Invalid
from app.models import RefreshToken, Session, User
from app.operations.work import Work
from app.permissions import Actor, Permission, Role

LIFETIME = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Device:
    """Where somebody signs in, as far as we can know it."""

    address: str | None = None
    user_agent: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A session, whom it lets act, and the one token that prolongs it."""

    session_id: str
    user_id: str
    actor: Actor
    refresh_token: str = field(repr=False)


async def begin(work: Work, user: User, device: Device) -> Opened:
    """A new session of somebody who has just proved who they are."""
    session = Session(
        user_id=user.id,
        created_at=work.at,
        last_seen_at=work.at,
        expires_at=work.at + LIFETIME,
        ip_address=(device.address or "")[:45] or None,
        user_agent=(device.user_agent or "")[:300] or None,
    )
    work.session.add(session)
    await work.session.flush()
    work.record("session.created", session.id, user_id=user.id)
    return _opened(work, session, user.role)


async def refresh(work: Work, token: str) -> Opened | None:
    """A fresh token for a session, in exchange for the last one; None when there is none to have.

    A token that comes a second time is in two hands: its session ends, with all its tokens
    (RFC 9700, section 4.14.2).
    """
    work.actor.require(Permission.ACCOUNT_ENTER)
    mine = RefreshToken.digest == opaque.digest(token)
    rows = await work.session.execute(
        select(Session, User.role, User.deactivated_at)
        .join(RefreshToken, RefreshToken.session_id == Session.id)
        .join(User, User.id == Session.user_id)
        .where(mine)
        .with_for_update(of=Session)
    )
    found = rows.first()
    if found is None:
        return None
    session, role, deactivated_at = found
    if session.revoked_at or session.expires_at <= work.at or deactivated_at:
        return None
    unused = update(RefreshToken).where(mine, RefreshToken.used_at.is_(None))
    first_use = unused.values(used_at=work.at).returning(RefreshToken.digest)
    if await work.session.scalar(first_use) is None:
        _end(work, session, "session.reuse_detected")
        return None
    session.last_seen_at, session.expires_at = work.at, work.at + LIFETIME
    await _forget_old(work, session.id)
    return _opened(work, session, role)


async def revoke(work: Work, id: str | None) -> str:
    """End one of the caller's own sessions, or the one that this is asked with; its id.

    Raises Invalid.
    """
    work.actor.require(Permission.ACCOUNT_MANAGE)
    id = work.actor.session_id if id is None else id
    if id is None:
        message = "You ask without a session: say which is to end"
        raise Invalid.one(ErrorCode.REQUIRED, message, "id")
    session = await work.session.get(Session, id, with_for_update=True)
    if session is None or session.user_id != work.actor.user_id or session.revoked_at:
        raise Invalid.one(ErrorCode.NOT_FOUND, "There is no such session of yours", "id")
    _end(work, session, "session.revoked")
    return id


async def revoke_mine(work: Work, *, current: bool) -> int:
    """End the caller's own sessions, the one that this is asked with only when told so; how many
    there were."""
    work.actor.require(Permission.ACCOUNT_MANAGE)
    user_id = work.actor.user_id or ""
    await work.session.get(User, user_id, with_for_update={"key_share": True})
    return await revoke_all(work, user_id, but=None if current else work.actor.session_id)


async def revoke_all(work: Work, user_id: str, *, but: str | None = None) -> int:
    """End all sessions of a user, `but` one; how many there were. Lock the user first."""
    ended = await work.session.scalars(
        update(Session)
        .where(Session.user_id == user_id, Session.revoked_at.is_(None), Session.id != (but or ""))
        .values(revoked_at=work.at)
        .returning(Session.id)
    )
    count = len(ended.all())
    if count:
        work.record("user.sessions_revoked", user_id, count=count)
    return count


def over() -> Invalid:
    message = "This refresh token is not good, or no longer: sign in again"
    return Invalid.one(ErrorCode.INVALID_CREDENTIALS, message, "refresh_token")


def _end(work: Work, session: Session, event: str) -> None:
    session.revoked_at = work.at
    work.record(event, session.id, user_id=session.user_id)


def _opened(work: Work, session: Session, role: Role) -> Opened:
    token = opaque.new_secret()
    work.session.add(
        RefreshToken(digest=opaque.digest(token), session_id=session.id, created_at=work.at)
    )
    actor = Actor(session.user_id, role, session_id=session.id)
    return Opened(session.id, session.user_id, actor, token)


async def _forget_old(work: Work, session_id: str) -> None:
    """Nobody steals a token and waits this long; a session may go on for years."""
    old = (RefreshToken.session_id == session_id, RefreshToken.used_at < work.at - LIFETIME)
    await work.session.execute(delete(RefreshToken).where(*old))
