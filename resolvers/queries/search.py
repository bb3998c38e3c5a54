from typing import Annotated

import strawberry

from app.pagination import Window
from app.selects.found import Query
from loaders.search import HitsByQuery
from resolvers.context import Info
from resolvers.edges import Filter
from resolvers.inputs import After, First, filtered
from resolvers.types.search import SearchConnection, SearchType

Words = Annotated[
    str,
    strawberry.argument(
        description="What a person typed; all of its words must occur, the last may be a beginning."
    ),
]
Types = Annotated[
    list[SearchType] | None,
    strawberry.argument(description="What to look for; everything when left out."),
]


@strawberry.type
class SearchQueries:
    @strawberry.field(
        description="Full-text search over everything, without regard to case and accents. With a "
        "`filter`, only content items are found."
    )
    async def search(
        self,
        info: Info,
        query: Words,
        types: Types = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        filter: Filter = strawberry.UNSET,
    ) -> SearchConnection:
        chosen = list(SearchType) if types is strawberry.UNSET or types is None else types
        subjects = tuple(type.value for type in chosen)
        asked = Query(query, subjects, filtered(filter))
        window = Window.of(
            first=first if first is not strawberry.UNSET else None, after=after or None
        )
        return await info.context.load(HitsByQuery, window).load(asked)  # type: ignore[return-value]
