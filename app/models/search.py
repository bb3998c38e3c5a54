from sqlalchemy import BigInteger, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, binary


class SearchDocument(Base):
    """What a search shows of a thing: its title and its text as people read them.

    The words themselves are in `search_index` (and `title_trigrams` on SQLite) under the same
    number; `app/search.py` writes and reads both.
    """

    __tablename__ = "search_documents"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    subject_id: Mapped[Id] = mapped_column(unique=True)
    subject: Mapped[str] = mapped_column(binary(3))
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
