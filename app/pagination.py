"""Keyset pages: which rows come after a row, in any order, forward and backward.

A NULL counts as smaller than every value, and the id breaks ties, so an order is always total and
a page never depends on how many rows came or went before it.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import ColumnElement, and_, false, or_, true, tuple_

from app.errors import BadInput

DEFAULT_SIZE = 20
MAX_SIZE = 100
MAX_OFFSET = 10_000
MAX_SORT_KEYS = 3

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Direction(StrEnum):
    ASC = "ASC"
    DESC = "DESC"


@dataclass(frozen=True, slots=True)
class Key:
    """One column of an order; `name` is its attribute on a row.

    A nullable column is `filled` where the reader sees no row without a value.
    """

    name: str
    column: ColumnElement[Any]
    descending: bool = False
    nullable: bool = False
    filled: bool = False
    moment: bool = False

    def __str__(self) -> str:
        return f"{self.name} {Direction.DESC if self.descending else Direction.ASC}"

    def ordered(self, *, backward: bool, postgresql: bool) -> ColumnElement[Any]:
        down = self.descending != backward
        column = self.column.desc() if down else self.column.asc()
        if self.nullable and postgresql:  # SQLite sorts so by itself
            return column.nulls_last() if down else column.nulls_first()
        return column

    def beyond(self, value: Any, *, backward: bool, inclusive: bool = False) -> ColumnElement[bool]:
        """Rows whose value comes later than `value`, strictly or not."""
        column = self.column
        if self.descending != backward:
            if value is None:
                return column.is_(None) if inclusive else false()
            later = column <= value if inclusive else column < value
            return or_(later, column.is_(None)) if self.nullable and not self.filled else later
        if value is None:
            return true() if inclusive else column.is_not(None)
        return column >= value if inclusive else column > value  # type: ignore[no-any-return]

    def same(self, value: Any) -> ColumnElement[bool]:
        return self.column.is_(None) if value is None else self.column == value


def beyond(keys: Sequence[Key], values: Sequence[Any], *, backward: bool) -> ColumnElement[bool]:
    """The rows that come after the row with these `values`, in the order of `keys`."""
    there = all(value is not None for value in values)
    filled = there and all(key.filled or not key.nullable for key in keys)
    if filled and len({key.descending for key in keys}) == 1:
        row = tuple_(*(key.column for key in keys))  # one comparison, which an index answers
        return row < tuple_(*values) if keys[0].descending != backward else row > tuple_(*values)
    ties: list[ColumnElement[bool]] = []
    alternatives: list[ColumnElement[bool]] = []
    for key, value in zip(keys, values, strict=True):
        alternatives.append(and_(*ties, key.beyond(value, backward=backward)))
        ties.append(key.same(value))
    # Implied by the alternatives; it lets the leading column's index skip what came before.
    first = keys[0].beyond(values[0], backward=backward, inclusive=True)
    return and_(first, or_(*alternatives))


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of an ordered list: keyset bounds and a size, from one end or the other."""

    size: int
    backward: bool = False
    after: str | None = None
    before: str | None = None
    offset: int = 0

    @classmethod
    def of(
        cls,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        offset: int | None = None,
    ) -> "Window":
        """The window that Relay's four arguments ask for, and how many to skip after `after`.

        Raises BadInput for a size that is negative or above MAX_SIZE, for `first` with `last`, and
        for an offset that is out of bounds or not forward.
        """
        if first is not None and last is not None:
            raise BadInput("Ask for `first` or for `last`, not for both", argument="last")
        offset = sized("offset", offset or 0, MAX_OFFSET)
        if offset and not (last is None and before is None):
            message = "`offset` goes forward: with `first` and `after` only"
            raise BadInput(message, argument="offset")
        if last is not None:
            return cls(sized("last", last), True, after, before)
        size = sized("first", DEFAULT_SIZE if first is None else first)
        return cls(size, False, after, before, offset)

    @property
    def skips(self) -> bool:
        """Whether something may come before it that was left out."""
        return self.after is not None or self.offset > 0


def sized(argument: str, size: int, most: int = MAX_SIZE) -> int:
    """`size`, if it lies between 0 and `most`. Raises BadInput otherwise."""
    if size < 0:
        raise BadInput(f"`{argument}` must not be negative, but is {size}", argument=argument)
    if size > most:
        raise BadInput(f"`{argument}` is at most {most}, but is {size}", argument=argument)
    return size


class Cursors:
    """Turns the sort values of a row into an opaque, signed text and back.

    The signature covers the list's order, so a cursor is of use in that order only.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = hashlib.sha256(b"cursor" + secret).digest()

    def encode(self, order: str, values: Sequence[Any]) -> str:
        payload = orjson.dumps([_plain(value) for value in values])
        return base64.urlsafe_b64encode(self._sign(order, payload) + payload).rstrip(b"=").decode()

    def decode(self, order: str, keys: Sequence[Key], argument: str, cursor: str) -> list[Any]:
        """The sort values in the cursor that an argument (`after`, `before`) has. Raises BadInput
        for one that is not from this order."""
        try:
            raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        except ValueError:  # also what is not ASCII or not base64
            raw = b""
        signature, payload = raw[:12], raw[12:]
        if not hmac.compare_digest(signature, self._sign(order, payload)):
            raise BadInput(
                "This cursor is not from this list in this order; start again without it",
                argument=argument,
            )
        values = orjson.loads(payload)
        return [
            EPOCH + value * MICROSECOND if key.moment and value is not None else value
            for key, value in zip(keys, values, strict=True)
        ]

    def _sign(self, order: str, payload: bytes) -> bytes:
        return hmac.digest(self._secret, order.encode() + b"\0" + payload, "sha256")[:12]


def _plain(value: Any) -> Any:
    return (value - EPOCH) // MICROSECOND if isinstance(value, datetime) else value
