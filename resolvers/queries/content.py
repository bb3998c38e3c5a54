from typing import Annotated

import strawberry

from app.errors import BadInput
from app.selects import Listing
from engine.fields import batched
from loaders.lists import ROOT, SliceByParent
from loaders.rows import RowById
from resolvers import edges
from resolvers.context import Info
from resolvers.types.connections import Connection
from resolvers.types.content import ContentItem


@strawberry.input(description="An item by its slug.")
class ContentItemSlug:
    slug: str = strawberry.field(description="Its part of an address.")
    kind: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="The kind of item; needed where several kinds have an item with this slug.",
    )


@strawberry.input(one_of=True, description="What one item is known by.")
class ContentItemLookup:
    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="Its id.")
    slug: ContentItemSlug | None = strawberry.field(
        default=strawberry.UNSET, description="Its slug."
    )


@strawberry.type
class ContentQueries:
    content_items: list[ContentItem] = batched(
        edges.content_items(None), description="Content items, newest first."
    )
    content_items_connection: Connection[ContentItem] = batched(
        edges.content_page(None), description="Content items, a page at a time."
    )

    @strawberry.field(description="An item by id; null where there is none for you.")
    async def content_item(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The item's id.")],
    ) -> ContentItem | None:
        return await info.context.load(RowById, "content").load(id)  # type: ignore[no-any-return]

    @strawberry.field(description="An item by slug or id; null where there is none for you.")
    async def content_item_by(
        self,
        info: Info,
        where: Annotated[
            ContentItemLookup, strawberry.argument(description="What it is known by.")
        ],
    ) -> ContentItem | None:
        if where.id is not strawberry.UNSET and where.id is not None:
            return await info.context.load(RowById, "content").load(where.id)  # type: ignore[no-any-return]
        assert where.slug  # exactly one is given
        filter = [("slug", (("eq", where.slug.slug),))]
        if where.slug.kind:
            filter.append(("kind", (("eq", where.slug.kind),)))
        listing = Listing("content", tuple(filter))
        found = await info.context.load(SliceByParent, listing, 2, 0).load(ROOT)
        if len(found) > 1:
            raise BadInput(
                "Items of several kinds have this slug: name the `kind`",
                kinds=sorted(row.kind for row in found),
            )
        return found[0] if found else None
