"""Puts the demo into a database and its pictures into the storage."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app import indexing
from app.db import Database
from app.demo import guests
from app.demo.rows import KEY, Demo, build
from app.errors import StartupError
from app.media.storage import Storage
from app.models import Category, ContentItem, Media, Tag, User, content_tags

MODELS = (User, Media, Tag, Category, ContentItem)


async def load(
    database: Database, storage: Storage, *, force: bool = False, password: str | None = None
) -> bool:
    """Add the demo, all or nothing; False when it is there already. With a password, some of its
    people can sign in.

    Raises StartupError when the database has content of its own, unless `force` is given, and when
    that content already uses a name of the demo's.
    """
    if await _has_demo(database):
        return False
    if not force and await _has_rows(database):
        raise StartupError("The database has content of its own: add --force to load the demo too")
    demo = await _drawn(storage)
    hash = password and await guests.hashed(password)
    try:
        async with database.write() as session:
            await _insert(session, demo)
            if hash:
                await guests.let_in(session, hash)
    except IntegrityError:
        if await _has_demo(database):  # another process was faster
            return False
        raise StartupError("The database already uses a username or slug of the demo's") from None
    return True


async def load_if_empty(
    database: Database, storage: Storage, *, password: str | None = None
) -> bool:
    """Add the demo to a database without any rows; True when that was done."""
    return not await _has_rows(database) and await load(database, storage, password=password)


async def _drawn(storage: Storage) -> Demo:
    """The rows, with the files of the pictures stored."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    with TemporaryDirectory() as folder:
        demo = await asyncio.to_thread(build, Path(folder), now)
        for row in demo.media:
            key = row["storage_key"]
            await storage.put(key, Path(folder) / key, row["mime_type"])
    return demo


async def _has_rows(database: Database) -> bool:
    return any([await database.fetch(select(model.id).limit(1)) for model in MODELS])


async def _has_demo(database: Database) -> bool:
    mine = [select(model.id).where(model.import_key.startswith(KEY)).limit(1) for model in MODELS]
    return any([await database.fetch(statement) for statement in mine])


async def _insert(session: AsyncSession, demo: Demo) -> None:
    # Portraits need their owner and owners their portrait: the link is made when both are there.
    portraits = [
        {"id": row["id"], "profile_image_id": row.pop("profile_image_id"),
         "updated_at": row["updated_at"]}
        for row in demo.users
    ]  # fmt: skip
    for table, rows in (
        (User, demo.users),
        (Media, demo.media),
        (Tag, demo.tags),
        (Category, demo.categories),
        (ContentItem, demo.items),
        (content_tags, demo.links),
    ):
        await session.execute(insert(table), rows)
    await session.execute(update(User), portraits)
    await indexing.add(session, demo.entries)
