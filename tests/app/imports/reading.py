"""Imports a file and reads back what is there, as plain values."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from app.db import Database
from app.imports import wordpress
from app.imports.report import Fact, Report
from app.imports.survey import survey
from app.models import Base, Category, ContentItem, Media, SearchDocument, Tag, User, content_tags

NOW = datetime(2026, 1, 1, tzinfo=UTC)


async def run(db: Database, file: Path) -> Report:
    return await wordpress.write(db, file, survey(file), now=NOW)


def counts(report: Report) -> dict[Fact, int]:
    return {fact: number for fact, number in report.counts.items() if number}


async def rows(db: Database, model: type[Base], key: str = "slug") -> dict[str, dict[str, Any]]:
    """All rows of a table by one of their columns, without the ids that are new every time."""
    found = await db.fetch(select(model.__table__))
    return {getattr(row, key): row._asdict() for row in found}


async def sizes(db: Database) -> dict[str, int]:
    """How many rows each table has."""
    tables = (
        *(model.__table__ for model in (User, Category, Tag, Media, ContentItem, SearchDocument)),
        content_tags,
    )
    return {
        table.name: (await db.fetch(select(func.count()).select_from(table)))[0][0]
        for table in tables
    }


NOTHING = {
    "users": 0, "categories": 0, "tags": 0, "media": 0, "content_items": 0,
    "search_documents": 0, "content_tags": 0,
}  # fmt: skip
