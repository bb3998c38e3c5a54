from typing import Annotated, Any

import strawberry

from app.pagination import Window
from app.selects import Listing
from engine.fields import batched
from loaders.lists import ROOT, SliceByParent
from loaders.rows import RowById
from resolvers import edges
from resolvers.context import Context, Info
from resolvers.inputs import After, Before, First, Last, Limit, Offset, Words
from resolvers.types.connections import Connection
from resolvers.types.taxonomy import IN_ORDER, Category, Tag


async def load_tags(
    parents: list[Any],
    context: Context,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    query: Words = None,
) -> list[Any]:
    listing = Listing("tags", () if query is None else (("query", query),))
    return await edges.page(parents, context, listing, Window.of(first, after, last, before))


@strawberry.type
class TaxonomyQueries:
    tags: Connection[Tag] = batched(load_tags, description="Tags by name, a page at a time.")

    @strawberry.field(description="A tag by id; null where there is none.")
    async def tag(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The tag's id.")],
    ) -> Tag | None:
        return await info.context.load(RowById, "tags").load(id)  # type: ignore[no-any-return]

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
