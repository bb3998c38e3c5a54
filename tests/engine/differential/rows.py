"""The rows behind the nasty schema. Row n of a kind always has the same oddities."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Any
from uuid import UUID

from graphql import GraphQLError, Undefined

NOON = datetime(2026, 1, 2, 12, 0, 0, 120_000, tzinfo=UTC)


class Status(Enum):
    """The values are not the names, one of them is another's name."""

    DRAFT = "draft"
    PUBLISHED = "DRAFT"
    GONE = "gone"


class Level(IntEnum):
    LOW = 1
    HIGH = 5


class Word(str):
    """A text that is not exactly a `str`."""

    __slots__ = ()


class Moment(datetime):
    """A datetime that is shown in another way."""

    def isoformat(self, *_: Any, **__: Any) -> str:
        return f"moment {super().isoformat()}"


class Lying(list[Any]):
    """A list that iterates over more than it holds."""

    def __iter__(self) -> Iterator[Any]:
        return iter([*list.__iter__(self), 7])


class Later:
    """An awaitable that needs nobody to await it, and looks the same each time."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __await__(self) -> Iterator[Any]:
        yield from ()
        return self.value

    def __repr__(self) -> str:
        return f"Later({self.value!r})"


def _raising(values: list[Any]) -> Iterator[Any]:
    yield from values
    raise ValueError("no more")


ODDITIES: dict[str, list[Any]] = {
    "text": ["plain", "ünï", Word("word"), 5, True, None, 2.5, b"bytes", ["list"], Undefined],
    "strict_text": ["plain", "", "more", "still", 7, "on", None],
    "number": [1, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, True, 3.0, 3.5, "7", None, Level.LOW],
    "strict_number": [1, 2, 3, 0, -1, 10**12, None],
    "ratio": [0.5, -0.0, float("nan"), float("inf"), 3, True, Decimal("1.5"), "2.5", None, 1e300],
    "flag": [True, False, None, 1, 0, "yes", 2.5, Decimal(1)],
    "code": ["a", 1, 2**70, 2.0, 2.5, True, None, Word("w"), UUID(int=7), b"x"],
    "status": [*Status, "draft", "DRAFT", None, "nonsense", Status.GONE, ["unhashable"]],
    "level": [*Level, 1, "HIGH", None, 99],
    "at": [NOON, Moment(2026, 1, 1), NOON.replace(tzinfo=None), "today", None, date(2026, 1, 1),
           NOON.astimezone(timezone(timedelta(hours=5)))],
    "day": [date(2026, 1, 1), NOON, None, "today"],
    "clock": [time(1, 2), None, 5],
    "amount": [Decimal("1.50"), 1, None, "x"],
    "token": [UUID(int=5), "text", None],
    "details": [{"b": 1, "a": [None]}, [1], "text", 0, None, {1: 2}],
    "loud": ["loud", 3, None],
    "exact": ["exact", 5, None, Word("word"), True],
    "count": [5, "6", None, True, 2.9, "x", 2**40],
    "failed": ["fine", ValueError("an instance"), None, GraphQLError("ours", extensions={"n": 1})],
    "numbers": [[1, 2], [], (3,), None, [1, None, "x"], "text", 5, {1: 2}, {"k": 1}.values(),
                Lying([1, 2]), [2**40], [[1]], range(3)],
    "strict_numbers": [[1, 2], [3], (), [4, None], [5, "x", 6], Lying([1])],
    "matrix": [[[1], [None, 2]], [[]], None, [None, [3]], [(4,), "x"], [[5, "y"]], [Lying([6])]],
    "strict_matrix": [[[1], [2, 3]], [[4]], [], [[5], None], [[6, None]]],
}  # fmt: skip


class Row:
    """Attributes by the row's number; some are missing, some raise, some are made anew."""

    def __init__(self, id: int) -> None:
        self.id = id
        self.name = self.title = self.guarded = f"{type(self).__name__} {id}"
        for place, (attribute, values) in enumerate(ODDITIES.items()):
            setattr(self, attribute, values[(id + place) % len(values)])
        self.strict_status = self.status or Status.DRAFT
        if id % 4 == 3:
            del self.text

    def __repr__(self) -> str:
        return f"<{self.name}>"

    @property
    def leaves(self) -> "Row":
        """The same row, as a type that shows other fields of it."""
        return self

    lists = loaded = resolved = leaves

    @property
    def fragile(self) -> str:
        if self.id % 3 == 1:
            raise ValueError(f"fragile {self.id}")
        return f"whole {self.id}"

    strict_fragile = fragile

    @property
    def generated(self) -> Any:
        values = [self.id, None, self.id + 1]
        return (one for one in values) if self.id % 3 else _raising(values)

    strict_generated = generated

    @property
    def later(self) -> Any:
        return Later(f"later {self.id}")

    @property
    def some_later(self) -> Any:
        return [self.id, Later(self.id + 1), Later(None)]

    @property
    def others(self) -> list[Any]:
        """With repetitions, and whom their type refuses."""
        first, second = PERSONS[self.id % 7], ARTICLES[self.id % 9]
        return [first, second, first, None, LABELS[self.id % 5], second][: self.id % 7]

    strict_others = others

    @property
    def persons(self) -> list[Any]:
        one, two = PERSONS[self.id % 8], PERSONS[self.id % 5]
        return [one, two, one]


class Person(Row):
    pass


class Article(Row):
    pass


class Label(Row):
    pass


class Stranger(Row):
    pass


PERSONS = [Person(number) for number in range(13)]
ARTICLES = [Article(number) for number in range(17)]
LABELS = [Label(number) for number in range(7)]
STRANGER = Stranger(1)
KINDS: dict[str, list[Any]] = {"person": PERSONS, "article": ARTICLES, "label": LABELS}


def found(kind: str, number: int) -> Any:
    """Raises KeyError for no such kind; None for no such row."""
    rows = KINDS[kind]
    return rows[number] if 0 <= number < len(rows) else None
