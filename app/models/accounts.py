"""What accounts prove themselves with. Secrets are kept as digests, or sealed, and nowhere else."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Enum, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app import ids
from app.models.base import Base, Id, Json, Moment, binary, now


class Credential(Base):
    """A user's password (argon2id) and second factor (RFC 6238).

    `totp_secret` is sealed; it counts from `totp_confirmed_at` on. `totp_step` is the last time
    step whose code was taken: none is taken twice.
    """

    __tablename__ = "credentials"

    user_id: Mapped[Id] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    password_hash: Mapped[str | None] = mapped_column(Text)
    password_changed_at: Mapped[datetime | None] = mapped_column(Moment)
    totp_secret: Mapped[str | None] = mapped_column(Text)
    totp_confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    totp_step: Mapped[int | None] = mapped_column(BigInteger)


class RecoveryCode(Base):
    """One of the codes that stand in for a lost second factor, each for once."""

    __tablename__ = "recovery_codes"

    digest: Mapped[str] = mapped_column(binary(64), primary_key=True)
    user_id: Mapped[Id] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)


class Session(Base):
    """A sign-in on one device, kept alive by its refresh tokens until it expires or is revoked."""

    __tablename__ = "sessions"
    __table_args__ = (Index(None, "user_id", "created_at", "id"),)

    id: Mapped[Id] = mapped_column(primary_key=True, default=lambda: ids.new(ids.SESSION))
    user_id: Mapped[Id] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    last_seen_at: Mapped[datetime] = mapped_column(Moment, default=now)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    ip_address: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(String(300))


class RefreshToken(Base):
    """Good for once: a second use says that somebody else has it, and ends the session."""

    __tablename__ = "refresh_tokens"

    digest: Mapped[str] = mapped_column(binary(64), primary_key=True)
    session_id: Mapped[Id] = mapped_column(
        ForeignKey("sessions.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class ApiKey(Base):
    """Lets a program act for its owner within `scopes`. The previous secret goes on for a while
    after a rotation."""

    __tablename__ = "api_keys"
    __table_args__ = (Index(None, "user_id", "created_at", "id"),)

    id: Mapped[Id] = mapped_column(primary_key=True, default=lambda: ids.new(ids.API_KEY))
    user_id: Mapped[Id] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    scopes: Mapped[list[str]] = mapped_column(Json)
    digest: Mapped[str] = mapped_column(binary(64))
    previous_digest: Mapped[str | None] = mapped_column(binary(64))
    previous_until: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    last_used_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)


class Purpose(StrEnum):
    """What a link in a mail is for."""

    VERIFY_EMAIL = "VERIFY_EMAIL"
    RESET_PASSWORD = "RESET_PASSWORD"  # noqa: S105


class MailedToken(Base):
    """A secret that was sent to an address: whoever has it reads that mail. Good for once."""

    __tablename__ = "mailed_tokens"

    digest: Mapped[str] = mapped_column(binary(64), primary_key=True)
    user_id: Mapped[Id] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[Purpose] = mapped_column(Enum(Purpose, native_enum=False, length=16))
    email_key: Mapped[str] = mapped_column(binary(254))
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)


class Attempt(Base):
    """How often somebody failed to prove who they are; `key` is of an account or an address."""

    __tablename__ = "attempts"

    key: Mapped[str] = mapped_column(binary(64), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    last_at: Mapped[datetime] = mapped_column(Moment, index=True)
    blocked_until: Mapped[datetime | None] = mapped_column(Moment)
