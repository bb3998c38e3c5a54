"""What inputs of mutations share."""

from dataclasses import fields
from typing import Any

import strawberry
from strawberry import UNSET


def about(description: str, default: Any = UNSET) -> Any:
    """A field that can be left out, which is not the same as null."""
    return strawberry.field(default=default, description=description)


def secret(description: str) -> Any:
    """The same of what is neither shown nor, not even as a digest, stored."""
    field = about(description)
    field.repr = field.compare = False
    return field


def if_version() -> Any:
    return about("Only if it is still at this version; otherwise the answer is a conflict.")


def given(input: Any, *names: str) -> dict[str, Any]:
    """The fields of an input that were not left out, by name; of `names` only, when there are."""
    wanted = names or [field.name for field in fields(input)]
    values = ((name, getattr(input, name)) for name in wanted)
    return {name: value for name, value in values if value is not UNSET}


def known(value: Any) -> Any:
    """A value, or None when it was left out."""
    return None if value is UNSET else value
