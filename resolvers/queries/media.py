import strawberry

from engine.fields import batched
from resolvers import edges
from resolvers.types.connections import Connection
from resolvers.types.media import Media


@strawberry.type
class MediaQueries:
    media_items: Connection[Media] = batched(
        edges.media_page(None), description="Media, newest first, a page at a time."
    )

    media: Media | None = batched(
        edges.by_id("media", "The item's id."),
        description="A media item by id; null where there is none.",
    )
