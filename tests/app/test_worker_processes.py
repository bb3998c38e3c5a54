"""`thinkalike worker` in processes of its own: several at once, and one that is killed."""

import asyncio
import signal
import subprocess
from collections import Counter
from contextlib import contextmanager

from sqlalchemy import func, select

from app.models import ContentItem, ContentStatus, OutboxEvent
from tests import factories as make
from tests.factories import NOON
from tests.processes import CLEAN, COMMAND, run

ITEMS = 200


@contextmanager
def working(address, folder):
    """A worker that is up; told to stop at the end, unless it was killed."""
    process = subprocess.Popen(
        [*COMMAND, "worker", "--data", str(folder)],
        env=CLEAN | {"DATABASE_URL": address, "THINKALIKE_WORKER": "false"},
        cwd="/", stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        said = process.stdout.readline()
        assert said.startswith("Working for "), said or process.communicate()[1]
        yield process
    finally:
        ended = process.poll()
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == (ended or 0)
    assert errors == ""


async def due(db):
    """Items that should have been published a while ago; their ids."""
    author = make.user()
    items = [
        make.item(author, body="text", status=ContentStatus.DRAFT, scheduled_publish_at=NOON)
        for _ in range(ITEMS)
    ]
    await make.add(db, author, *items)
    return [item.id for item in items]


async def published(db, at_least):
    """Every event, once there are so many."""
    events = select(OutboxEvent.type, OutboxEvent.subject)
    while len(found := await db.fetch(events)) < at_least:  # noqa: ASYNC110 - another process tells us nothing
        await asyncio.sleep(0.01)
    return found


async def assert_each_once(db, ids):
    found = await published(db, ITEMS)
    assert Counter(found) == {("content_item.published", id): 1 for id in ids}
    states = select(ContentItem.status, func.count()).group_by(ContentItem.status)
    assert await db.fetch(states) == [(ContentStatus.PUBLISHED, ITEMS)]


async def test_two_workers_publish_each_item_once(db, address, tmp_path):
    with working(address, tmp_path), working(address, tmp_path):
        ids = await due(db)
        await assert_each_once(db, ids)


async def test_killing_a_worker_loses_nothing_and_doubles_nothing(db, address, tmp_path):
    with working(address, tmp_path) as killed:
        ids = await due(db)
        before = len(await published(db, 1))
        killed.kill()
        killed.wait()
    told = {id for _, id in await published(db, before)}
    states = select(ContentItem.id).where(ContentItem.status == ContentStatus.PUBLISHED)
    assert {id for (id,) in await db.fetch(states)} == told  # no half of a transaction
    with working(address, tmp_path):
        await assert_each_once(db, ids)


def test_a_database_that_is_down(tmp_path):
    result = run("worker", "--data", str(tmp_path), DATABASE_URL="postgresql://127.0.0.1:1/name")
    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    assert "does not answer" in result.stderr


def test_the_server_of_an_embedded_database_works_alone(tmp_path):
    result = run("worker", "--data", str(tmp_path))
    assert result.returncode == 1
    assert result.stderr == (
        "Error: With SQLite the server does its background work itself: to have it done here, "
        "start the server with THINKALIKE_WORKER=false, and this command, too\n"
    )
