from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from app.pagination import Direction
from engine.fields import batched, needs
from loaders.taxonomy import PathByCategory
from resolvers import edges
from resolvers.context import Context
from resolvers.types.connections import Connection
from resolvers.types.node import Node

if TYPE_CHECKING:
    from resolvers.types.content import ContentItem

Items = Connection[Annotated["ContentItem", strawberry.lazy("resolvers.types.content")]]

IN_ORDER = (("position", Direction.ASC), ("name", Direction.ASC))


@needs("id")
async def load_path(categories: list[Any], context: Context) -> list[Any]:
    return await context.load(PathByCategory).many(category.id for category in categories)


@strawberry.type(description="A word that groups items freely.")
class Tag(Node):
    name: str = strawberry.field(description="The word.")
    slug: str = strawberry.field(description="The word as part of an address.")
    usage_count: int = batched(
        edges.count("content", "tag"), description="How many items that you see have this tag."
    )
    content_items_connection: Items = batched(
        edges.content_page("tag"), description="The items with this tag, a page at a time."
    )
    version: int = strawberry.field(description="Counts the changes of this tag.")
    created_at: datetime = strawberry.field(description="When it was made.")
    updated_at: datetime = strawberry.field(description="When it was last changed.")


@strawberry.type(description="A place in the tree of categories.")
class Category(Node):
    name: str = strawberry.field(description="Its name.")
    slug: str = strawberry.field(description="Its name as part of an address.")
    description: str | None = strawberry.field(description="What belongs here.")
    position: int = strawberry.field(description="Its place among its siblings.")
    parent: "Category | None" = batched(
        edges.row("categories", "parent_id"), description="The category that it is part of."
    )
    children: list["Category"] = batched(
        edges.rows("categories", "parent", IN_ORDER), description="The categories below it."
    )
    path: list["Category"] = batched(
        load_path, description="From the topmost category down to this one."
    )
    usage_count: int = batched(
        edges.count("content", "category"),
        description="How many items that you see are in this category itself.",
    )
    content_items_connection: Items = batched(
        edges.content_page("category"),
        description="The items in this category itself, a page at a time.",
    )
    version: int = strawberry.field(description="Counts the changes of this category.")
    created_at: datetime = strawberry.field(description="When it was made.")
    updated_at: datetime = strawberry.field(description="When it was last changed.")
