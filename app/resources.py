"""Everything outside the process that requests use: opened once, closed at the end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app import migrations
from app.auth.callers import Callers
from app.auth.passwords import Passwords
from app.auth.tokens import Tokens
from app.auth.vault import Vault
from app.db import Database
from app.documents import DocumentStore, MemoryDocuments, RedisDocuments
from app.flags import Flags
from app.limits.gate import Gate
from app.limits.limiter import Limiter
from app.mail import Mailer, mailer
from app.media.intake import Intake
from app.media.storage import Storage, storage
from app.media.upload import sweep
from app.metrics.counted import Metrics
from app.pagination import Cursors
from app.secret import secret_key
from app.settings import Settings
from app.tracing.start import started
from app.usage import Usage

if TYPE_CHECKING:  # an extra, which need not be there
    from app.tracing.spans import Tracing


@dataclass(frozen=True, slots=True)
class Resources:
    settings: Settings
    db: Database
    documents: DocumentStore
    flags: Flags
    limiter: Limiter
    gate: Gate
    cursors: Cursors
    tokens: Tokens
    callers: Callers
    passwords: Passwords
    vault: Vault
    mailer: Mailer
    storage: Storage
    intake: Intake
    metrics: Metrics
    usage: Usage
    tracing: "Tracing | None"

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
        metrics = Metrics()
        db.observe(metrics.statement)
        tracing = started(settings, db.dialect)
        if tracing is not None:
            db.observe(tracing.statement)
        return cls(
            settings=settings,
            db=db,
            documents=documents,
            flags=Flags(db, settings),
            limiter=Limiter.of(settings, metrics.alone),
            gate=Gate.of(settings),
            cursors=Cursors(secret),
            tokens=tokens,
            callers=Callers(db, tokens, metrics.alone),
            passwords=Passwords(),
            vault=Vault.of(settings, secret),
            mailer=mailer(settings),
            storage=storage(settings),
            intake=Intake(max_bytes=settings.max_upload_bytes, max_pixels=settings.max_pixels),
            metrics=metrics,
            usage=Usage(db),
            tracing=tracing,
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
            await self.close()

    async def close(self) -> None:
        self.passwords.close()
        self.intake.close()
        await self.callers.close()
        await self.limiter.close()
        await self.documents.close()
        await self.db.close()
        if self.tracing is not None:
            await self.tracing.close()
