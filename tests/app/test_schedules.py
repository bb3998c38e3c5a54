"""What is planned is done once its time has come: once, whoever and how many do it."""

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from app.models import ContentDraft, ContentItem, ContentStatus, OutboxEvent, Revision
from app.operations.content import edit
from app.operations.content.schedule import AT_ONCE
from app.operations.work import Work
from app.permissions import Actor, Role
from app.worker import follow_schedules
from tests import factories as make

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
DRAFT, PUBLISHED, ARCHIVED = ContentStatus


async def statuses(db):
    rows = await db.fetch(select(ContentItem.title, ContentItem.status).order_by(ContentItem.id))
    return {row.title: row.status for row in rows}


async def told(db):
    rows = select(OutboxEvent.type, OutboxEvent.subject).order_by(OutboxEvent.sequence)
    return [tuple(row) for row in await db.fetch(rows)]


def planned(author, title, status, publish=None, unpublish=None, **columns):
    return make.item(
        author, title=title, status=status, body=columns.pop("body", "b"),
        scheduled_publish_at=publish, scheduled_unpublish_at=unpublish, **columns,
    )  # fmt: skip


async def test_what_is_due_is_done_and_what_is_not_is_left(db, resources):
    ada = make.user()
    due, later = NOW - HOUR, NOW + HOUR
    items = [
        planned(ada, "due", DRAFT, due),
        planned(ada, "until later", DRAFT, due, later),
        planned(ada, "later", DRAFT, later),
        planned(ada, "over", PUBLISHED, None, due),
        planned(ada, "missed", DRAFT, NOW - 2 * HOUR, due),
        planned(ada, "thrown away", DRAFT, due, deleted_at=NOW),
        planned(ada, "put away", ARCHIVED, due),
    ]
    await make.add(db, ada, *items)

    assert await follow_schedules(resources, NOW)
    assert await statuses(db) == {
        "due": PUBLISHED, "until later": PUBLISHED, "later": DRAFT, "over": DRAFT,
        "missed": DRAFT, "thrown away": DRAFT, "put away": PUBLISHED,
    }  # fmt: skip
    planned_still = select(ContentItem.scheduled_publish_at, ContentItem.scheduled_unpublish_at)
    by_title = planned_still.order_by(ContentItem.title)
    assert await db.fetch(by_title.where(ContentItem.title.in_(("later", "until later")))) == [
        (later, None), (None, later),
    ]  # fmt: skip
    others = by_title.where(ContentItem.title.in_(("due", "over", "missed", "put away")))
    assert await db.fetch(others) == [(None, None)] * 4
    assert not await follow_schedules(resources, NOW)


async def test_the_changes_of_a_published_item(db, resources):
    ada = make.user()
    item = make.item(ada, title="Before", body="b")
    await make.add(db, ada, item)
    async with db.write() as session:
        author = Actor(ada.id, Role.USER)
        await edit.update(Work(session, author, "test", NOW), item.id, {"title": "After"})
        await session.execute(update(ContentItem).values(scheduled_publish_at=NOW - HOUR))

    assert await follow_schedules(resources, NOW)
    assert await statuses(db) == {"After": PUBLISHED}
    assert await db.fetch(select(ContentDraft.item_id)) == []


async def test_what_cannot_be_published_is_told_and_does_not_stop_the_others(db, resources):
    ada = make.user()
    empty, full = planned(ada, "empty", DRAFT, NOW, body=" "), planned(ada, "full", DRAFT, NOW)
    await make.add(db, ada, empty, full)

    assert await follow_schedules(resources, NOW)
    assert await statuses(db) == {"empty": DRAFT, "full": PUBLISHED}
    assert sorted(await told(db)) == [
        ("content_item.published", full.id), ("content_item.schedule_failed", empty.id),
    ]  # fmt: skip
    assert not await follow_schedules(resources, NOW)


async def test_several_at_once_do_everything_once(db, resources):
    ada = make.user()
    many = [planned(ada, f"{n}", DRAFT, NOW - HOUR) for n in range(2 * AT_ONCE + 10)]
    await make.add(db, ada, *many)

    async def work():
        while await follow_schedules(resources, NOW):
            pass

    await asyncio.gather(*(work() for _ in range(4)))

    assert sorted(await told(db)) == sorted(("content_item.published", item.id) for item in many)


async def test_what_nobody_expected_stops_nothing_but_itself(db, resources, caplog):
    ada = make.user()
    broken = planned(ada, "broken", PUBLISHED, NOW)
    sound = [planned(ada, f"sound {n}", DRAFT, NOW) for n in range(3)]
    await make.add(db, ada, sound[0], broken, *sound[1:])
    await make.add(
        db,
        Revision(item_id=broken.id, number=1, snapshot={"nothing": "of use"}),
        ContentDraft(item_id=broken.id, revision=1, version=2),
    )

    assert await follow_schedules(resources, NOW)

    assert set((await statuses(db)).values()) == {PUBLISHED}
    assert sorted(await told(db)) == sorted(
        [("content_item.published", item.id) for item in sound]
        + [("content_item.schedule_failed", broken.id)]
    )
    due = select(ContentItem.id).where(ContentItem.scheduled_publish_at.is_not(None))
    assert await db.fetch(due) == []
    assert [record.getMessage() for record in caplog.records] == [
        f"To carry_out what is planned for {broken.id} failed"
    ]
    assert not await follow_schedules(resources, NOW)
