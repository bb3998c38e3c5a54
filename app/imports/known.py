"""What an earlier run has brought already."""

from collections.abc import Iterable

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncSession


async def known(session: AsyncSession, table: Table, keys: Iterable[str]) -> dict[str, str]:
    """Our ids by import key, of those of the keys that exist."""
    rows = await session.execute(
        select(table.c.import_key, table.c.id).where(table.c.import_key.in_(list(keys)))
    )
    return {row.import_key: row.id for row in rows.all()}
