"""The two doors of the database, and what is said when it does not answer."""

import asyncio
import gc

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.db import Database, parse
from app.errors import StartupError, Unavailable
from app.models import User
from tests import factories


async def usernames(db):
    return {row.username for row in await db.fetch(select(User.username))}


async def test_a_write_is_committed_at_its_end(db):
    async with db.write() as session:
        session.add(factories.user(username="ada"))
    assert await usernames(db) == {"ada"}


async def test_a_write_that_fails_changes_nothing(db):
    async def fail():
        async with db.write() as session:
            session.add(factories.user())
            await session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await usernames(db) == set()


async def test_a_read_of_sqlite_cannot_write(tmp_path):
    database = Database.at(f"sqlite:///{tmp_path / 'test.db'}")
    with pytest.raises(DBAPIError, match="readonly"):
        await database.fetch(text("CREATE TABLE things (id)"))
    await database.close()


async def test_writes_at_the_same_time_all_happen(db):
    async def write(n):
        async with db.write() as session:
            count = len((await session.scalars(select(User.id))).all())
            session.add(factories.user(username=f"user{n}", bio=str(count)))

    await asyncio.gather(*(write(n) for n in range(30)))
    assert len(await usernames(db)) == 30


async def test_a_mistake_of_ours_is_not_taken_for_a_database_that_is_down(db):
    with pytest.raises(DBAPIError):
        await db.fetch(text("SELECT nonsense FROM nowhere"))
    ada = factories.user()
    with pytest.raises(IntegrityError):
        await factories.add(db, factories.item(ada))


async def test_a_database_that_went_away_is_unavailable(address):
    database = Database.at(address)
    await database.check()
    elsewhere = address.replace("?host=/tmp", "?host=/nowhere").replace("/test.db", "/gone/test.db")
    gone = Database.at(elsewhere, pool=1)
    with pytest.raises(StartupError, match=r"^The database at .* does not answer: [^\n]+$"):
        await gone.check()
    with pytest.raises(Unavailable):
        await gone.fetch(text("SELECT 1"))
    async with gone._place(gone.reader):  # the only one
        with pytest.raises(StartupError):
            await gone.check()
    await gone.close()
    await database.close()


async def test_a_statement_that_takes_too_long_is_stopped(address):
    database = Database.at(address, timeout=1)
    endless = """
        WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers)
        SELECT count(*) FROM numbers
    """
    with pytest.raises(Unavailable):
        await database.fetch(text(endless))
    assert await database.fetch(text("SELECT 1")) == [(1,)]
    await database.close()


async def test_an_error_of_the_caller_is_not_the_databases(db):
    async def fail():
        async with db.write():
            raise FileNotFoundError

    with pytest.raises(FileNotFoundError):
        await fail()


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("nonsense", "DATABASE_URL is not an address: expected postgresql://"),
        ("mysql://host/name", "DATABASE_URL names 'mysql': only postgresql and sqlite are served"),
        ("sqlite://", "DATABASE_URL names no file"),
        ("sqlite:///:memory:", "DATABASE_URL names no file"),
        ("postgresql://host:port/name", "DATABASE_URL is not an address"),
    ],
)
def test_an_address_that_cannot_be_used_is_explained(address, message):
    with pytest.raises(StartupError) as refusal:
        parse(address)
    assert str(refusal.value).startswith(message)


def test_addresses_as_other_tools_write_them_are_understood():
    assert parse("postgres://u:p@h/n").drivername == "postgresql+asyncpg"
    url = parse("postgresql://u:p@h/n?sslmode=require")
    assert dict(url.query) == {"ssl": "require"}


def test_a_password_is_never_shown():
    assert str(Database.at("postgresql://u:secret@h/n")) == "postgresql://u:***@h/n"


async def test_closing_waits_for_what_is_under_way(address):
    database = Database.at(address, pool=2)
    reads = [asyncio.create_task(database.fetch(text("SELECT 1"))) for _ in range(6)]
    await asyncio.sleep(0)
    await database.close()

    assert [await read for read in reads] == [[(1,)]] * 6
    await database.close()


async def test_a_write_that_is_cancelled_at_any_moment_keeps_no_lock(tmp_path):
    db = Database.at(f"sqlite:///{tmp_path}/x.db", timeout=5)
    async with db.write() as session:
        await session.execute(text("CREATE TABLE t (a)"))

    async def write() -> None:
        async with db.write() as session:
            rows = await session.execute(text("INSERT INTO t VALUES (1), (2) RETURNING a"))
            assert len(rows.all()) == 2

    gc.disable()  # it would end forgotten cursors, some day
    try:
        for moment in range(200):
            cancelled = asyncio.create_task(write())
            await asyncio.sleep(moment / 100_000)
            cancelled.cancel()
            await asyncio.gather(cancelled, return_exceptions=True)
            await write()
    finally:
        gc.enable()
    await db.close()
