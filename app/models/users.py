from enum import StrEnum

from sqlalchemy import Enum, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app import ids
from app.models.base import Base, Document, Id, ImportKey, Json, Versioned, binary
from app.permissions import Role


class Theme(StrEnum):
    LIGHT = "LIGHT"
    DARK = "DARK"
    SYSTEM = "SYSTEM"


class User(Versioned, Base):
    """A person with an account. `username_key` and `email_key` are folded, for comparing."""

    __tablename__ = "users"
    __table_args__ = (
        Index(None, "username_key", unique=True),
        Index(None, "email_key", unique=True),
        Index(None, "created_at", "id"),
    )

    id: Mapped[Id] = mapped_column(primary_key=True, default=lambda: ids.new(ids.USER))
    username: Mapped[str] = mapped_column(String(60))
    username_key: Mapped[str] = mapped_column(binary(60))
    email: Mapped[str | None] = mapped_column(String(254))
    email_key: Mapped[str | None] = mapped_column(binary(254))
    full_name: Mapped[str | None] = mapped_column(String(200))
    bio: Mapped[str | None] = mapped_column(Text)
    profile_image_id: Mapped[Id | None] = mapped_column(
        ForeignKey("media.id", ondelete="SET NULL", use_alter=True), index=True
    )
    preferences: Mapped[Document | None] = mapped_column(Json)
    role: Mapped[Role] = mapped_column(Enum(Role, native_enum=False, length=16), default=Role.USER)
    import_key: Mapped[ImportKey]
