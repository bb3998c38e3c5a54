"""Strawberry as its documentation shows it: types made from ORM rows, DataLoaders in the context,
a session for each operation, the ASGI view. No caches, nothing tuned.

An AsyncSession must not be used by two tasks at once, so each operation's loaders take turns.
Bodies, which no query here asks for, are deferred: that much its users do.
"""

import asyncio
import os
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from enum import Enum
from typing import Any

import strawberry
from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import defer
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.extensions import SchemaExtension

from app import models
from app.db import parse
from app.models import ContentStatus, content_tags

sessions = async_sessionmaker(
    create_async_engine(parse(os.environ["DATABASE_URL"]), pool_size=10), expire_on_commit=False
)
strawberry.enum(ContentStatus)


@strawberry.enum
class SortField(Enum):
    CREATED_AT = "created_at"
    TITLE = "title_key"


@strawberry.enum
class SortDirection(Enum):
    ASC = "asc"
    DESC = "desc"


@strawberry.type
class Image:
    id: strawberry.ID
    url: str | None
    width: int | None
    height: int | None


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
    author_id: strawberry.Private[str]
    featured_image_id: strawberry.Private[str | None]

    @strawberry.field
    async def author(self, info: strawberry.Info) -> "User":
        return await info.context["user_loader"].load(self.author_id)

    @strawberry.field
    async def featured_image(self, info: strawberry.Info) -> Image | None:
        if self.featured_image_id is None:
            return None
        return await info.context["image_loader"].load(self.featured_image_id)

    @strawberry.field
    async def tags(self, info: strawberry.Info) -> list[Tag]:
        return await info.context["tags_loader"].load(self.id)


@strawberry.type
class User:
    id: strawberry.ID
    username: str
    full_name: str | None
    bio: str | None

    @strawberry.field
    async def content_items(
        self,
        info: strawberry.Info,
        limit: int = 10,
        offset: int = 0,
        status: ContentStatus | None = None,
        sort_by: SortField = SortField.CREATED_AT,
        sort_direction: SortDirection = SortDirection.DESC,
    ) -> list[ContentItem]:
        query = public_items().where(models.ContentItem.author_id == self.id)
        if status is not None:
            query = query.where(models.ContentItem.status == status)
        columns = [getattr(models.ContentItem, sort_by.value), models.ContentItem.id]
        order = [getattr(column, sort_direction.value)() for column in columns]
        return await content_items(info, query.order_by(*order).limit(limit).offset(offset))


@strawberry.type
class Query:
    @strawberry.field
    async def user(self, info: strawberry.Info, id: strawberry.ID) -> User | None:
        return await info.context["user_loader"].load(id)

    @strawberry.field
    async def content_items(
        self, info: strawberry.Info, limit: int = 10, offset: int = 0
    ) -> list[ContentItem]:
        order = models.ContentItem.created_at.desc(), models.ContentItem.id.desc()
        query = public_items().order_by(*order).limit(limit).offset(offset)
        return await content_items(info, query)


def public_items() -> Select[Any]:
    """The items that a guest sees."""
    item, now = models.ContentItem, datetime.now(UTC)
    return (
        select(item)
        .options(defer(item.body))
        .where(
            item.status == ContentStatus.PUBLISHED,
            item.published_at <= now,
            or_(item.scheduled_unpublish_at.is_(None), item.scheduled_unpublish_at > now),
        )
    )


async def content_items(info: strawberry.Info, query: Select[Any]) -> list[ContentItem]:
    return [
        ContentItem(
            id=strawberry.ID(row.id),
            title=row.title,
            summary=row.summary,
            status=row.status,
            created_at=row.created_at,
            author_id=row.author_id,
            featured_image_id=row.featured_image_id,
        )
        for (row,) in await info.context["fetch"](query)
    ]


class Session(SchemaExtension):
    """One session for each operation, and the loaders that read with it."""

    async def on_operation(self) -> AsyncIterator[None]:
        async with sessions() as session:
            turn = asyncio.Lock()

            async def fetch(query: Select[Any]) -> Sequence[Any]:
                async with turn:
                    return (await session.execute(query)).all()

            async def load_users(keys: list[str]) -> list[User | None]:
                users = await fetch(select(models.User).where(models.User.id.in_(keys)))
                found = {
                    row.id: User(
                        id=row.id, username=row.username, full_name=row.full_name, bio=row.bio
                    )
                    for (row,) in users
                }
                return [found.get(key) for key in keys]

            async def load_images(keys: list[str]) -> list[Image | None]:
                media = await fetch(select(models.Media).where(models.Media.id.in_(keys)))
                found = {
                    row.id: Image(
                        id=row.id, url=row.external_url, width=row.width, height=row.height
                    )
                    for (row,) in media
                }
                return [found.get(key) for key in keys]

            async def load_tags(keys: list[str]) -> list[list[Tag]]:
                link = content_tags.c
                query = (
                    select(link.item_id, models.Tag)
                    .join(models.Tag, models.Tag.id == link.tag_id)
                    .where(link.item_id.in_(keys))
                    .order_by(link.position, models.Tag.id)
                )
                found: dict[str, list[Tag]] = defaultdict(list)
                for item_id, row in await fetch(query):
                    found[item_id].append(Tag(id=row.id, name=row.name))
                return [found[key] for key in keys]

            self.execution_context.context |= {
                "fetch": fetch,
                "user_loader": DataLoader(load_fn=load_users),
                "image_loader": DataLoader(load_fn=load_images),
                "tags_loader": DataLoader(load_fn=load_tags),
            }
            yield


app = GraphQL[dict[str, Any], None](strawberry.Schema(Query, extensions=[Session]))
