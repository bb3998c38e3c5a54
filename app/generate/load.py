"""Writes what is generated: in batches, in one transaction."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import islice
from typing import TypeVar

from sqlalchemy import Table, insert, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app import indexing
from app.db import Database
from app.errors import StartupError
from app.generate import rows
from app.generate.plan import Plan
from app.models import Base, Category, ContentItem, Media, Tag, User, content_tags

BATCH = 1_000

# Indexes with random keys want memory: pages for SQLite's, lists of what is to be put into
# PostgreSQL's inverted ones. The lists are emptied afterwards, since a search reads them whole.
_BEFORE = {
    "sqlite": ("PRAGMA cache_size = -262144",),
    "postgresql": (
        "SET LOCAL gin_pending_list_limit = '64MB'",
        "SET LOCAL work_mem = '128MB'",
    ),
}
_AFTER = {
    "sqlite": ("ANALYZE",),
    "postgresql": (
        "SELECT gin_clean_pending_list('ix_search_index_vector')",
        "SELECT gin_clean_pending_list('ix_content_items_title_trigrams')",
        "ANALYZE",
    ),
}

T = TypeVar("T")
Advance = Callable[[str, int], None]


async def generate(
    database: Database, plan: Plan, advance: Advance = lambda _what, _n: None
) -> None:
    """Add the rows of `plan`, all or none; `advance` is told how many rows of what were written.

    Raises StartupError when rows of the same seed are there already.
    """
    try:
        async with database.write() as session:
            for statement in _BEFORE[database.dialect]:
                await session.execute(text(statement))
            await _write(session, plan, advance)
    except IntegrityError:
        raise StartupError(
            f"The database has rows already generated with this seed, {plan.seed}: choose another"
        ) from None
    async with database.write() as session:
        for statement in _AFTER[database.dialect]:
            await session.execute(text(statement))


async def _write(session: AsyncSession, plan: Plan, advance: Advance) -> None:
    for what, model, source in (
        ("users", User, rows.users),
        ("media", Media, rows.media),
        ("tags", Tag, rows.tags),
    ):
        async for batch in _batches(source(plan)):
            await _insert(session, model, [row for row, _ in batch])
            await indexing.add(session, [entry for _, entry in batch])
            advance(what, len(batch))
    await _insert(session, Category, rows.categories(plan))
    async for some in _batches(rows.items(plan)):
        await _insert(session, ContentItem, [row for row, _, _ in some])
        await _insert(session, content_tags, [link for _, links, _ in some for link in links])
        await indexing.add(session, [entry for _, _, entry in some])
        advance("items", len(some))


async def _insert(session: AsyncSession, table: type[Base] | Table, values: list[rows.Row]) -> None:
    if values:
        await session.execute(insert(table), values)


async def _batches(source: Iterator[T]) -> AsyncIterator[list[T]]:
    """Batches of `source`, the next one made in a thread while the last one is written."""

    def take() -> list[T]:
        return list(islice(source, BATCH))

    coming = asyncio.create_task(asyncio.to_thread(take))
    while batch := await coming:
        coming = asyncio.create_task(asyncio.to_thread(take))
        yield batch
