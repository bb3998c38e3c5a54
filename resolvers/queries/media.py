from typing import Annotated, Any

import strawberry

from app.models import MediaKind
from app.pagination import Window
from app.selects import Listing
from engine.fields import batched
from loaders.lists import PageByParent
from loaders.rows import RowById
from resolvers import edges
from resolvers.context import Context, Info
from resolvers.inputs import After, Before, First, Last, Words
from resolvers.types.connections import Connection
from resolvers.types.media import Media

Kinds = Annotated[
    list[MediaKind] | None, strawberry.argument(description="Only files of these sorts.")
]
MimeType = Annotated[
    str | None,
    strawberry.argument(description="Only this media type, or all that begin so: `image/`."),
]


async def load_media(
    parents: list[Any],
    context: Context,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    kind: Kinds = None,
    mime_type: MimeType = None,
    query: Words = None,
) -> list[Any]:
    given = {
        "kind": tuple(kind) if kind is not None else None,
        "mime_type": (("starts_with", mime_type),) if mime_type is not None else None,
        "query": query,
    }
    filter = tuple((name, value) for name, value in given.items() if value is not None)
    window = Window.of(first, after, last, before)
    return await context.load(PageByParent, Listing("media", filter), window).many(
        edges.keys(parents)
    )


@strawberry.type
class MediaQueries:
    media_items: Connection[Media] = batched(
        load_media, description="Media, newest first, a page at a time."
    )

    @strawberry.field(description="A media item by id; null where there is none.")
    async def media(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The item's id.")],
    ) -> Media | None:
        return await info.context.load(RowById, "media").load(id)  # type: ignore[no-any-return]
