"""What happened, written in the transaction in which it did."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app import ids
from app.models.base import Base, Document, Id, Json, Moment, binary, now


class AuditEntry(Base):
    """Who did what to which thing. Ids and names of fields only, so it may outlive the people."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index(None, "created_at", "id"),
        Index(None, "subject_id", "created_at", "id"),
        Index(None, "actor_id", "created_at", "id"),
        Index(None, "action", "created_at", "id"),
    )

    id: Mapped[Id] = mapped_column(primary_key=True, default=lambda: ids.new(ids.AUDIT))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    action: Mapped[str] = mapped_column(binary(60))
    subject_id: Mapped[Id]
    actor_id: Mapped[Id | None]
    api_key_id: Mapped[Id | None]
    changed: Mapped[list[str]] = mapped_column(Json)
    details: Mapped[Document] = mapped_column(Json)
    request_id: Mapped[str] = mapped_column(String(100))


class OutboxEvent(Base):
    """An event to be told to the outside: the attributes of CloudEvents 1.0 that are not fixed."""

    __tablename__ = "outbox"

    sequence: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    id: Mapped[Id] = mapped_column(unique=True, default=lambda: ids.new(ids.EVENT))
    type: Mapped[str] = mapped_column(binary(60))
    subject: Mapped[Id]
    time: Mapped[datetime] = mapped_column(Moment, default=now)
    data: Mapped[Document] = mapped_column(Json)
