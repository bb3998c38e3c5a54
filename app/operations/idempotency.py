"""A mutation that is sent twice under one key is done once, and answered the same."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from app.db import Database
from app.errors import ErrorCode, Invalid
from app.models import IdempotencyRecord
from app.operations.inserts import insert
from app.operations.work import Work
from app.permissions import Actor

KEPT = timedelta(hours=24)
MAX_KEY = 255

Answer = dict[str, Any]


def checked(key: str) -> str:
    """The key, if it can be one. Raises Invalid."""
    if not 1 <= len(key) <= MAX_KEY or not key.isprintable():
        message = f"An idempotency key has 1 to {MAX_KEY} printable characters"
        raise Invalid.one(ErrorCode.INVALID, message)
    return key


def owner_of(actor: Actor, address: str | None) -> str:
    """Whose keys these are: a user's, or those of the guests at one address."""
    return actor.user_id or "guest:" + hashlib.sha256((address or "").encode()).hexdigest()[:24]


async def stored(
    db: Database, owner: str, key: str, fingerprint: str, at: datetime
) -> Answer | None:
    """The answer given under a key before. Raises Invalid when that was to another request."""
    mine = select(IdempotencyRecord.fingerprint, IdempotencyRecord.answer).where(
        IdempotencyRecord.owner == owner,
        IdempotencyRecord.key == key,
        IdempotencyRecord.expires_at > at,
    )
    rows = await db.fetch(mine)
    return _same(rows[0], fingerprint) if rows else None


async def claim(work: Work, owner: str, key: str, fingerprint: str) -> Answer | None:
    """Take a key for this transaction; the answer when another one had it first.

    Whoever comes second waits until the first has committed or failed. Raises Invalid.
    """
    session = work.session
    mine = (IdempotencyRecord.owner == owner, IdempotencyRecord.key == key)
    await session.execute(
        delete(IdempotencyRecord).where(*mine, IdempotencyRecord.expires_at <= work.at)
    )
    taken = await session.execute(
        insert(session, IdempotencyRecord)
        .values(owner=owner, key=key, fingerprint=fingerprint, expires_at=work.at + KEPT)
        .on_conflict_do_nothing()
        .returning(IdempotencyRecord.key)
    )
    if taken.first():
        return None
    found = select(IdempotencyRecord.fingerprint, IdempotencyRecord.answer).where(*mine)
    return _same((await session.execute(found)).one(), fingerprint)


async def keep(work: Work, owner: str, key: str, answer: Answer) -> None:
    """Store the answer beside what was done."""
    await work.session.execute(
        update(IdempotencyRecord)
        .where(IdempotencyRecord.owner == owner, IdempotencyRecord.key == key)
        .values(answer=answer)
    )


def _same(record: Any, fingerprint: str) -> Answer:
    if record.fingerprint != fingerprint:
        message = "This idempotency key was used for another request: take a new one"
        raise Invalid.one(ErrorCode.IDEMPOTENCY_MISMATCH, message)
    answer: Answer = record.answer
    return answer
