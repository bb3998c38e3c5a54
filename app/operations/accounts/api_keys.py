"""API keys: what a program acts for its owner with, within scopes that only take away."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select

from app.auth import opaque
from app.errors import ErrorCode, Invalid, Unauthenticated
from app.models import ApiKey, User
from app.operations.checks import Checks
from app.operations.work import Work
from app.permissions import ALL, Actor, Permission, permitted

MAX_KEYS = 20
MAX_NAME = 100
MAX_SCOPES = 50
MAX_LIFETIME = timedelta(days=3_650)
MAX_GRACE = timedelta(days=7)
GRACE = timedelta(days=1)

SCOPES = ALL | {"*"} | {f"{name.partition(':')[0]}:*" for name in ALL}


async def create(
    work: Work, name: str, scopes: Sequence[str], lifetime: timedelta | None
) -> tuple[ApiKey, str]:
    """A new key of the caller's and its secret, which is told once. Raises Invalid."""
    work.actor.require(Permission.ACCOUNT_MANAGE)
    checks = Checks()
    name = checks.line(name, "name", most=MAX_NAME)
    allowed = _allowed(checks, work.actor, scopes)
    if lifetime is not None and not timedelta(0) < lifetime <= MAX_LIFETIME:
        most = int(MAX_LIFETIME.total_seconds())
        checks.add(ErrorCode.INVALID, f"A lifetime is 1 to {most:,} seconds", "expires_in")
    checks.done()
    user_id = await _room(work)
    secret = opaque.new_secret()
    key = ApiKey(
        user_id=user_id,
        name=name,
        scopes=allowed,
        digest=opaque.digest(secret),
        created_at=work.at,
        expires_at=None if lifetime is None else work.at + lifetime,
    )
    work.session.add(key)
    await work.session.flush()
    work.record("api_key.created", key.id, user_id=user_id, scopes=allowed)
    return key, opaque.api_key(key.id, secret)


async def rotate(work: Work, id: str, grace: timedelta) -> tuple[ApiKey, str]:
    """A new secret for a key; the one before is good for another `grace`, those before that are
    not. Raises Invalid."""
    key = await _mine(work, id)
    if not timedelta(0) <= grace <= MAX_GRACE:
        message = f"A grace time is 0 to {int(MAX_GRACE.total_seconds()):,} seconds"
        raise Invalid.one(ErrorCode.INVALID, message, "grace_seconds")
    if key.expires_at is not None and key.expires_at <= work.at:
        raise Invalid.one(ErrorCode.INVALID_STATE, "This key has expired: make a new one", "id")
    secret = opaque.new_secret()
    key.previous_digest, key.previous_until = key.digest, work.at + grace
    key.digest = opaque.digest(secret)
    work.record("api_key.rotated", id, user_id=key.user_id)
    return key, opaque.api_key(id, secret)


async def revoke(work: Work, id: str) -> None:
    """End one of the caller's keys, at once. Raises Invalid."""
    key = await _mine(work, id)
    key.revoked_at = work.at
    work.record("api_key.revoked", id, user_id=key.user_id)


def _allowed(checks: Checks, actor: Actor, scopes: Sequence[str]) -> list[str]:
    """The scopes, each of which the caller may do something of."""
    if not 1 <= len(scopes) <= MAX_SCOPES:
        checks.add(ErrorCode.INVALID, f"A key has 1 to {MAX_SCOPES} scopes", "scopes")
        return []
    for place, scope in enumerate(scopes):
        if scope not in SCOPES:
            checks.add(ErrorCode.INVALID, "There is no such scope", "scopes", place)
        elif not permitted(actor.role, frozenset({scope})):
            message = "No key of yours may do any of this"
            checks.add(ErrorCode.FORBIDDEN, message, "scopes", place)
    return sorted(set(scopes))


async def _room(work: Work) -> str:
    """The caller's id, locked so that keys made at the same time are counted. Raises Invalid."""
    owner = await work.session.get(User, work.actor.user_id, with_for_update={"key_share": True})
    if owner is None or owner.deactivated_at is not None:
        raise Unauthenticated("Sign in to do this")
    mine = (ApiKey.user_id == owner.id, ApiKey.revoked_at.is_(None))
    count = await work.session.scalar(select(func.count()).select_from(ApiKey).where(*mine))
    if (count or 0) >= MAX_KEYS:
        raise Invalid.one(ErrorCode.LIMIT_EXCEEDED, f"{MAX_KEYS} keys are enough: revoke one first")
    return owner.id


async def _mine(work: Work, id: str) -> ApiKey:
    work.actor.require(Permission.ACCOUNT_MANAGE)
    key = await work.session.get(ApiKey, id, with_for_update=True)
    if key is None or key.user_id != work.actor.user_id or key.revoked_at is not None:
        raise Invalid.one(ErrorCode.NOT_FOUND, "You have no such key", "id")
    return key
