"""Jobs: what a change asks to be done after it, such as a mail. Kept in its transaction, done at
least once by whichever worker comes first (app/handlers.py says how each kind is done). One that
fails again and again is given up; it stays to be looked at until housekeeping removes it."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Database
from app.models import Job
from app.models.base import Document, now

LEASE = timedelta(minutes=5)  # after which a worker that has not reported is taken for dead
MAX_ATTEMPTS = 10
MAX_REASON = 500
BATCH = 10
NEVER = datetime.fromisoformat("9999-01-01T00:00:00+00:00")
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=15), timedelta(hours=1)

Claimed = Row[str, str, Document, int]


def enqueue(
    session: AsyncSession, kind: str, payload: Document, due_at: datetime | None = None
) -> Job:
    """Have a job done, at `due_at` or at once, if the transaction of `session` is committed.

    A payload is readable to whoever reads the database until the job is done, or given up and
    removed: ids, an address where there is none, and no secrets.
    """
    job = Job(kind=kind, payload=payload, due_at=due_at or now())
    session.add(job)
    return job


async def withdraw(session: AsyncSession, job: Job) -> bool:
    """Take back a job that no worker has begun; whether that was in time."""
    gone = delete(Job).where(Job.id == job.id, Job.attempts == 0).returning(Job.id)
    return (await session.execute(gone)).first() is not None


async def hasten(session: AsyncSession, job: Job) -> bool:
    """Have a job that no worker has begun done at once; whether that was in time."""
    mine = (Job.id == job.id, Job.attempts == 0)
    sooner = update(Job).where(*mine).values(due_at=now()).returning(Job.id)
    return (await session.execute(sooner)).first() is not None


async def claim(db: Database, at: datetime) -> Sequence[Claimed]:
    """Jobs that are due, for nobody else until their lease is over."""
    due = select(Job.id).where(Job.due_at <= at).order_by(Job.due_at, Job.id).limit(BATCH)
    if not await db.fetch(due.limit(1)):
        return []  # most of the time; nobody who writes has to wait for this
    # As a CTE it runs once: a subquery with a limit may be run, and lock rows, again and again.
    mine = due.with_for_update(skip_locked=True).cte("mine")
    taken = (
        update(Job)
        .where(Job.id.in_(select(mine.c.id)))
        .values(due_at=at + LEASE, attempts=Job.attempts + 1)
        .returning(Job.id, Job.kind, Job.payload, Job.attempts)
    )
    async with db.write() as session:
        return (await session.execute(taken)).all()


async def finish(db: Database, job: Claimed) -> None:
    """Forget a job that is done."""
    async with db.write() as session:
        await session.execute(delete(Job).where(Job.id == job.id))


async def postpone(db: Database, job: Claimed, reason: str, at: datetime) -> bool:
    """Have a job that failed done later; False when it has failed too often, and is given up.

    Somebody else may have claimed it since: then it is theirs.
    """
    again: bool = job.attempts < MAX_ATTEMPTS
    due_at = at + wait(job.attempts) if again else NEVER
    mine = (Job.id == job.id, Job.attempts == job.attempts)
    changed = update(Job).where(*mine).values(due_at=due_at, error=reason[:MAX_REASON])
    async with db.write() as session:
        await session.execute(changed)
    return again


def wait(attempts: int) -> timedelta:
    """Twice as long after each attempt, and not all at the same moment."""
    longest = min(FIRST_WAIT * (1 << attempts), LONGEST_WAIT)
    return longest * random.uniform(0.75, 1.25)  # noqa: S311
