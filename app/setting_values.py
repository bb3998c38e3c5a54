"""What values settings may have, beside plain ones."""

from enum import StrEnum
from ipaddress import ip_network
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_settings import NoDecode

ADDRESS = r"^[!#-;=?-~]+$"  # what may stand in `<…>` of a header


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Deprecation(BaseModel):
    """Since when something is to be left, until when it is there, and for what."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: AwareDatetime
    sunset: AwareDatetime | None = None
    successor: Annotated[str, Field(pattern=ADDRESS)] | None = None
    documentation: Annotated[str, Field(pattern=ADDRESS)] | None = None

    @model_validator(mode="after")
    def _ends_after_it_began(self) -> "Deprecation":
        if self.sunset and self.sunset < self.since:
            raise ValueError("sunset must not be before since")
        return self


PlanName = Literal["anonymous", "registered", "partner", "internal"]


class Rate(BaseModel):
    """Points that come back in an hour, 0 for no limit, and how many there are at most."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    points: int = Field(ge=0, le=100_000_000)
    burst: int = Field(1, ge=1, le=100_000_000)

    @model_validator(mode="after")
    def _comes_back(self) -> "Rate":
        if self.points and "burst" not in self.model_fields_set:
            raise ValueError("burst is missing, the points that may be spent at once")
        if self.points and self.burst > 720 * self.points:
            raise ValueError("burst must come back within 720 hours")
        return self


def _listed(value: object) -> object:
    """Several values in one variable, separated by commas."""
    if isinstance(value, str):
        return [part for piece in value.split(",") if (part := piece.strip())]
    return value


def _networks(value: str) -> str:
    if value.strip() == "*":
        return "*"
    return ",".join(str(ip_network(part.strip())) for part in value.split(","))


Listed = (NoDecode, BeforeValidator(_listed))
Origin = Annotated[
    str, StringConstraints(to_lower=True, pattern=r"^(\*|[a-z][a-z0-9+.-]*://[^\s/?#@*]+)$")
]
Networks = Annotated[str, AfterValidator(_networks)]
