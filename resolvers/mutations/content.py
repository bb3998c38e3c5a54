import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import strawberry

from app import richtext
from app.operations.content import edit, preview, publish, schedule, trash
from app.operations.content.changes import MAX_BODY
from app.operations.work import Work
from engine.fields import batched
from resolvers import views
from resolvers.context import Context
from resolvers.mutations.content_inputs import (
    CreateContentItemInput,
    CreatePreviewTokenInput,
    DuplicateContentItemInput,
    RestoreRevisionInput,
    ScheduleContentItemInput,
    TransitionInput,
    UpdateContentItemInput,
    changes_of,
)
from resolvers.mutations.field import mutation
from resolvers.mutations.inputs import given, known
from resolvers.mutations.payload import Payload, VersionConflict
from resolvers.mutations.taxonomy import DeletePayload
from resolvers.types.content import ContentItem


@strawberry.type(description="An item that was changed.")
class ContentItemPayload(Payload):
    content_item_id: strawberry.Private[str | None] = None
    conflict: VersionConflict | None = strawberry.field(
        default=None, description="Set when `ifVersion` is not the version that it is at."
    )
    content_item: ContentItem | None = batched(
        views.latest("content_item_id"),
        description="The item as it was written last; null if you may not read it.",
    )


@strawberry.type(description="Shows one item to whoever has it.")
class PreviewToken:
    token: str = strawberry.field(
        description="For `view: { previewToken }` of `contentItem`. It is told only now."
    )
    revision: int | None = strawberry.field(
        description="The number of the revision that it shows; null for what was written last."
    )
    expires_at: datetime = strawberry.field(description="Until when it is of use.")


@strawberry.type(description="A token that was made.")
class PreviewTokenPayload(Payload):
    preview_token: PreviewToken | None = strawberry.field(default=None, description="The token.")


@asynccontextmanager
async def rendered(_context: Context, input: Any) -> AsyncIterator[None]:
    """The body is read before the transaction: the index of the search finds it in the cache."""
    body = known(input.body)
    if body and len(body.value) <= MAX_BODY:
        await asyncio.to_thread(richtext.text, body.value, body.format)
    yield


@strawberry.type
class ContentMutations:
    @mutation("Write a new item.", before=rendered)
    async def create_content_item(
        work: Work, input: CreateContentItemInput, _rendered: None
    ) -> ContentItemPayload:
        new = edit.NewItem(input.kind, known(input.author_id), input.publish, changes_of(input))
        item = await edit.create(work, new)
        return ContentItemPayload(content_item_id=item.id)

    @mutation("Change an item; of a published one, what is published next.", before=rendered)
    async def update_content_item(
        work: Work, input: UpdateContentItemInput, _rendered: None
    ) -> ContentItemPayload:
        item = await edit.update(
            work, input.id, changes_of(input), known(input.if_version), known(input.message)
        )
        return ContentItemPayload(content_item_id=item.id)

    @mutation("Make a draft that says the same, and is yours.")
    async def duplicate_content_item(
        work: Work, input: DuplicateContentItemInput
    ) -> ContentItemPayload:
        item = await edit.duplicate(work, input.id)
        return ContentItemPayload(content_item_id=item.id)

    @mutation("Make an item, or what was changed of it, public.")
    async def publish_content_item(work: Work, input: TransitionInput) -> ContentItemPayload:
        item = await publish.publish(work, input.id, known(input.if_version))
        return ContentItemPayload(content_item_id=item.id)

    @mutation("Take a published item back: it is a draft again.")
    async def unpublish_content_item(work: Work, input: TransitionInput) -> ContentItemPayload:
        item = await publish.unpublish(work, input.id, known(input.if_version))
        return ContentItemPayload(content_item_id=item.id)

    @mutation("Put an item away.")
    async def archive_content_item(work: Work, input: TransitionInput) -> ContentItemPayload:
        item = await publish.archive(work, input.id, known(input.if_version))
        return ContentItemPayload(content_item_id=item.id)

    @mutation("Plan when an item is published and taken back.")
    async def schedule_content_item(
        work: Work, input: ScheduleContentItemInput
    ) -> ContentItemPayload:
        plan = given(input, "publish_at", "unpublish_at")
        item = await schedule.schedule(work, input.id, plan, known(input.if_version))
        return ContentItemPayload(content_item_id=item.id)

    @mutation("Forget what was changed of a published item since.")
    async def discard_draft(work: Work, input: TransitionInput) -> ContentItemPayload:
        item = await edit.discard_draft(work, input.id, known(input.if_version))
        return ContentItemPayload(content_item_id=item.id)

    @mutation("Make an item what it was; of a published one, what is published next.")
    async def restore_revision(work: Work, input: RestoreRevisionInput) -> ContentItemPayload:
        item = await edit.restore_revision(work, input.id, input.revision, known(input.if_version))
        return ContentItemPayload(content_item_id=item.id)

    @mutation("Throw an item into the trash.")
    async def delete_content_item(work: Work, input: TransitionInput) -> DeletePayload:
        await trash.delete(work, input.id, known(input.if_version))
        return DeletePayload(deleted_id=input.id)

    @mutation("Take an item out of the trash, as it was.")
    async def restore_content_item(work: Work, input: TransitionInput) -> ContentItemPayload:
        item = await trash.restore(work, input.id, known(input.if_version))
        return ContentItemPayload(content_item_id=item.id)

    @mutation("Remove an item in the trash for good, with all its revisions.")
    async def purge_content_item(work: Work, input: TransitionInput) -> DeletePayload:
        await trash.purge(work, input.id, known(input.if_version))
        return DeletePayload(deleted_id=input.id)

    @mutation("Let whoever has a token see one item before it is public.", secret=True)
    async def create_preview_token(
        work: Work, input: CreatePreviewTokenInput
    ) -> PreviewTokenPayload:
        made, secret = await preview.create_token(
            work, input.id, known(input.revision), input.expires_in
        )
        token = PreviewToken(token=secret, revision=made.revision, expires_at=made.expires_at)
        return PreviewTokenPayload(preview_token=token)
