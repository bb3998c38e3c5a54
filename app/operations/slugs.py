"""The slug that somebody asks for, or one made from a name."""

from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import text
from app.errors import ErrorCode
from app.operations.checks import Checks
from app.slugs import Free

MAX_SLUG = 200

Column = Any  # a mapped attribute or a table's column


async def slug(
    session: AsyncSession,
    checks: Checks,
    wanted: str | None,
    name: str,
    column: Column,
    *others: ColumnElement[bool],
) -> str:
    """The slug that was asked for, checked, or a free one; `others` are the rows it must differ
    from."""
    if wanted is None:
        return await free(session, text.slugify(name) or "unnamed", column, *others)
    if not wanted or wanted != text.slugify(wanted) or len(wanted) > MAX_SLUG:
        message = f"A slug is lower-case words joined by hyphens, {MAX_SLUG} characters at most"
        checks.add(ErrorCode.INVALID, message, "slug")
    elif await session.scalar(select(column).where(column == wanted, *others)):
        checks.add(ErrorCode.NOT_UNIQUE, "This slug is taken", "slug")
    return wanted


async def free(
    session: AsyncSession, wanted: str, column: Column, *others: ColumnElement[bool]
) -> str:
    """This slug, or the first free one made from it.

    Of several who want the same at once each waits for the one before, and so sees its slug.
    """
    wanted = wanted[:MAX_SLUG]
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer anyway
        await session.execute(select(func.pg_advisory_xact_lock(func.hashtext(wanted))))
    found = Free(session, column, *others)
    await found.look([wanted])
    return await found.choose(wanted)
