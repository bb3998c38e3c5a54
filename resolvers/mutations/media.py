from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import strawberry

from app.errors import Unavailable
from app.media.arrival import Arrival
from app.media.upload import Upload
from app.operations import media
from app.operations.work import Work
from engine.fields import batched
from resolvers import edges
from resolvers.context import Context
from resolvers.mutations.field import mutation
from resolvers.mutations.inputs import about, given, if_version, known
from resolvers.mutations.payload import DeletePayload, Input, Payload, VersionedPayload
from resolvers.types.media import Media

ALT_TEXT = "What it shows, for those who cannot see it; null or nothing for none."
CAPTION = "What is written below it; null or nothing for none."
TITLE = "What it is called; null or nothing for none."
TEXTS = ("alt_text", "caption", "title")


@strawberry.input(description="A file, and what is to be said about it.")
class UploadMediaInput(Input):
    file: Upload = strawberry.field(
        description="The file. What it is, is decided by what is in it; pictures are written anew, "
        "upright and without metadata."
    )
    alt_text: str | None = about(ALT_TEXT)
    caption: str | None = about(CAPTION)
    title: str | None = about(TITLE)


@strawberry.input(description="What is to be changed of a media item; what is left out stays.")
class UpdateMediaInput(Input):
    id: strawberry.ID = strawberry.field(description="The item's id.")
    if_version: int | None = if_version()
    alt_text: str | None = about(ALT_TEXT)
    caption: str | None = about(CAPTION)
    title: str | None = about(TITLE)
    file_name: str | None = about("The name that it is shown with; its address stays.")


@strawberry.input(description="Which media item is to be deleted.")
class DeleteMediaInput(Input):
    id: strawberry.ID = strawberry.field(description="The item's id.")
    if_version: int | None = if_version()
    force: bool = strawberry.field(
        default=False,
        description="Even while something shows it; for those who may delete everybody's media.",
    )


@strawberry.type(description="A media item that was uploaded.")
class MediaPayload(Payload):
    media_id: strawberry.Private[str | None] = None
    media: Media | None = batched(edges.row("media", "media_id"), description="The item as now.")
    duplicate: bool = strawberry.field(
        default=False,
        description="Whether the same file was there already: this is that item, as it was.",
    )


@strawberry.type(description="A media item that was changed.")
class UpdateMediaPayload(VersionedPayload):
    media_id: strawberry.Private[str | None] = None
    media: Media | None = batched(edges.row("media", "media_id"), description="The item as now.")


@asynccontextmanager
async def stored(context: Context, input: UploadMediaInput) -> AsyncIterator[Arrival | None]:
    texts = given(input, *TEXTS)
    async with media.stored(context.resources, context.actor, input.file, texts) as arrival:
        yield arrival


@asynccontextmanager
async def removing(context: Context, _input: Input) -> AsyncIterator[list[str]]:
    """Keys, whose files are removed once that is certain; if not now, then by a job."""
    keys: list[str] = []
    yield keys
    for key in keys:
        with suppress(Unavailable):
            await context.resources.storage.delete(key)


@strawberry.type
class MediaMutations:
    @mutation("Upload a file.", before=stored)
    async def upload_media(
        work: Work, input: UploadMediaInput, arrival: Arrival | None
    ) -> MediaPayload:
        texts = given(input, *TEXTS)
        media_id, duplicate = await media.add(work, input.file, texts, arrival)
        return MediaPayload(media_id=media_id, duplicate=duplicate)

    @mutation("Change what is said about a media item: one's own, or as an editor anybody's.")
    async def update_media(work: Work, input: UpdateMediaInput) -> UpdateMediaPayload:
        changes = given(input, *TEXTS, "file_name")
        changed = await media.update(work, input.id, changes, known(input.if_version))
        return UpdateMediaPayload(media_id=changed.id)

    @mutation(
        "Delete a media item and its file: one's own, or as an editor anybody's.", before=removing
    )
    async def delete_media(
        work: Work, input: DeleteMediaInput, removed: list[str]
    ) -> DeletePayload:
        key = await media.delete(work, input.id, known(input.if_version), force=input.force)
        if key is not None:
            removed.append(key)
        return DeletePayload(deleted_id=input.id)
