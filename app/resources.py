"""Everything outside the process that requests use: opened once, closed at the end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from app import migrations
from app.auth.callers import Callers
from app.auth.passwords import Passwords
from app.auth.tokens import Tokens
from app.auth.vault import Vault
from app.db import Database
from app.documents import DocumentStore, MemoryDocuments, RedisDocuments
from app.mail import Mailer, mailer
from app.media.intake import Intake
from app.media.storage import Storage, storage
from app.media.upload import sweep
from app.pagination import Cursors
from app.secret import secret_key
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Resources:
    settings: Settings
    db: Database
    documents: DocumentStore
    cursors: Cursors
    tokens: Tokens
    callers: Callers
    passwords: Passwords
    vault: Vault
    mailer: Mailer
    storage: Storage
    intake: Intake

    @classmethod
    def of(cls, settings: Settings) -> "Resources":
        """What the settings name; no connection is made yet. Raises StartupError."""
        db = Database.at(
            settings.database, pool=settings.database_pool, timeout=settings.database_timeout
        )
        redis = settings.redis_url
        documents = RedisDocuments(redis.get_secret_value()) if redis else MemoryDocuments()
        return cls.on(db, documents, settings)

    @classmethod
    def on(cls, db: Database, documents: DocumentStore, settings: Settings) -> "Resources":
        """The same around a database and documents that are there. Raises StartupError."""
        secret = secret_key(settings)
        tokens = Tokens.of(settings, secret)
        return cls(
            settings=settings,
            db=db,
            documents=documents,
            cursors=Cursors(secret),
            tokens=tokens,
            callers=Callers(db, tokens),
            passwords=Passwords(),
            vault=Vault.of(settings, secret),
            mailer=mailer(settings),
            storage=storage(settings),
            intake=Intake(max_bytes=settings.max_upload_bytes, max_pixels=settings.max_pixels),
        )

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Raises StartupError when the database does not answer or lacks the newest schema, or
        files cannot be stored."""
        try:
            await self.db.check()
            await migrations.require_current(self.db)
            await self.storage.check()
            await asyncio.to_thread(sweep, self.settings.uploads_dir)
            yield
        finally:
            self.passwords.close()
            self.intake.close()
            await self.callers.close()
            await self.documents.close()
            await self.db.close()
