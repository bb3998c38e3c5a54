import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import strawberry

from app import indexing
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
    RevokePreviewTokensInput,
    ScheduleContentItemInput,
    TransitionInput,
    UpdateContentItemInput,
    changes_of,
)
from resolvers.mutations.field import mutation
from resolvers.mutations.inputs import given, known
from resolvers.mutations.payload import DeletePayload, Payload, VersionedPayload
from resolvers.types.content import ContentItem


@strawberry.type(description="An item that was changed.")
class ContentItemPayload(VersionedPayload):
    content_item_id: strawberry.Private[str | None] = None
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


@strawberry.type(description="Tokens that are no more.")
class RevokePreviewTokensPayload(Payload):
    count: int = strawberry.field(default=0, description="How many there were.")


@asynccontextmanager
async def read(_context: Context, input: Any) -> AsyncIterator[str]:
    """The body's text, which takes long to find; nothing of a body that will be refused."""
    body = known(input.body)
    long = body and len(body.value) > MAX_BODY
    yield (
        await asyncio.to_thread(indexing.read, body.value, body.format) if body and not long else ""
    )


@strawberry.type
class ContentMutations:
    @mutation("Write a new item.", before=read)
    async def create_content_item(
        work: Work, input: CreateContentItemInput, text: str
    ) -> ContentItemPayload:
        changes = changes_of(input) | {"text": text}
        new = edit.NewItem(input.kind, known(input.author_id), input.publish, changes)
        item = await edit.create(work, new)
        return ContentItemPayload(content_item_id=item.id)

    @mutation("Change an item; of a published one, what is published next.", before=read)
    async def update_content_item(
        work: Work, input: UpdateContentItemInput, text: str
    ) -> ContentItemPayload:
        changes = changes_of(input) | {"text": text}
        item = await edit.update(
            work, input.id, changes, known(input.if_version), known(input.message)
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
        item = await edit.restore_revision(
            work, input.id, input.revision, known(input.if_version), publish=input.publish
        )
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

    @mutation("Have all tokens of an item show nothing any more.")
    async def revoke_preview_tokens(
        work: Work, input: RevokePreviewTokensInput
    ) -> RevokePreviewTokensPayload:
        return RevokePreviewTokensPayload(count=await preview.revoke_tokens(work, input.id))
