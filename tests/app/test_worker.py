"""The worker: every duty goes on whatever happens to the others, and ends when told."""

import asyncio
import logging
import re
import sqlite3
from collections import Counter
from contextlib import AsyncExitStack, asynccontextmanager, closing
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from sqlalchemy import func, select

from app import housekeeping, worker
from app.db import Database
from app.documents import MemoryDocuments
from app.handlers import HANDLERS
from app.jobs import enqueue
from app.main import create_app
from app.models import AuditEntry, ContentItem, ContentStatus, Job, OutboxEvent
from app.resources import Resources
from app.worker import do_jobs, follow_schedules, keep_house, working
from tests import factories as make
from tests.app.test_plans import FORCED, explained
from tests.factories import NOON

KIND = "test.greet"
EVENTS = select(OutboxEvent.type, OutboxEvent.subject)


class Log(logging.Handler):
    """What the worker says, as it says it."""

    def __init__(self):
        super().__init__()
        self.said = asyncio.Queue()

    def emit(self, record):
        self.said.put_nowait(record.getMessage())


@pytest.fixture
def log():
    log = Log()
    logging.getLogger("thinkalike.worker").addHandler(log)
    yield log
    logging.getLogger("thinkalike.worker").removeHandler(log)


@pytest.fixture
def impatient(monkeypatch):
    """A worker that hardly pauses."""
    monkeypatch.setattr(worker, "DUTIES", dict.fromkeys(worker.DUTIES, 0.001))
    monkeypatch.setattr(worker, "LONGEST_PAUSE", 0.001)


async def ask_for(db, name):
    async with db.write() as session:
        enqueue(session, KIND, {"name": name})


async def jobs(db):
    return (await db.fetch(select(func.count()).select_from(Job)))[0][0]


def greeting(monkeypatch):
    """The names from jobs that are done, as they are done."""
    greeted = asyncio.Queue()

    async def greet(_resources, payload):
        greeted.put_nowait(payload["name"])

    monkeypatch.setitem(HANDLERS, KIND, greet)
    return greeted


async def due(db, count, **columns):
    """So many items that should have been published a while ago."""
    author = make.user()
    items = [
        make.item(
            author, body="text", status=ContentStatus.DRAFT, scheduled_publish_at=NOON, **columns
        )
        for _ in range(count)
    ]
    await make.add(db, author, *items)
    return [item.id for item in items]


async def test_what_is_scheduled_is_published_by_the_server_itself(db, resources):
    [id] = await due(db, 1)
    assert await follow_schedules(resources, NOON)
    assert not await follow_schedules(resources, NOON)

    assert await db.fetch(EVENTS) == [("content_item.published", id)]
    entry = await db.fetch(select(AuditEntry.actor_id, AuditEntry.request_id))
    assert entry == [(None, "worker")]


async def test_two_workers_publish_two_hundred_items_once_each(db, address, settings, resources):
    ids = await due(db, 200)
    other = Database.at(address, pool=5)
    second = Resources.on(other, MemoryDocuments(), settings)

    async def work(mine):
        while await follow_schedules(mine, datetime.now(UTC)):
            pass

    await asyncio.gather(work(resources), work(second), work(resources))
    await other.close()

    assert Counter(await db.fetch(EVENTS)) == {("content_item.published", id): 1 for id in ids}
    status = select(ContentItem.status, func.count()).group_by(ContentItem.status)
    assert await db.fetch(status) == [(ContentStatus.PUBLISHED, 200)]


async def test_looking_for_something_to_do_reads_no_whole_table(db, resources):
    seen = []
    stop = db.observe(lambda *statement: seen.append(statement))
    for duty in worker.DUTIES:
        assert not await duty(resources, NOON)
    stop()

    plans = [await explained(db, *statement, FORCED) for statement in seen]
    assert len(plans) == 2 + len(housekeeping.OLD)
    assert [plan for plan in plans if re.search("Seq Scan|^SCAN", plan, re.MULTILINE)] == []


async def test_a_worker_works_as_long_as_it_is_needed(db, resources, monkeypatch, impatient):
    greeted = greeting(monkeypatch)
    async with working(resources):
        await ask_for(db, "ada")
        assert await greeted.get() == "ada"
        await ask_for(db, "bob")
        assert await greeted.get() == "bob"
    await ask_for(db, "cid")
    assert (greeted.empty(), await jobs(db)) == (True, 1)


async def test_the_server_works_between_its_start_and_its_end(db, settings, monkeypatch, address):
    greeted = greeting(monkeypatch)
    await ask_for(db, "ada")
    for chosen, done in ((settings.model_copy(update={"worker": False}), []), (settings, ["ada"])):
        app = create_app(
            Resources.on(Database.at(address, pool=5), MemoryDocuments(), chosen), doors=[]
        )
        async with app.router.lifespan_context(app):
            if chosen.worker:
                assert await greeted.get() == "ada"
        assert await jobs(db) == 1 - len(done)


async def test_what_has_begun_is_finished_first(db, resources, monkeypatch):
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def greet(_resources, _payload):
        begun.set()
        await go_on.wait()

    monkeypatch.setitem(HANDLERS, KIND, greet)
    await ask_for(db, "ada")
    stack = AsyncExitStack()
    await stack.enter_async_context(working(resources))
    await begun.wait()
    closing = asyncio.create_task(stack.aclose())
    assert await jobs(db) == 1
    assert not closing.done()

    go_on.set()
    await closing
    assert await jobs(db) == 0


async def test_what_does_not_end_is_cut_off_and_done_again_later(db, resources, monkeypatch, log):
    begun = asyncio.Event()

    async def greet(_resources, _payload):
        begun.set()
        await asyncio.Event().wait()

    monkeypatch.setitem(HANDLERS, KIND, greet)
    monkeypatch.setattr(worker, "GRACE", 0.01)
    await ask_for(db, "ada")
    async with working(resources):
        await begun.wait()

    assert await log.said.get() == "Background work was cut off; it is done again later"
    [job] = await db.fetch(select(Job.attempts, Job.due_at))
    assert job.attempts == 1
    assert job.due_at > datetime.now(UTC) + timedelta(minutes=4)


async def test_a_mistake_in_one_duty_is_logged_and_the_others_go_on(
    db, resources, monkeypatch, log
):
    async def broken(_resources, _at):
        raise ZeroDivisionError

    greeted = greeting(monkeypatch)
    monkeypatch.setattr(worker, "DUTIES", {broken: 0.001, do_jobs: 0.001})
    async with working(resources):
        for _ in range(3):
            assert await log.said.get() == "Background work failed at broken"
        await ask_for(db, "ada")
        assert await greeted.get() == "ada"


@asynccontextmanager
async def away(address):
    """A database that lets nobody in (PostgreSQL), or nobody write (SQLite)."""
    if address.startswith("sqlite"):
        with closing(sqlite3.connect(address.removeprefix("sqlite:///"))) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
        return
    admin = await asyncpg.connect(re.sub(r"/test_\d+", "/postgres", address))
    name = re.search(r"test_\d+", address)[0]
    await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    await admin.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1", name
    )
    yield
    await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    await admin.close()


async def test_a_database_that_is_away_is_waited_for(
    db, address, settings, monkeypatch, impatient, log
):
    tried = asyncio.Queue()

    async def tell_and_do_jobs(resources, at):
        tried.put_nowait(at)
        return await do_jobs(resources, at)

    monkeypatch.setattr(worker, "DUTIES", {tell_and_do_jobs: 0.001, keep_house: 0.001})
    greeted = greeting(monkeypatch)
    await ask_for(db, "ada")
    mine = Database.at(address, pool=5, timeout=1)
    async with AsyncExitStack() as later:
        async with away(address):
            await later.enter_async_context(
                working(Resources.on(mine, MemoryDocuments(), settings))
            )
            for _ in range(5):
                await tried.get()
            assert greeted.empty()
        assert await greeted.get() == "ada"
    await mine.close()

    assert [log.said.get_nowait() for _ in range(log.said.qsize())] == [
        "Background work waits: The database does not answer; try again later",
        "Background work goes on",
    ]
