"""From what a request carries to the actor that it speaks for."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Executable, or_, select, update

from app.auth import opaque
from app.auth.tokens import Tokens
from app.db import Database
from app.errors import InvalidToken, Unavailable
from app.models import ApiKey, Session, User
from app.permissions import GUEST, Actor
from app.selects.members import member
from app.selects.sight import NOW
from app.together import Together

LAST_USE = timedelta(minutes=1)  # how exactly an API key's last use is known


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request proves with: an access token, or an API key."""

    token: str | None = field(default=None, repr=False)
    api_key: str | None = field(default=None, repr=False)


class Callers:
    """Asks the database each time, so that what is revoked is revoked at once, everywhere; those
    who come at the same time with one statement. `alone` says whether there is but one request."""

    def __init__(self, db: Database, tokens: Tokens, alone: Callable[[], bool]) -> None:
        self._db = db
        self._tokens = tokens
        self._sessions = Together(partial(self._read, _SESSIONS), alone)
        self._keys = Together(partial(self._read, _KEYS), alone)
        self._noting: dict[str, asyncio.Task[None]] = {}  # last uses of keys, by their ids

    async def actor(self, given: Credentials) -> Actor:
        """Who is asking; a guest, when nothing is given. Raises Unauthenticated, Unavailable."""
        if given.token and given.api_key:
            raise InvalidToken("Send an access token or an API key, not both")
        if given.token:
            return await self._by_token(given.token)
        return await self._by_key(given.api_key) if given.api_key else GUEST

    async def _by_token(self, token: str) -> Actor:
        claims = self._tokens.verify(token)
        session = await self._sessions(claims.session_id)
        if session is None or session.user_id != claims.user_id:
            raise InvalidToken("The session of this access token has ended: sign in again")
        return Actor(claims.user_id, session.role, session_id=claims.session_id)

    async def _by_key(self, text: str) -> Actor:
        if not (parsed := opaque.parse_api_key(text)):
            raise _invalid_key()
        (id, secret), now = parsed, datetime.now(UTC)
        key = await self._keys(id)
        if key is None or not _fits(key, secret, now):
            raise _invalid_key()
        self._used(key, now)
        return Actor(key.user_id, key.role, frozenset(key.scopes), api_key_id=id)

    async def _read(self, statement: Executable, wanted: Sequence[str]) -> Sequence[Any]:
        found = {row.id: row for row in await self._db.fetch(statement, {"ids": wanted})}
        return [found.get(id) for id in wanted]

    async def close(self) -> None:
        """Wait until all last uses are written down."""
        await asyncio.gather(*self._noting.values(), return_exceptions=True)

    def _used(self, key: Any, now: datetime) -> None:
        """Have a last use written down, if that is due; nobody who reads waits for a writer."""
        fresh = key.last_used_at is not None and key.last_used_at >= now - LAST_USE
        if not fresh and key.id not in self._noting:
            task = self._noting[key.id] = asyncio.create_task(self._note(key.id, now))
            task.add_done_callback(lambda _task: self._noting.pop(key.id))

    async def _note(self, id: str, now: datetime) -> None:
        old = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < now - LAST_USE)
        with suppress(Unavailable):  # it is used again, or it does not matter
            async with self._db.write() as session:
                await session.execute(
                    update(ApiKey).where(ApiKey.id == id, old).values(last_used_at=now)
                )


# Made once: every request asks one of these.
_SESSIONS = (
    select(Session.id, Session.user_id, User.role)
    .join_from(Session, User, User.id == Session.user_id)
    .where(
        member(Session.id),
        Session.revoked_at.is_(None),
        Session.expires_at > NOW,
        User.deactivated_at.is_(None),
    )
)
_KEYS = (
    select(
        ApiKey.id,
        ApiKey.user_id,
        ApiKey.scopes,
        ApiKey.digest,
        ApiKey.previous_digest,
        ApiKey.previous_until,
        ApiKey.last_used_at,
        User.role,
    )
    .join_from(ApiKey, User, User.id == ApiKey.user_id)
    .where(
        member(ApiKey.id),
        ApiKey.revoked_at.is_(None),
        or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > NOW),
        User.deactivated_at.is_(None),
    )
)


def _invalid_key() -> InvalidToken:
    return InvalidToken("The API key is not valid, or no longer")


def _fits(key: Any, secret: str, now: datetime) -> bool:
    if opaque.matches(secret, key.digest):
        return True
    old = key.previous_digest and key.previous_until and key.previous_until > now
    return bool(old) and opaque.matches(secret, key.previous_digest)
