from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app import ids
from app.models.base import Base, Document, Id, Json, Moment, binary, now

# What is edited of an item: its columns, and their names in a snapshot. `tagIds` is there as well.
EDITED = {
    "title": "title",
    "slug": "slug",
    "summary": "summary",
    "body": "body",
    "body_format": "bodyFormat",
    "category_id": "categoryId",
    "featured_image_id": "featuredImageId",
}


def snapshot(item: Any, tag_ids: list[str]) -> Document:
    """What is edited of an item's row, as plain data."""
    return {name: getattr(item, column) for column, name in EDITED.items()} | {"tagIds": tag_ids}


class Revision(Base):
    """What an item was after a change: `number` counts from 1, `snapshot` holds what is edited.

    `text` is its body as it is read, as much of it as is searched: finding that takes long, so it
    is done once, before the save, and the index of the search copies it from here.
    """

    __tablename__ = "revisions"
    __table_args__ = (Index(None, "item_id", "number", unique=True),)

    id: Mapped[Id] = mapped_column(primary_key=True, default=lambda: ids.new(ids.REVISION))
    item_id: Mapped[Id] = mapped_column(ForeignKey("content_items.id", ondelete="CASCADE"))
    number: Mapped[int]
    snapshot: Mapped[Document] = mapped_column(Json)
    text: Mapped[str] = mapped_column(Text, default="")
    message: Mapped[str | None] = mapped_column(String(500))
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    created_by_id: Mapped[Id | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)


class ContentDraft(Base):
    """What a published item is going to be: a revision that readers do not see yet.

    `version` goes on from the item's, which stays as it is until the draft is published.
    `featured_image_id` is the revision's, so that nobody deletes what it is going to show.
    """

    __tablename__ = "content_drafts"

    item_id: Mapped[Id] = mapped_column(
        ForeignKey("content_items.id", ondelete="CASCADE"), primary_key=True
    )
    revision: Mapped[int]
    version: Mapped[int]
    featured_image_id: Mapped[Id | None] = mapped_column(
        ForeignKey("media.id", ondelete="SET NULL"), index=True
    )
    updated_at: Mapped[datetime] = mapped_column(Moment, default=now)


class PreviewToken(Base):
    """Lets whoever has it see one item's draft, or one revision of it, for a while."""

    __tablename__ = "preview_tokens"

    digest: Mapped[str] = mapped_column(binary(64), primary_key=True)
    item_id: Mapped[Id] = mapped_column(
        ForeignKey("content_items.id", ondelete="CASCADE"), index=True
    )
    revision: Mapped[int | None]
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
