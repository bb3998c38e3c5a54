from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, Enum, ForeignKey, Index, Integer, String, Table, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app import ids
from app.models.base import Base, Id, ImportKey, Moment, Versioned, binary
from app.richtext import Format


class ContentStatus(StrEnum):
    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"
    ARCHIVED = "ARCHIVED"


class ContentItem(Versioned, Base):
    """A piece of content. `title_key` is the folded title, for sorting and comparing.

    `published_at` says when readers may first see it, `scheduled_*` what is to happen by itself.
    With `deleted_at` it is in the trash. Changes of a published item wait in `content_drafts`.
    """

    __tablename__ = "content_items"
    # NULL counts as the smallest value everywhere, as SQLite has it; so one index serves a sort in
    # both directions on PostgreSQL too.
    __table_args__ = (
        # What is in the trash does not keep its slug from others.
        Index(
            "ix_content_items_kind_slug",
            "kind",
            "slug",
            unique=True,
            sqlite_where=text("deleted_at IS NULL"),
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index(None, "slug"),
        Index(None, "created_at", "id"),
        Index(None, "updated_at", "id"),
        Index("ix_content_items_published_at_id", "published_at", "id"),
        Index(None, "title_key", "id"),
        Index(None, "author_id", "created_at", "id"),
        Index(None, "category_id", "created_at", "id"),
        Index(None, "status", "created_at", "id"),
        Index(None, "kind", "created_at", "id"),
        Index(None, "featured_image_id"),
        *(
            Index(
                None,
                due,
                sqlite_where=text(f"{due} IS NOT NULL"),
                postgresql_where=text(f"{due} IS NOT NULL"),
            )
            for due in ("scheduled_publish_at", "scheduled_unpublish_at", "deleted_at")
        ),
    )

    id: Mapped[Id] = mapped_column(primary_key=True, default=lambda: ids.new(ids.CONTENT))
    kind: Mapped[str] = mapped_column(binary(50), default="article")
    title: Mapped[str] = mapped_column(String(500))
    title_key: Mapped[str] = mapped_column(binary(500))
    slug: Mapped[str] = mapped_column(binary(200))
    summary: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text, default="")
    body_format: Mapped[Format] = mapped_column(
        Enum(Format, native_enum=False, length=16), default=Format.MARKDOWN
    )
    status: Mapped[ContentStatus] = mapped_column(
        Enum(ContentStatus, native_enum=False, length=16), default=ContentStatus.DRAFT
    )
    author_id: Mapped[Id] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    featured_image_id: Mapped[Id | None] = mapped_column(
        ForeignKey("media.id", ondelete="SET NULL")
    )
    category_id: Mapped[Id | None] = mapped_column(ForeignKey("categories.id", ondelete="SET NULL"))
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    first_published_at: Mapped[datetime | None] = mapped_column(Moment)
    scheduled_publish_at: Mapped[datetime | None] = mapped_column(Moment)
    scheduled_unpublish_at: Mapped[datetime | None] = mapped_column(Moment)
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)
    import_key: Mapped[ImportKey]


content_tags = Table(
    "content_tags",
    Base.metadata,
    Column(
        "item_id", binary(30), ForeignKey("content_items.id", ondelete="CASCADE"), primary_key=True
    ),
    Column("tag_id", binary(30), ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, nullable=False, default=0),
    Index(None, "tag_id", "item_id"),
)
