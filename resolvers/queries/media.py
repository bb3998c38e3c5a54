from typing import Annotated

import strawberry

from engine.fields import batched
from loaders.rows import RowById
from resolvers import edges
from resolvers.context import Info
from resolvers.types.connections import Connection
from resolvers.types.media import Media


@strawberry.type
class MediaQueries:
    media_items: Connection[Media] = batched(
        edges.media_page(None), description="Media, newest first, a page at a time."
    )

    @strawberry.field(description="A media item by id; null where there is none.")
    async def media(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The item's id.")],
    ) -> Media | None:
        return await info.context.load(RowById, "media").load(id)  # type: ignore[no-any-return]
