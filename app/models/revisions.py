from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app import ids
from app.models.base import Base, Document, Id, Json, Moment, binary, now


class Revision(Base):
    """What an item was after a change: `number` counts from 1, `snapshot` holds what is edited."""

    __tablename__ = "revisions"
    __table_args__ = (Index(None, "item_id", "number", unique=True),)

    id: Mapped[Id] = mapped_column(primary_key=True, default=lambda: ids.new(ids.REVISION))
    item_id: Mapped[Id] = mapped_column(ForeignKey("content_items.id", ondelete="CASCADE"))
    number: Mapped[int]
    snapshot: Mapped[Document] = mapped_column(Json)
    message: Mapped[str | None] = mapped_column(String(500))
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    created_by_id: Mapped[Id | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)


class ContentDraft(Base):
    """What a published item is going to be: a revision that readers do not see yet.

    `version` goes on from the item's, which stays as it is until the draft is published.
    """

    __tablename__ = "content_drafts"

    item_id: Mapped[Id] = mapped_column(
        ForeignKey("content_items.id", ondelete="CASCADE"), primary_key=True
    )
    revision: Mapped[int]
    version: Mapped[int]
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
