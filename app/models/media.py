from enum import StrEnum

from sqlalchemy import BigInteger, Enum, Float, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app import ids
from app.models.base import Base, Id, ImportKey, Versioned, binary


class MediaKind(StrEnum):
    IMAGE = "IMAGE"
    VIDEO = "VIDEO"
    AUDIO = "AUDIO"
    DOCUMENT = "DOCUMENT"


class Media(Versioned, Base):
    """A file: ours (`storage_key`, below the media folder) or elsewhere (`external_url`).

    Sizes are in bytes and pixels, durations in seconds; None where nobody knows. `placeholder` is
    a tiny picture as a data URL, to be shown blurred until the file has come. `sha256` is of the
    bytes that were uploaded, in hex: the same file is stored once.
    """

    __tablename__ = "media"
    __table_args__ = (
        Index(None, "created_at", "id"),
        Index(None, "kind", "created_at", "id"),
        Index(None, "sha256", unique=True),
    )

    id: Mapped[Id] = mapped_column(primary_key=True, default=lambda: ids.new(ids.MEDIA))
    kind: Mapped[MediaKind] = mapped_column(Enum(MediaKind, native_enum=False, length=16))
    storage_key: Mapped[str | None] = mapped_column(binary(255), unique=True)
    external_url: Mapped[str | None] = mapped_column(Text)
    file_name: Mapped[str] = mapped_column(String(255))
    mime_type: Mapped[str] = mapped_column(binary(100), index=True)
    sha256: Mapped[str | None] = mapped_column(binary(64))
    size: Mapped[int | None] = mapped_column(BigInteger)
    width: Mapped[int | None] = mapped_column(Integer)
    height: Mapped[int | None] = mapped_column(Integer)
    duration: Mapped[float | None] = mapped_column(Float)
    title: Mapped[str | None] = mapped_column(String(500))
    alt_text: Mapped[str | None] = mapped_column(Text)
    caption: Mapped[str | None] = mapped_column(Text)
    placeholder: Mapped[str | None] = mapped_column(Text)
    uploaded_by_id: Mapped[Id | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    import_key: Mapped[ImportKey]
