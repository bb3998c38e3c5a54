"""Everything outside the process that requests use: opened once, closed at the end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from app import migrations
from app.db import Database
from app.documents import DocumentStore, MemoryDocuments, RedisDocuments
from app.pagination import Cursors
from app.secret import secret_key
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Resources:
    settings: Settings
    db: Database
    documents: DocumentStore
    cursors: Cursors

    @classmethod
    def of(cls, settings: Settings) -> "Resources":
        """What the settings name; no connection is made yet. Raises StartupError."""
        redis = settings.redis_url
        return cls(
            settings,
            Database.at(
                settings.database, pool=settings.database_pool, timeout=settings.database_timeout
            ),
            RedisDocuments(redis.get_secret_value()) if redis else MemoryDocuments(),
            Cursors(secret_key(settings)),
        )

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Raises StartupError when the database does not answer or lacks the newest schema."""
        try:
            await self.db.check()
            await migrations.require_current(self.db)
            yield
        finally:
            await self.documents.close()
            await self.db.close()
