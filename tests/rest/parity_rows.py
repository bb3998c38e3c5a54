"""Which rows a call changes, and how they become what they were."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, and_, delete, insert, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app import indexing
from app.db import Database
from app.models import Base, SearchDocument

Row = dict[str, Any]
Key = tuple[Any, ...]
Rows = dict[Key, Row]

TABLES = Base.metadata.sorted_tables
NAMES = frozenset(Base.metadata.tables)
SEARCH = SearchDocument.__tablename__
UNCHECKED = {  # rows that lead to each other come back one after another
    "sqlite": "PRAGMA defer_foreign_keys = ON",
    "postgresql": "SET LOCAL session_replication_role = replica",
}
WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)")
LONG = re.compile(r"[\w.$=,+/-]{26,}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True, slots=True)
class Changes:
    """The tables whose rows are not what they were, before and after."""

    before: Mapping[str, Rows]
    after: Mapping[str, Rows]

    def both(self, name: str) -> tuple[list[Row], list[Row]]:
        """The rows that went and those that came."""
        before, after = self.before[name], self.after[name]
        return (
            [row for key, row in before.items() if after.get(key) != row],
            [row for key, row in after.items() if before.get(key) != row],
        )


class World:
    """A database as it was when this was made: what has changed since, and back again."""

    def __init__(self, db: Database, rows: dict[str, Rows], known: Iterable[Any]) -> None:
        self._db = db
        self._rows = rows
        self._known = set(_leaves([rows, *known]))

    @classmethod
    async def of(cls, db: Database, *known: Any) -> "World":
        """`known` is what calls may bring with them: it is not new, either."""
        return cls(db, await _dump(db, NAMES), known)

    def plain(self, value: Any) -> Any:
        """A value without the ids, times and secrets that were not known before."""
        if isinstance(value, dict):
            return {key: self.plain(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.plain(inner) for inner in value]
        if isinstance(value, datetime):
            return value if value in self._known else "<time>"
        if isinstance(value, str):
            timeless = TIME.sub(self._time, value)
            return LONG.sub(lambda run: run[0] if run[0] in self._known else "<new>", timeless)
        return value

    def _time(self, found: re.Match[str]) -> str:
        return found[0] if datetime.fromisoformat(found[0]) in self._known else "<time>"

    async def changes(self, names: Iterable[str] = NAMES) -> Changes:
        """What is no longer as it was, in these tables."""
        after = await _dump(self._db, names)
        changed = [name for name, rows in after.items() if rows != self._rows[name]]
        return Changes(*({name: rows[name] for name in changed} for rows in (self._rows, after)))

    def told(self, changes: Changes) -> dict[str, Any]:
        """Which rows went and came, to be compared."""
        return {
            name: [Counter(repr(self.plain(_uncounted(name, row))) for row in rows) for rows in
                   changes.both(name)]
            for name in changes.before
        }  # fmt: skip

    async def undo(self, changes: Changes) -> None:
        if not changes.before:
            return
        tables = [one for one in TABLES if one.name in changes.before and one.name != SEARCH]
        async with self._db.write() as session:
            await session.execute(text(UNCHECKED[self._db.dialect]))
            for table in reversed(tables):
                for key in changes.after[table.name].keys() - changes.before[table.name]:
                    await session.execute(delete(table).where(_at(table, key)))
            for table in tables:
                await _put_back(session, table, changes)
            if SEARCH in changes.before:
                await _find_again(session, *changes.both(SEARCH))


async def _put_back(session: AsyncSession, table: Table, changes: Changes) -> None:
    after = changes.after[table.name]
    for key, row in changes.before[table.name].items():
        if key not in after:
            await session.execute(insert(table).values(row))
        elif after[key] != row:
            await session.execute(update(table).where(_at(table, key)).values(row))


async def _find_again(session: AsyncSession, gone: list[Row], come: list[Row]) -> None:
    await indexing.remove(session, [row["subject_id"] for row in (*gone, *come)])
    entries = (indexing.Entry(row["subject_id"], row["title"], row["text"]) for row in gone)
    await indexing.put(session, entries)


def written(statements: Iterable[str]) -> set[str]:
    """The tables that statements may have changed: where rows are deleted, those that hang on
    them, too."""
    found: set[str] = set()
    for statement in statements:
        if write := WRITES.match(statement):
            found.add(write[1])
            if statement.lstrip().startswith("DELETE"):
                _hanging(write[1], found)
    return found & NAMES


def _hanging(name: str, found: set[str]) -> None:
    for table in TABLES:
        leads_there = any(key.column.table.name == name for key in table.foreign_keys)
        if leads_there and table.name not in found:
            found.add(table.name)
            _hanging(table.name, found)


async def _dump(db: Database, names: Iterable[str]) -> dict[str, Rows]:
    """All rows of tables; a search document is known by its subject, whatever its number."""

    def read(connection: Any) -> dict[str, Rows]:
        return {
            table.name: dict(_keyed(table, row) for row in connection.execute(table.select()))
            for table in TABLES
            if table.name in names
        }

    found: dict[str, Rows] = await db.inspect(read)
    return found


def _keyed(table: Table, found: Any) -> tuple[Key, Row]:
    row = dict(found._mapping)
    if table.name == SEARCH:
        del row["id"]
        return (row["subject_id"],), row
    return tuple(row[column.name] for column in table.primary_key), row


def _at(table: Table, key: Key) -> Any:
    return and_(*(column == value for column, value in zip(table.primary_key, key, strict=True)))


def _uncounted(name: str, row: Row) -> Row:
    """Without what the database numbers."""
    counted = Base.metadata.tables[name].autoincrement_column
    return {key: value for key, value in row.items() if counted is None or key != counted.name}


def _leaves(value: Any) -> Iterator[Any]:
    """The moments and long words in a value."""
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if isinstance(value, list | tuple):
        for inner in value:
            yield from _leaves(inner)
    elif isinstance(value, datetime):
        yield value
    elif isinstance(value, str):
        yield from LONG.findall(value)
