"""The migrations make exactly what the models say, on both databases, and may run again."""

import re

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from app import migrations
from app.db import Database
from app.errors import StartupError
from app.models import Base

# What Alembic cannot compare: indexes of three-letter pieces, and where NULLs are in one.
BY_HAND = {
    "ix_content_items_published_at_id",
    "ix_content_items_title_trigrams",
    "ix_users_username_trigrams",
}
SEARCH, SHADOW = (re.compile(f"(search_index|title_trigrams){end}") for end in ("", "_"))
EVERYTHING = {*Base.metadata.tables, "alembic_version", "search_index"}


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(
        connection, opts={"include_object": by_model, "compare_type": True}
    )
    return list(compare_metadata(context, Base.metadata))


def by_model(_thing, name, _kind, _reflected, _compared) -> bool:
    return name not in BY_HAND and not SEARCH.match(name or "")


def tables(connection: Connection) -> set[str]:
    names = set(inspect(connection).get_table_names())
    return {name for name in names if not SHADOW.match(name)}


async def test_the_migrated_schema_is_what_the_models_say(db):
    assert await db.run(differences) == []


async def test_what_is_made_by_hand_is_there(db):
    listed = (
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
        if db.dialect == "postgresql"
        else "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"
    )
    indexes = dict(await db.fetch(text(listed)))
    published = indexes["ix_content_items_published_at_id"]
    if db.dialect == "postgresql":
        assert set(indexes) > {*BY_HAND, "ix_search_index_vector"}
        assert "(published_at NULLS FIRST, id)" in published
    else:
        assert set(indexes) > {"search_index", "title_trigrams"}
        assert "(published_at, id)" in published


async def test_upgrading_twice_is_harmless(db):
    await migrations.upgrade(db)

    assert await db.run(differences) == []


async def test_downgrading_leaves_nothing_and_upgrading_makes_it_again(db):
    assert await db.run(tables) - {"title_trigrams"} == EVERYTHING

    await db.run(lambda c: command.downgrade(migrations.configuration(c), "base"))
    assert await db.run(tables) == {"alembic_version"}

    await migrations.upgrade(db)
    assert await db.run(differences) == []


async def test_a_current_database_is_accepted(db):
    await migrations.require_current(db)


async def test_an_empty_database_is_refused_with_what_to_do(tmp_path):
    database = Database.at(f"sqlite:///{tmp_path / 'empty.db'}")
    try:
        with pytest.raises(StartupError) as refused:
            await migrations.require_current(database)
    finally:
        await database.close()

    assert str(refused.value) == (
        f"The database at sqlite:///{tmp_path / 'empty.db'} has no schema yet: "
        "run `thinkalike migrate`"
    )


async def test_an_outdated_database_is_refused_with_what_to_do(db):
    await db.run(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '0000'")))

    with pytest.raises(StartupError) as refused:
        await migrations.require_current(db)

    assert re.fullmatch(
        r"The database at \S+ is at schema 0000, not \d{4}: run `thinkalike migrate`",
        str(refused.value),
    )


async def test_a_database_left_by_another_version_says_so(db):
    """An unknown revision cannot be upgraded from: the reason reaches the operator."""
    await db.run(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999'")))

    with pytest.raises(Exception, match="9999"):
        await migrations.upgrade(db)
