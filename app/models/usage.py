"""Who asks for what of the schema, so that it can be seen what is still in use."""

from datetime import date

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, binary


class FieldUsage(Base):
    """How often one version of a client has asked for a field on a day (UTC): `field` is the second
    part of a schema coordinate, `items`, or `items(limit:)` for an argument that was given."""

    __tablename__ = "field_usage"

    day: Mapped[date] = mapped_column(primary_key=True)
    client: Mapped[str] = mapped_column(binary(64), primary_key=True)
    version: Mapped[str] = mapped_column(binary(64), primary_key=True)
    type: Mapped[str] = mapped_column(binary(100), primary_key=True)
    field: Mapped[str] = mapped_column(binary(200), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)
