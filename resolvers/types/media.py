from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

import strawberry

from app.operations import media
from app.selects.media import address
from engine.fields import batched, needs
from loaders.trees import Computed
from resolvers import edges
from resolvers.context import Context
from resolvers.scalars import URL, ByteSize
from resolvers.types.connections import Connection
from resolvers.types.node import Node, resolve_type
from resolvers.whole import edge

if TYPE_CHECKING:
    from resolvers.types.content import ContentItem
    from resolvers.types.users import User

Items = Connection[Annotated["ContentItem", strawberry.lazy("resolvers.types.content")]]


@edge(lambda: Computed(frozenset({"external_url", "storage_key"}), address))
@needs("external_url", "storage_key")
def load_url(shown: list[Any], context: Context) -> list[Any]:
    here = context.media
    return [item.external_url or here + quote(item.storage_key) for item in shown]


@needs("uploaded_by_id")
def load_abilities(shown: list[Any], context: Context) -> list[Any]:
    return [
        MediaAbilities(**{
            name: context.actor.may(permission, item.uploaded_by_id)
            for name, permission in media.ABILITIES.items()
        })
        for item in shown
    ]  # fmt: skip


@strawberry.type(description="What you may do with a media item.")
class MediaAbilities:
    update: bool = strawberry.field(description="Change what is said about it.")
    delete: bool = strawberry.field(description="Delete it, as long as nothing shows it.")


@strawberry.interface(description="Interface for media items.")
class Media(Node):
    resolve_type = staticmethod(resolve_type)

    url: str = batched(load_url, description="Where the file is.")
    mime_type: str = strawberry.field(description="Its media type, such as `image/jpeg`.")
    file_name: str = strawberry.field(description="The name that it was given.")
    size: ByteSize | None = strawberry.field(description="Size in bytes; null where unknown.")
    width: int | None = strawberry.field(description="Width in pixels; null where unknown.")
    height: int | None = strawberry.field(description="Height in pixels; null where unknown.")
    title: str | None = strawberry.field(description="What it is called.")
    alt_text: str | None = strawberry.field(
        description="What it shows, for those who cannot see it."
    )
    caption: str | None = strawberry.field(description="What is written below it.")
    placeholder: URL | None = strawberry.field(
        description="A tiny picture to show blurred until the file has come."
    )
    uploaded_by: Annotated["User", strawberry.lazy("resolvers.types.users")] | None = batched(
        edges.row("users", "uploaded_by_id"), description="Who uploaded it."
    )
    sha256: str | None = strawberry.field(
        description="SHA-256 of the file that was uploaded, in hex; null where unknown."
    )
    viewer_can: MediaAbilities = batched(load_abilities, description="What you may do with it.")
    version: int = strawberry.field(description="Counts the changes of this item.")
    created_at: datetime = strawberry.field(description="When it was uploaded.")
    updated_at: datetime = strawberry.field(description="When it was last changed.")


@strawberry.type(description="An image in the system.")
class Image(Media):
    content_items_connection: Items = batched(
        edges.content_page("featured_image"),
        description="The items that it is the picture of, a page at a time.",
    )


@strawberry.type(description="A film.")
class Video(Media):
    duration: float | None = strawberry.field(description="Seconds; null where unknown.")


@strawberry.type(description="A recording.")
class Audio(Media):
    duration: float | None = strawberry.field(description="Seconds; null where unknown.")


@strawberry.type(description="Any other file: PDF, text, archive.")
class Document(Media):
    pass
