"""The enums, scalars and inputs of the nasty schema."""

from decimal import Decimal
from typing import Any, NewType

import strawberry
from strawberry.schema.config import StrawberryConfig

from tests.engine.differential import rows

Status = strawberry.enum(rows.Status, name="Status")
Level = strawberry.enum(rows.Level, name="Level")

Loud = NewType("Loud", str)
Exact = NewType("Exact", str)
Count = NewType("Count", int)


def _shout(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"cannot shout {value!r}")
    return value.upper()


CONFIG = StrawberryConfig(
    scalar_map={
        Loud: strawberry.scalar(name="Loud", serialize=_shout, parse_value=str.lower),
        Exact: strawberry.scalar(name="Exact", serialize=str, parse_value=str),
        Count: strawberry.scalar(name="Count", serialize=int, parse_value=int),
    }
)


@strawberry.input
class Part:
    """Equal parts are equal, and cannot be hashed."""

    prefix: str = "<"
    repeat: int | None = 1
    loud: Loud | None = None
    parts: list["Part"] | None = None


@strawberry.input(one_of=True)
class Choice:
    number: strawberry.Maybe[int]
    text: strawberry.Maybe[str]
    part: strawberry.Maybe[Part]


def written(value: Any) -> str:
    """An argument so that no difference is lost: 1 is not True, 1.0 is not 1.00, 0.0 not -0.0."""
    if isinstance(value, Part):
        fields = (value.prefix, value.repeat, value.loud, value.parts)
        return f"Part{written(list(fields))}"
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, Decimal):
        return f"Decimal {value}"
    return repr(value)


def consume(details: Any, context: Any) -> str:
    """Change an argument, and tell when it is that of another operation."""
    if not isinstance(details, dict):
        return repr(details)
    by = details.setdefault("by", context)
    others = "" if by is context else " of another operation"
    return f"{sorted(details)}{others}"
