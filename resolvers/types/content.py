from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from app.models import ContentStatus
from app.pagination import Direction
from engine.fields import batched
from resolvers import edges
from resolvers.types.media import Image
from resolvers.types.node import Node, shown_as
from resolvers.types.richtext import RichText, load_body
from resolvers.types.taxonomy import Category, Tag

if TYPE_CHECKING:
    from resolvers.types.users import User


@strawberry.type(description="A piece of content.")
class ContentItem(Node):
    is_type_of = shown_as("ContentItem")

    kind: str = strawberry.field(description="What sort of item: `article`, `page` …")
    title: str = strawberry.field(description="Its title.")
    slug: str = strawberry.field(description="Its part of an address, unique in its kind.")
    summary: str | None = strawberry.field(description="What it says, in a sentence or two.")
    body: RichText | None = batched(load_body, description="The whole text.")
    status: ContentStatus = strawberry.field(description="Whether it is public.")
    author: Annotated["User", strawberry.lazy("resolvers.types.users")] | None = batched(
        edges.row("users", "author_id"), description="Who wrote it."
    )
    featured_image: Image | None = batched(
        edges.image("featured_image_id"), description="The picture that stands for it."
    )
    category: Category | None = batched(
        edges.row("categories", "category_id"), description="Where it is in the tree of categories."
    )
    tags: list[Tag] = batched(
        edges.rows("tags", "item", (("position", Direction.ASC),)),
        description="The words that it is grouped by, in the author's order.",
    )
    published_at: datetime | None = strawberry.field(
        description="When it was published; null while it never was."
    )
    scheduled_publish_at: datetime | None = strawberry.field(
        description="When it is going to be published by itself."
    )
    scheduled_unpublish_at: datetime | None = strawberry.field(
        description="When it is going to be taken back by itself."
    )
    version: int = strawberry.field(description="Counts the changes of this item.")
    created_at: datetime = strawberry.field(description="When it was made.")
    updated_at: datetime = strawberry.field(description="When it was last changed.")
