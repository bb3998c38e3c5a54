"""What the server has to remember of its own work."""

from datetime import datetime

from sqlalchemy import Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app import ids
from app.models.base import Base, Document, Id, Json, Moment, binary, now


class Job(Base):
    """Something to be done once `due_at` has come; gone when it is done, or some days after it was
    given up.

    `attempts` counts how often it was begun; one that failed is due again later.
    """

    __tablename__ = "jobs"
    __table_args__ = (Index(None, "due_at", "id"),)

    id: Mapped[Id] = mapped_column(primary_key=True, default=lambda: ids.new(ids.JOB))
    kind: Mapped[str] = mapped_column(binary(60))
    payload: Mapped[Document] = mapped_column(Json)
    due_at: Mapped[datetime] = mapped_column(Moment, default=now)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    error: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)


class IdempotencyRecord(Base):
    """The answer to a mutation that must not be done twice; `owner` is a user's id, or
    stands for the guests at one address."""

    __tablename__ = "idempotency_records"

    owner: Mapped[str] = mapped_column(binary(30), primary_key=True)
    key: Mapped[str] = mapped_column(binary(255), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(binary(64))
    answer: Mapped[Document | None] = mapped_column(Json)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
