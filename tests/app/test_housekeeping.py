"""What nobody needs any more goes, and nothing else."""

from datetime import timedelta

from sqlalchemy import func, select

from app import housekeeping, ids
from app.housekeeping import sweep
from app.jobs import NEVER
from app.models import (
    Attempt,
    IdempotencyRecord,
    Job,
    MailedToken,
    PreviewToken,
    Purpose,
    RefreshToken,
    Session,
)
from tests import factories as make
from tests.factories import NOON

MOMENT, DAY = timedelta(microseconds=1), timedelta(days=1)


def rows(user, item, name, at, *, session_at, attempt_at, blocked_until=None):
    session = Session(id=ids.new(ids.SESSION), user_id=user.id, expires_at=session_at)
    return [
        IdempotencyRecord(owner=user.id, key=name, fingerprint="", expires_at=at),
        MailedToken(
            digest=name, user_id=user.id, purpose=Purpose.VERIFY_EMAIL, email_key="", expires_at=at
        ),
        PreviewToken(digest=name, item_id=item.id, expires_at=at),
        session,
        RefreshToken(digest=f"{name} 1", session_id=session.id),
        RefreshToken(digest=f"{name} 2", session_id=session.id),
        Attempt(key=name, last_at=attempt_at, blocked_until=blocked_until),
    ]


async def names(db):
    columns = (
        IdempotencyRecord.key, MailedToken.digest, PreviewToken.digest, RefreshToken.digest,
        Attempt.key,
    )  # fmt: skip
    found = [list(await db.fetch(select(c).order_by(c))) for c in columns]
    sessions = await db.fetch(select(func.count()).select_from(Session))
    return [[row[0] for row in one] for one in found], sessions[0][0]


async def test_what_is_over_goes_and_the_rest_stays(db):
    user = make.user()
    item = make.item(user)
    old = rows(user, item, "old", NOON, session_at=NOON - 30 * DAY, attempt_at=NOON - DAY)
    new = rows(
        user, item, "new", NOON + MOMENT,
        session_at=NOON - 30 * DAY + MOMENT, attempt_at=NOON - DAY + MOMENT,
    )  # fmt: skip
    blocked = Attempt(key="blocked", last_at=NOON - 9 * DAY, blocked_until=NOON + MOMENT)
    await make.add(db, user, item, *old, *new, blocked)

    assert not await sweep(db, NOON)
    assert await names(db) == (
        [["new"], ["new"], ["new"], ["new 1", "new 2"], ["blocked", "new"]],
        1,
    )


async def test_a_job_that_was_given_up_goes_after_a_week(db):
    given_up, waiting = {"due_at": NEVER}, {"due_at": NOON + DAY}
    made = {"old": NOON - 7 * DAY, "new": NOON - 7 * DAY + MOMENT}
    jobs = [
        Job(kind=name, payload={"email": "ann@example.org"}, created_at=at, **due)
        for name, at in made.items()
        for due in (given_up, waiting)
    ]
    await make.add(db, *jobs)

    assert not await sweep(db, NOON)
    left = await db.fetch(select(Job.kind, Job.due_at).order_by(Job.kind, Job.due_at))
    assert left == [("new", NOON + DAY), ("new", NEVER), ("old", NOON + DAY)]


async def test_nothing_old_costs_no_transaction(db, statements):
    assert not await sweep(db, NOON)
    assert len(statements) == len(housekeeping.OLD)


async def test_much_goes_bit_by_bit(db, monkeypatch):
    monkeypatch.setattr(housekeeping, "BATCH", 3)
    user = make.user()
    item = make.item(user)
    old = [
        row
        for name in "abcd"
        for row in rows(user, item, name, NOON, session_at=NOON - 31 * DAY, attempt_at=NOON - DAY)
    ]
    await make.add(db, user, item, *old)

    assert await sweep(db, NOON)
    left, sessions = await names(db)
    assert [len(one) for one in left] == [1, 1, 1, 5, 1]
    assert sessions >= 3
    assert await sweep(db, NOON)
    assert not await sweep(db, NOON)
    assert await names(db) == ([[], [], [], [], []], 0)
