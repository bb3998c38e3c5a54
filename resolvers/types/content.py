from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from app.models import ContentStatus
from engine.fields import batched
from resolvers import edges, views
from resolvers.types.connections import Connection
from resolvers.types.media import Image
from resolvers.types.node import Node
from resolvers.types.revisions import Revision, load_revision
from resolvers.types.richtext import RichText, load_body
from resolvers.types.taxonomy import Category, Tag

if TYPE_CHECKING:
    from resolvers.types.users import User


@strawberry.type(description="What you may do with an item, in the state that it is in.")
class ContentItemAbilities:
    update: bool = strawberry.field(description="Change what it says.")
    publish: bool = strawberry.field(description="Make it, or its changes, public.")
    unpublish: bool = strawberry.field(description="Take it back.")
    archive: bool = strawberry.field(description="Put it away.")
    schedule: bool = strawberry.field(description="Plan when it is published and taken back.")
    delete: bool = strawberry.field(description="Throw it into the trash.")
    restore: bool = strawberry.field(description="Take it out of the trash.")
    purge: bool = strawberry.field(description="Remove it from the trash for good.")


@strawberry.type(description="A piece of content.")
class ContentItem(Node):
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
        views.load_tags,
        description="The words that it is grouped by, in the author's order.",
    )
    published_at: datetime | None = strawberry.field(
        description="When it was published; null while it never was."
    )
    first_published_at: datetime | None = strawberry.field(
        description="When it was published for the first time, as far as that is known."
    )
    scheduled_publish_at: datetime | None = strawberry.field(
        description="When it, or its changes, are going to be published by themselves; null for "
        "those who may not see drafts."
    )
    scheduled_unpublish_at: datetime | None = strawberry.field(
        description="When it is going to be taken back by itself; null for those who may not see "
        "drafts."
    )
    deleted_at: datetime | None = strawberry.field(
        description="When it was thrown away; null for what is not in the trash."
    )
    has_unpublished_changes: bool = batched(
        views.load_unpublished,
        description="Whether it is public and was changed since, which readers do not see yet; "
        "false for those who may not see drafts.",
    )
    revisions: Connection[Revision] = batched(
        edges.newest_first("revisions", "item"),
        description="What it was after each change, newest first; for those who may see drafts.",
    )
    revision: Revision | None = batched(load_revision, description="What it was after one change.")
    viewer_can: ContentItemAbilities = batched(
        views.load_abilities, description="What you may do with it now."
    )
    version: int = strawberry.field(description="Counts the changes of this item.")
    created_at: datetime = strawberry.field(description="When it was made.")
    updated_at: datetime = strawberry.field(description="When it was last changed.")
