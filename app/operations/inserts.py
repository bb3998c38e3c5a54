"""An INSERT that knows `on_conflict_…`, which SQLAlchemy has for each database apart."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Base

_BY_DIALECT = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert(session: AsyncSession, model: type[Base]) -> Any:
    """An INSERT into the model's table for the database of this session."""
    return _BY_DIALECT[session.get_bind().dialect.name](model)
