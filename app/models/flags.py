"""What is switched on, and for whom. A flag without a row is off."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, Moment, binary, now


class FeatureFlag(Base):
    """`percentage` is of the users, for `everyone` else it is on or off; null for no such rule."""

    __tablename__ = "feature_flags"

    name: Mapped[str] = mapped_column(binary(30), primary_key=True)
    everyone: Mapped[bool] = mapped_column(default=False)
    percentage: Mapped[int | None]
    updated_at: Mapped[datetime] = mapped_column(Moment, default=now)


class FeatureFlagUser(Base):
    """One user for whom a flag is on or off, whatever it is for others."""

    __tablename__ = "feature_flag_users"

    flag: Mapped[str] = mapped_column(
        binary(30), ForeignKey("feature_flags.name", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[Id] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    enabled: Mapped[bool]
