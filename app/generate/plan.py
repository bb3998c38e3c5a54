"""How much is generated, and everything about a row that its number alone decides."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from random import Random

from app import ids
from app.errors import StartupError

FIRST = datetime(2022, 1, 1, tzinfo=UTC)
LAST = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Plan:
    """Sizes and a seed. Raises StartupError when they do not fit together."""

    users: int = 1_000
    items: int = 100_000
    media: int = 20_000
    tags: int = 500
    seed: int = 1

    def __post_init__(self) -> None:
        if min(self.users, self.items, self.media, self.tags) < 0:
            raise StartupError("Sizes are 0 or more")
        if self.items and not self.users:
            raise StartupError("Items need somebody who wrote them: ask for at least one user")

    def __str__(self) -> str:
        return f"{self.users} users, {self.items} items, {self.media} media and {self.tags} tags"

    @property
    def total(self) -> int:
        return self.users + self.items + self.media + self.tags

    def count(self, prefix: str) -> int:
        return {
            ids.USER: self.users, ids.CONTENT: self.items, ids.MEDIA: self.media, ids.TAG: self.tags
        }.get(prefix, 0)  # fmt: skip

    def random(self, what: str) -> Random:
        """A stream of its own for each use, so that one size does not change other rows."""
        return Random(f"{self.seed} {what}")  # noqa: S311 (nothing secret)

    def created(self, prefix: str, number: int) -> datetime:
        """When the row was made: rows of a kind follow each other evenly between FIRST and LAST."""
        part = (number + 0.5) / max(self.count(prefix), number + 1)
        return FIRST + timedelta(milliseconds=int(part * ((LAST - FIRST) / _MILLISECOND)))

    def id(self, prefix: str, number: int) -> str:
        """The id of the row with this number, which is computed rather than remembered."""
        return _id(self, prefix, number)


_MILLISECOND = timedelta(milliseconds=1)


@lru_cache(maxsize=50_000)
def _id(plan: Plan, prefix: str, number: int) -> str:
    bits = blake2b(f"{plan.seed} {prefix} {number}".encode(), digest_size=10).digest()
    return ids.make(prefix, _stamp(number), int.from_bytes(bits) >> 6)


def _stamp(number: int) -> int:
    """Milliseconds since 1970; not the moment of `created`, which other sizes would change."""
    return int(FIRST.timestamp() * 1000) + number
