from typing import Annotated, Any

import strawberry

from app.pagination import Window
from app.selects import Listing
from engine.fields import batched
from loaders.lists import ROOT, SliceByParent
from resolvers import edges
from resolvers.context import Context, Info
from resolvers.inputs import (
    After,
    Before,
    First,
    IDFilter,
    Last,
    Limit,
    Offset,
    Skip,
    Words,
    filtered,
)
from resolvers.types.connections import Connection
from resolvers.types.taxonomy import IN_ORDER, Category, Tag


async def load_tags(
    parents: list[Any],
    context: Context,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    offset: Skip = 0,
    query: Words = None,
) -> list[Any]:
    listing = Listing("tags", () if query is None else (("query", query),))
    window = Window.of(first, after, last, before, offset)
    return await edges.page(parents, context, listing, window)


Above = Annotated[
    IDFilter | None,
    strawberry.argument(
        description="Which category they are part of; `isNull` for the topmost ones."
    ),
]


async def load_categories(
    parents: list[Any],
    context: Context,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    offset: Skip = 0,
    parent_id: Above = None,
) -> list[Any]:
    filter = () if parent_id is None else (("parent_id", filtered(parent_id)),)
    window = Window.of(first, after, last, before, offset)
    return await edges.page(parents, context, Listing("categories", filter), window)


@strawberry.type
class TaxonomyQueries:
    tags: Connection[Tag] = batched(load_tags, description="Tags by name, a page at a time.")

    categories_connection: Connection[Category] = batched(
        load_categories,
        description="Categories wherever they are in the tree, by position and name, a page at a "
        "time.",
    )

    tag: Tag | None = batched(
        edges.by_id("tags", "The tag's id."), description="A tag by id; null where there is none."
    )
    category: Category | None = batched(
        edges.by_id("categories", "The category's id."),
        description="A category by id; null where there is none.",
    )

    @strawberry.field(description="The categories below one, or the topmost ones.")
    async def categories(
        self,
        info: Info,
        parent_id: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="The category above; the topmost when left out."),
        ] = strawberry.UNSET,
        limit: Limit = 100,
        offset: Offset = 0,
    ) -> list[Category]:
        above = (("eq", parent_id),) if parent_id else (("is_null", True),)
        listing = Listing("categories", (("parent_id", above),), IN_ORDER)
        bounds = edges.part(limit, offset, 100)
        return await info.context.load(SliceByParent, listing, *bounds).load(ROOT)
