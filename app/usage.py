"""What of the schema is in use, and by whom: counted in memory, added up in the database.

Several processes add to the same rows. What was counted is lost when a process is killed: at most
what came within PAUSE.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, date, datetime

from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Database, Rows
from app.errors import Unavailable
from app.http.client import OTHER, Client
from app.models import FieldUsage
from app.operations.inserts import insert

logger = logging.getLogger(__name__)

PAUSE = 60.0
"""Seconds between two additions to the database."""

MAX_CLIENTS = 100
"""Versions of clients that are told apart on a day; the others are one, called other."""

MAX_KINDS = 2_000
"""Pairs of a client and an operation that are remembered before they are added up."""

Fields = frozenset[str]
"""Schema coordinates: `Query.items`, `Query.items(limit:)`."""


class Usage:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._kinds: Counter[tuple[Client, Fields]] = Counter()
        self._sums: Counter[tuple[Client, str]] = Counter()

    def count(self, client: Client, fields: Fields) -> None:
        """That an operation was run, which asks for `fields`."""
        self._kinds[client, fields] += 1
        if len(self._kinds) > MAX_KINDS:
            self._add_up()

    async def flush(self, day: date) -> None:
        """Add what was counted to a day of the database's. Raises Unavailable; then it is added
        the next time."""
        self._add_up()
        if not self._sums:
            return
        sums, self._sums = self._sums, Counter()
        try:
            async with self._db.write() as session:
                await _add(session, day, sums)
        except BaseException:
            self._sums.update(sums)
            raise

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Flushes in the background, and at the end."""
        repeating = asyncio.create_task(self._repeat())
        try:
            yield
        finally:
            repeating.cancel()
            with suppress(asyncio.CancelledError):
                await repeating
            await self._try()

    async def _repeat(self) -> None:
        while True:
            await asyncio.sleep(PAUSE)
            await self._try()

    async def _try(self) -> None:
        try:
            await self.flush(datetime.now(UTC).date())
        except Unavailable as error:
            logger.warning("The usage of fields is not written down yet: %s", error)
        except Exception:
            logger.exception("The usage of fields could not be written down")

    def _add_up(self) -> None:
        clients = {client for client, _ in self._sums}
        for (client, fields), count in self._kinds.items():
            told = _bounded(client, clients)
            for field in fields:
                self._sums[told, field] += count
        self._kinds.clear()


async def _add(session: AsyncSession, day: date, sums: Counter[tuple[Client, str]]) -> None:
    row = FieldUsage
    there = select(row.client, row.version).where(row.day == day).distinct()
    clients = {Client(*known) for known in await session.execute(there)}
    added: Counter[tuple[Client, str]] = Counter()
    for (client, field), count in sums.items():
        added[_bounded(client, clients), field] += count
    new = insert(session, row)
    more = new.on_conflict_do_update(
        index_elements=[row.day, row.client, row.version, row.type, row.field],
        set_={"count": row.count + new.excluded.count},
    )
    # In one order, or processes would wait for each other.
    await session.execute(more, [_row(day, *key, added[key]) for key in sorted(added)])


def _row(day: date, client: Client, coordinate: str, count: int) -> dict[str, object]:
    type, _, field = coordinate.partition(".")
    named = {"client": client.name, "version": client.version, "type": type, "field": field}
    return {"day": day, **named, "count": count}


def _bounded(client: Client, known: set[Client]) -> Client:
    """The client, or OTHER where so many are known that it is one too many."""
    if client not in known and len(known) >= MAX_CLIENTS:
        return OTHER
    known.add(client)
    return client


async def used(db: Database, since: date) -> Rows:
    """Rows of `client`, `version`, `type`, `field`, the `count` since that day, the `last` day."""
    row = FieldUsage
    key = (row.client, row.version, row.type, row.field)
    # PostgreSQL's sum of such numbers has no bound, and comes as a Decimal.
    count, last = cast(func.sum(row.count), BigInteger), func.max(row.day)
    counted = select(*key, count.label("count"), last.label("last")).where(row.day >= since)
    return await db.fetch(counted.group_by(*key).order_by(*key))
