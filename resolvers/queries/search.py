from typing import Annotated, Any

import strawberry

from app import ids
from app.pagination import Window
from app.selects.search import Query
from engine.fields import batched
from loaders.search import HitsByQuery
from resolvers.context import Context
from resolvers.edges import Filter
from resolvers.inputs import After, First, Skip, filtered
from resolvers.switched import unless
from resolvers.types.search import SearchConnection, SearchType

Typed = Annotated[
    str,
    strawberry.argument(
        description="What a person typed; all of its words must occur, the last may be a beginning."
    ),
]
Types = Annotated[
    list[SearchType] | None,
    strawberry.argument(description="What to look for; everything when left out."),
]


async def load_search(
    parents: list[Any],
    context: Context,
    query: Typed,
    types: Types = None,
    first: First = None,
    after: After = None,
    offset: Skip = 0,
    filter: Filter = None,
) -> list[Any]:
    subjects = tuple(type.value for type in (SearchType if types is None else types))
    if filter is not None:
        subjects = tuple(prefix for prefix in subjects if prefix == ids.CONTENT)
    asked = Query(query, subjects, filtered(filter))
    window = Window.of(first, after, offset=offset)
    hits = await context.load(HitsByQuery, window).load(asked)
    return [hits for _ in parents]


@strawberry.type
class SearchQueries:
    search: SearchConnection = batched(
        unless("search_off", load_search),
        description="Full-text search over everything, without regard to case and accents. With a "
        "`filter`, only content items are found.",
    )
