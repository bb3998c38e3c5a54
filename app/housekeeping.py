"""What nobody needs any more is removed, a few rows at a time, so that nobody waits for it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Table, delete, exists, or_, select, tuple_

from app.db import Database
from app.jobs import NEVER
from app.models import (
    Attempt,
    Base,
    FieldUsage,
    IdempotencyRecord,
    Job,
    MailedToken,
    PreviewToken,
    RefreshToken,
    Session,
)

BATCH = 1_000
SESSIONS_KEPT = timedelta(days=30)  # after their end, for people to look back at
ATTEMPTS_KEPT = timedelta(days=1)
USAGE_KEPT = timedelta(days=100)
DEAD_JOBS_KEPT = timedelta(days=7)  # after they were made, for somebody to look at

Condition = Callable[[datetime], ColumnElement[bool]]


def _ended(at: datetime) -> ColumnElement[bool]:
    return Session.expires_at <= at - SESSIONS_KEPT


# A session of many months has thousands of refresh tokens; it goes when they are gone.
OLD: tuple[tuple[type[Base], Condition], ...] = (
    (IdempotencyRecord, lambda at: IdempotencyRecord.expires_at <= at),
    (MailedToken, lambda at: MailedToken.expires_at <= at),
    (PreviewToken, lambda at: PreviewToken.expires_at <= at),
    (FieldUsage, lambda at: FieldUsage.day < (at - USAGE_KEPT).date()),
    (Job, lambda at: (Job.due_at >= NEVER) & (Job.created_at <= at - DEAD_JOBS_KEPT)),
    (RefreshToken, lambda at: RefreshToken.session_id.in_(select(Session.id).where(_ended(at)))),
    (Session, lambda at: _ended(at) & ~exists().where(RefreshToken.session_id == Session.id)),
    (
        Attempt,
        lambda at: (
            (Attempt.last_at <= at - ATTEMPTS_KEPT)
            & or_(Attempt.blocked_until.is_(None), Attempt.blocked_until <= at)
        ),
    ),
)


async def sweep(db: Database, at: datetime) -> bool:
    """Remove one batch of old rows from each table; whether there may be more."""
    removed = [await _remove(db, model.__table__, old(at)) for model, old in OLD]  # type: ignore[arg-type]
    return BATCH in removed


async def _remove(db: Database, table: Table, old: ColumnElement[bool]) -> int:
    keys = table.primary_key.columns
    rows = select(*keys).where(old).limit(BATCH)
    if not await db.fetch(rows.limit(1)):
        return 0
    # Another worker may be at the same: it takes other rows.
    mine = rows.with_for_update(skip_locked=True).cte("mine")
    gone = delete(table).where(tuple_(*keys).in_(select(mine))).returning(*keys)
    async with db.write() as session:
        return len((await session.execute(gone)).all())
