"""Reads: what they answer with, and that nobody's failure is the next one's."""

import asyncio
import gc
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import bindparam, event, func, select, text

from app.db import Database
from app.errors import Unavailable
from app.models import ContentItem, ContentStatus, User
from app.selects.sight import NOW
from tests import factories
from tests.sockets import until

ENDLESS = text("""
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers)
    SELECT count(*) FROM numbers
""")


@pytest.fixture
async def ada(db):
    ada = factories.user(username="ada", preferences={"theme": "DARK"})
    await factories.add(db, ada)
    return ada


async def test_a_row_has_its_columns_as_attributes_and_in_order(db, ada):
    columns = select(User.id, User.role, User.preferences, User.created_at, func.count().over())
    (row,) = await db.fetch(columns)
    assert row == (ada.id, ada.role, {"theme": "DARK"}, ada.created_at, 1)
    assert (row.id, row.role, row.preferences) == row[:3]
    assert type(row.role) is type(ada.role)
    assert row.created_at.utcoffset() == datetime.now(UTC).utcoffset()


async def test_what_is_null_stays_null(db, ada):
    item = factories.item(ada, status=ContentStatus.DRAFT, published_at=None)
    await factories.add(db, item)
    rows = await db.fetch(select(ContentItem.status, ContentItem.published_at))
    assert rows == [(ContentStatus.DRAFT, None)]


async def test_a_kept_statement_takes_its_values_with_each_fetch(db, ada):
    named = select(User.id).where(User.username == bindparam("name", required=True))
    assert await db.fetch(named, {"name": "ada"}) == [(ada.id,)]
    assert await db.fetch(named, {"name": "eve", "other": 1}) == []
    with pytest.raises(KeyError):
        await db.fetch(named)
    assert await db.fetch(named, {"name": "ada"}) == [(ada.id,)]


async def test_statements_of_one_shape_keep_their_own_values(db, ada):
    await factories.add(db, factories.user(username="bob"))
    for name in ("ada", "bob", "eve"):
        found = await db.fetch(select(User.username).where(User.username == name))
        assert [row.username for row in found] == [name][: name != "eve"]


async def test_lists_of_any_length(db, ada):
    for names in (["ada"], [], ["eve", "ada", "bob"], ["eve"]):
        found = await db.fetch(select(User.username).where(User.username.in_(names)))
        assert [row.username for row in found] == ["ada"] * ("ada" in names)


async def test_now_is_the_moment_of_each_fetch(db, ada):
    before_now = select(User.username).where(User.created_at < NOW).order_by(User.username)
    assert await db.fetch(before_now) == [("ada",)]
    now = datetime.now(UTC)
    made = {"bob": now, "eve": now + timedelta(hours=1)}
    await factories.add(db, *(factories.user(username=n, created_at=at) for n, at in made.items()))
    assert await db.fetch(before_now) == [("ada",), ("bob",)]


async def test_a_statement_that_is_kept_nowhere_is_forgotten(db, ada):
    statements = db._reading._statements._prepared
    for n in range(5):
        await db.fetch(select(User.id).where(User.username == str(n)))
    gc.collect()
    assert len(statements) == 1  # the one that stands for its shape


async def test_a_cancelled_read_frees_its_connection(address):
    database = Database.at(address, pool=1, timeout=60)
    await database.check()
    begun = asyncio.Event()
    stop = database.observe(lambda *_: begun.set())
    reading = asyncio.create_task(database.fetch(ENDLESS))
    await begun.wait()
    await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    stop()
    async with asyncio.timeout(10):  # the statement would go on for a minute
        assert await database.fetch(text("SELECT 1")) == [(1,)]
    await database.close()


async def test_a_read_that_is_cancelled_at_once_disturbs_nobody(address):
    database = Database.at(address, pool=1)
    await database.check()
    for _ in range(50):
        first = asyncio.create_task(database.fetch(text("SELECT 1")))
        second = asyncio.create_task(database.fetch(text("SELECT 2")))
        for _ in range(3):
            await asyncio.sleep(0)
        first.cancel()
        assert await second == [(2,)]
        await asyncio.wait([first])
    await database.close()


async def test_reads_and_writes_share_their_connections(address):
    """Reads keep theirs open; whoever writes or looks gets one all the same."""
    database = Database.at(address, pool=2)
    await asyncio.gather(*(database.fetch(text("SELECT 1")) for _ in range(4)))
    for _ in range(3):
        async with database.write() as one:
            await one.execute(text("SELECT 1"))
            assert await database.fetch(text("SELECT 1")) == [(1,)]
        await database.check()
        assert await database.fetch(text("SELECT 1")) == [(1,)]
    await database.close()


@pytest.mark.parametrize("migrated", ["postgresql"], indirect=True)
async def test_connections_that_the_server_ended_are_replaced(address):
    database, other = Database.at(address, pool=2), Database.at(address, pool=1)
    await asyncio.gather(*(database.fetch(text("SELECT 1")) for _ in range(4)))
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    await other.fetch(text(f"{end} AND datname = current_database()"))
    answers = await asyncio.gather(
        *(database.fetch(text("SELECT 1")) for _ in range(2)), return_exceptions=True
    )
    assert [one for one in answers if one != [(1,)] and not isinstance(one, Unavailable)] == []
    for _ in range(4):
        assert await database.fetch(text("SELECT 1")) == [(1,)]
    await database.close()
    await other.close()


@pytest.mark.parametrize("migrated", ["postgresql"], indirect=True)
@pytest.mark.parametrize("writes", [True, False])
async def test_connections_that_ended_unused_are_replaced_unnoticed(address, writes):
    database, other = Database.at(address, pool=3), Database.at(address, pool=1)

    async def write():
        async with database.write() as session:
            await session.execute(text("SELECT pg_sleep(0.05)"))

    opened = []
    for engine in database._engines:
        event.listen(
            engine.sync_engine, "connect", lambda new, _: opened.append(new.driver_connection)
        )
    await asyncio.gather(*(write() for _ in range(3)))
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    await other.fetch(text(f"{end} AND datname = current_database()"))
    await until(lambda: all(one.is_closed() for one in opened))  # we hear of it
    for _ in range(3):
        await (write() if writes else database.fetch(text("SELECT 1")))
    await database.check()
    await database.close()
    await other.close()


async def test_an_observer_is_told_what_ran_and_how_long(db, ada):
    told = []

    def observer(statement, parameters):
        told.append((statement, parameters))
        return told.append

    stop = db.observe(observer)
    await db.fetch(select(User.id).where(User.username == "ada"))
    stop()
    await db.fetch(select(User.id))
    (statement, parameters), seconds = told
    assert statement.startswith("SELECT users.id")
    assert parameters == ("ada",)
    assert 0 < seconds < 60
