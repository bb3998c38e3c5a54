"""A file on its way into the storage, before the row that it belongs to is there.

A job to remove it is written first, and forgotten by the transaction that writes the row: however
this ends, be it with the process, no file stays that belongs to nothing.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app import jobs
from app.db import Database
from app.errors import StorageUnavailable, Unavailable
from app.media.intake import Inspected
from app.media.keys import new_key
from app.media.storage import Storage
from app.models import Job
from app.models.base import now

PATIENCE = timedelta(hours=1)
"""How long an upload may take once its file is being stored."""


@dataclass(slots=True)
class Arrival:
    """A stored file, that goes again unless it is kept."""

    file: Inspected
    key: str
    removal: Job
    kept: bool = False

    async def keep(self, session: AsyncSession) -> None:
        """Have the file stay, if the transaction of `session` is committed.

        Raises StorageUnavailable when it took so long that the file may be gone.
        """
        if not await jobs.withdraw(session, self.removal):
            raise StorageUnavailable("Storing the file took too long: send it again")
        self.kept = True


@asynccontextmanager
async def arriving(db: Database, storage: Storage, file: Inspected) -> AsyncIterator[Arrival]:
    """The file, stored. Raises Unavailable."""
    key = new_key(file.extension)
    async with db.write() as session:
        removal = jobs.enqueue(session, "media.remove_file", {"key": key}, now() + PATIENCE)
    arrival = Arrival(file, key, removal)
    try:
        await storage.put(key, file.path, file.mime_type)
        yield arrival
    except BaseException:
        await _remove(db, storage, arrival)
        raise
    if not arrival.kept:
        await _remove(db, storage, arrival)


async def _remove(db: Database, storage: Storage, arrival: Arrival) -> None:
    """Remove the file, unless its row is there whatever was said; what fails is for the job."""
    with suppress(Unavailable):
        async with db.write() as session:
            alone = await jobs.hasten(session, arrival.removal)
        if alone:
            await storage.delete(arrival.key)
            async with db.write() as session:
                await jobs.withdraw(session, arrival.removal)
