"""The part of our schema that the queries ask for, over rows in memory: execution and no database.

Each load gives way once, as one that waits for a statement does.
"""

# ruff: noqa: ARG001 - the arguments are those of our schema, and all rows are alike

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

import strawberry

from engine.fields import batched

ITEMS, AUTHORS, IMAGES, TAGS = 200, 30, 50, 40
NOON = datetime(2025, 1, 1, 12, tzinfo=UTC)


@strawberry.enum
class ContentStatus(Enum):
    PUBLISHED = "PUBLISHED"


@strawberry.enum
class SortField(Enum):
    CREATED_AT = "created_at"


@strawberry.enum
class SortDirection(Enum):
    DESC = "desc"


@dataclass(slots=True)
class Row:
    """One row for all tables: what a type does not show is not looked at."""

    id: str
    username: str = "hassan_kovacs"
    full_name: str = "Hassan Kovács"
    bio: str | None = None
    title: str = "Line game kocem sleecast labroamp craft apple"
    summary: str = "Poapait paimand way plibroack door broam guy winter."
    status: ContentStatus = ContentStatus.PUBLISHED
    created_at: datetime = NOON
    url: str = "https://images.example/1/386.jpg"
    width: int = 640
    height: int = 480
    name: str = "people quoasork"
    number: int = 0


def made(kind: str, count: int) -> list[Row]:
    return [
        Row(f"{kind}_{n:026}", number=n, created_at=NOON - timedelta(seconds=n))
        for n in range(count)
    ]


items, authors, images, tags = (
    made("cnt", ITEMS), made("usr", AUTHORS), made("med", IMAGES), made("tag", TAGS)
)  # fmt: skip


@dataclass(slots=True)
class Context:
    batches: dict[Any, Any] = field(default_factory=dict)


async def load_author(parents: list[Any], _context: Context) -> list[Any]:
    await asyncio.sleep(0)
    return [authors[item.number % AUTHORS] for item in parents]


async def load_image(parents: list[Any], _context: Context) -> list[Any]:
    """One item in ten has none."""
    await asyncio.sleep(0)
    return [images[item.number % IMAGES] if item.number % 10 else None for item in parents]


async def load_tags(parents: list[Any], _context: Context) -> list[Any]:
    """Three each."""
    await asyncio.sleep(0)
    return [[tags[(item.number + n) % TAGS] for n in range(3)] for item in parents]


async def load_items(
    parents: list[Any],
    _context: Context,
    limit: int = 10,
    offset: int = 0,
    status: ContentStatus | None = None,
    sort_by: SortField = SortField.CREATED_AT,
    sort_direction: SortDirection = SortDirection.DESC,
) -> list[Any]:
    await asyncio.sleep(0)
    return [items[offset : offset + limit] for _ in parents]


async def load_user(parents: list[Any], _context: Context, id: strawberry.ID) -> list[Any]:
    await asyncio.sleep(0)
    return [authors[0] for _ in parents]


@strawberry.type
class Image:
    id: strawberry.ID
    url: str
    width: int
    height: int


@strawberry.type
class Tag:
    id: strawberry.ID
    name: str


@strawberry.type
class ContentItem:
    id: strawberry.ID
    title: str
    summary: str | None
    status: ContentStatus
    created_at: datetime
    author: "User" = batched(load_author, description="")
    featured_image: Image | None = batched(load_image, description="")
    tags: list[Tag] = batched(load_tags, description="")


@strawberry.type
class User:
    id: strawberry.ID
    username: str
    full_name: str | None
    bio: str | None
    content_items: list[ContentItem] = batched(load_items, description="")


@strawberry.type
class Query:
    user: User | None = batched(load_user, description="")
    content_items: list[ContentItem] = batched(load_items, description="")


schema = strawberry.Schema(Query)
