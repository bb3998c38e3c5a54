from datetime import datetime
from enum import StrEnum

from sqlalchemy import Enum, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app import ids
from app.models.base import Base, Document, Id, ImportKey, Json, Moment, Versioned, binary
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
        # Whoever registers may claim any address; it is theirs once they have proved it.
        Index(
            "ix_users_email_key",
            "email_key",
            unique=True,
            sqlite_where=text("email_verified_at IS NOT NULL"),
            postgresql_where=text("email_verified_at IS NOT NULL"),
        ),
        Index("ix_users_email_key_claims", "email_key"),
        Index(None, "created_at", "id"),
    )

    id: Mapped[Id] = mapped_column(primary_key=True, default=lambda: ids.new(ids.USER))
    username: Mapped[str] = mapped_column(String(60))
    username_key: Mapped[str] = mapped_column(binary(60))
    email: Mapped[str | None] = mapped_column(String(254))
    email_key: Mapped[str | None] = mapped_column(binary(254))
    email_verified_at: Mapped[datetime | None] = mapped_column(Moment)
    full_name: Mapped[str | None] = mapped_column(String(200))
    bio: Mapped[str | None] = mapped_column(Text)
    profile_image_id: Mapped[Id | None] = mapped_column(
        ForeignKey("media.id", ondelete="SET NULL", use_alter=True), index=True
    )
    preferences: Mapped[Document | None] = mapped_column(Json)
    role: Mapped[Role] = mapped_column(Enum(Role, native_enum=False, length=16), default=Role.USER)
    deactivated_at: Mapped[datetime | None] = mapped_column(Moment)
    import_key: Mapped[ImportKey]
