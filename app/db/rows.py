"""Rows of reads: tuples whose columns are attributes too, made by a function of their own."""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

Records = Sequence[Any]
Make = Callable[[Records], list[Any]]
# What turns a column's value of the driver into ours: a function, or a value for each value.
Convert = Callable[[Any], Any] | Mapping[Any, Any]


def maker(keys: Iterable[str], converts: Sequence[Convert | None]) -> Make:
    """The function that turns records of a driver into rows with these columns."""
    row = _row(tuple(keys))
    scope: dict[str, Any] = {"row": row, "new": tuple.__new__}
    if not any(converts):
        source = "lambda records: [new(row, record) for record in records]"
    else:
        # One comprehension: a call for each column that needs it and for nothing else.
        columns = ", ".join(f"c{n}" for n in range(len(converts)))
        cells = ", ".join(_cell(n, convert) for n, convert in enumerate(converts))
        source = f"lambda records: [new(row, ({cells},)) for {columns}, in records]"
        scope |= {f"x{n}": convert for n, convert in enumerate(converts)}
    return eval(source, scope)  # type: ignore[no-any-return]  # noqa: S307 — numbers only


def named(records: Records) -> list[Any]:
    """Rows of a statement that does not say which columns it has; the records do."""
    return maker(records[0].keys(), ())(records) if records else []


def _cell(n: int, convert: Convert | None) -> str:
    if convert is None:
        return f"c{n}"
    return f"x{n}[c{n}]" if isinstance(convert, Mapping) else f"x{n}(c{n})"


@lru_cache(1_000)
def _row(keys: tuple[str, ...]) -> type[tuple[Any, ...]]:
    return namedtuple("Row", keys, rename=True)
