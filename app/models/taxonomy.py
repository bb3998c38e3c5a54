from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app import ids
from app.models.base import Base, Id, ImportKey, Versioned, binary


class Tag(Versioned, Base):
    """A word that groups items freely. `name_key` is the folded name, for sorting."""

    __tablename__ = "tags"
    __table_args__ = (Index(None, "name_key", "id"),)

    id: Mapped[Id] = mapped_column(primary_key=True, default=lambda: ids.new(ids.TAG))
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(binary(500))
    slug: Mapped[str] = mapped_column(binary(200), unique=True)
    import_key: Mapped[ImportKey]


class Category(Versioned, Base):
    """A place in the one tree of categories."""

    __tablename__ = "categories"
    __table_args__ = (Index(None, "parent_id", "position", "name_key", "id"),)

    id: Mapped[Id] = mapped_column(primary_key=True, default=lambda: ids.new(ids.CATEGORY))
    parent_id: Mapped[Id | None] = mapped_column(ForeignKey("categories.id", ondelete="RESTRICT"))
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(binary(500))
    slug: Mapped[str] = mapped_column(binary(200), unique=True)
    description: Mapped[str | None] = mapped_column(Text)
    position: Mapped[int] = mapped_column(default=0)
    import_key: Mapped[ImportKey]
