"""What mutations of content items are given."""

from datetime import datetime
from typing import Any

import strawberry

from app.operations.content import changes, preview
from app.richtext import Format
from resolvers.mutations.inputs import about, given, if_version
from resolvers.mutations.payload import Input

ID = "The item's id."
SLUG = "Its part of an address, unique in its kind; made from the title when null."
TAGS = f"Its tags in this order, {changes.MAX_TAGS} at most."


@strawberry.input(description="A text and the language that it is written in.")
class RichTextInput:
    value: str = strawberry.field(description=f"The text, {changes.MAX_BODY:,} characters at most.")
    format: Format = strawberry.field(
        default=Format.MARKDOWN, description="The language that it is written in."
    )


@strawberry.input(description="A new item. Its author is you, unless you may name another one.")
class CreateContentItemInput(Input):
    title: str = strawberry.field(description=f"Its title, {changes.MAX_TITLE} characters at most.")
    kind: str = strawberry.field(
        default="article", description="What sort of item: `article`, `page` … It stays so."
    )
    slug: str | None = about("Its part of an address; made from the title when left out.")
    summary: str | None = about("What it says, in a sentence or two.")
    body: RichTextInput | None = about("The whole text.")
    category_id: strawberry.ID | None = about("Where it is in the tree of categories.")
    featured_image_id: strawberry.ID | None = about("The picture that stands for it.")
    tag_ids: list[strawberry.ID] | None = about(TAGS)
    author_id: strawberry.ID | None = about("Who wrote it; for those who may change everything.")
    publish: bool = strawberry.field(
        default=False, description="Whether to make it public at once; needs a body."
    )


@strawberry.input(
    description="What is to be changed of an item; what is left out stays. Readers of a published "
    "item see it when it is published again."
)
class UpdateContentItemInput(Input):
    id: strawberry.ID = strawberry.field(description=ID)
    if_version: int | None = if_version()
    title: str | None = about(f"Its title, {changes.MAX_TITLE} characters at most.")
    slug: str | None = about(SLUG)
    summary: str | None = about("What it says, in a sentence or two.")
    body: RichTextInput | None = about("The whole text; null empties it.")
    category_id: strawberry.ID | None = about("Where it is in the tree of categories.")
    featured_image_id: strawberry.ID | None = about("The picture that stands for it.")
    tag_ids: list[strawberry.ID] | None = about(TAGS)
    add_tag_ids: list[strawberry.ID] | None = about("Tags that it gets as well.")
    remove_tag_ids: list[strawberry.ID] | None = about("Tags that it loses.")
    author_id: strawberry.ID | None = about(
        "Who wrote it, which readers see at once; for those who may change everything."
    )
    message: str | None = about("What to remember about this change, in the item's revisions.")


@strawberry.input(description="An item that something is to be done with.")
class TransitionInput(Input):
    id: strawberry.ID = strawberry.field(description=ID)
    if_version: int | None = if_version()


@strawberry.input(description="An item that another one is to be made of.")
class DuplicateContentItemInput(Input):
    id: strawberry.ID = strawberry.field(description=ID)


@strawberry.input(description="When something is to happen by itself, 10 years ahead at most.")
class ScheduleContentItemInput(Input):
    id: strawberry.ID = strawberry.field(description=ID)
    if_version: int | None = if_version()
    publish_at: datetime | None = about(
        "When it, or its changes, are to be published; null for never."
    )
    unpublish_at: datetime | None = about("When it is to be taken back; null for never.")


@strawberry.input(description="What an item is to be again.")
class RestoreRevisionInput(Input):
    id: strawberry.ID = strawberry.field(description=ID)
    revision: int = strawberry.field(description="The revision's number.")
    if_version: int | None = if_version()
    publish: bool = strawberry.field(default=False, description="Whether to make it public, too.")


@strawberry.input(description="What is to be shown to whoever has the token.")
class CreatePreviewTokenInput(Input):
    id: strawberry.ID = strawberry.field(description=ID)
    revision: int | None = about("The revision's number; what was written last when left out.")
    expires_in: int = strawberry.field(
        default=preview.USUAL,
        description=f"For how many seconds, {preview.SHORTEST} to {preview.LONGEST:,}.",
    )


@strawberry.input(description="An item that nobody is to see by a token any more.")
class RevokePreviewTokensInput(Input):
    id: strawberry.ID = strawberry.field(description=ID)


def changes_of(input: Any) -> dict[str, Any]:
    """What an input says about columns and tags."""
    named = given(input)
    wanted = {name: value for name, value in named.items() if name in _CHANGES}
    if "body" in named:
        body = named["body"]
        wanted["body"] = body.value if body else ""
        if body:
            wanted["body_format"] = body.format
    return wanted


_CHANGES = {
    "title", "slug", "summary", "category_id", "featured_image_id",
    "tag_ids", "add_tag_ids", "remove_tag_ids", "author_id",
}  # fmt: skip
