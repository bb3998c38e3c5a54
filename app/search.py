"""Full-text search, the same on both databases: FTS5 on SQLite, tsvector on PostgreSQL.

Words are folded here (app/text.py) before either database sees them, so both only split at spaces
and find the same rows. All words of a query must occur, the last one as a beginning. Only the
ranking is each database's own.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Dialect,
    Float,
    Integer,
    String,
    Table,
    TypeDecorator,
    bindparam,
    column,
    delete,
    false,
    insert,
    select,
    table,
)
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType

from app.models import SearchDocument
from app.text import key, words

MAX_WORDS = 16
MAX_WORD = 64
MAX_TEXT = 100_000

DOCUMENTS: Table = SearchDocument.__table__  # type: ignore[assignment]
INDEX = table("search_index", column("rowid", Integer))


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be found of one subject: by its title first, by its text second."""

    subject_id: str
    title: str
    text: str = ""


def query_words(query: str) -> list[str]:
    """The words that a person's query asks for: the first MAX_WORDS, each cut at MAX_WORD."""
    return [word[:MAX_WORD] for word in words(query)[:MAX_WORDS]]


def mentions(subject: ColumnElement[str], query: str) -> ColumnElement[bool]:
    """Whether the subject with this id is found by a query; one without words finds nothing."""
    found = select(DOCUMENTS.c.subject_id).join(INDEX, INDEX.c.rowid == DOCUMENTS.c.id)
    return subject.in_(found.where(matches(query)))


def matches(query: str) -> ColumnElement[bool]:
    """Whether a row of `search_index` has all words of a query."""
    return _Matches(_bound(query)) if query_words(query) else false()


def score(query: str) -> ColumnElement[float]:
    """How well a matching row of `search_index` fits: above 0, more is better."""
    return _Score(_bound(query))


def title_contains(subject: ColumnElement[str]) -> Callable[[ColumnElement[str], str], Any]:
    """A `contains` for titles that an index of three-letter pieces answers."""

    def contains(title: ColumnElement[str], part: str) -> ColumnElement[bool]:
        if len(part) < 3:
            return title.contains(part, autoescape=True)
        return _TitleContains(title, subject, bindparam(None, part, type_=_Piece, unique=True))

    return contains


async def put(session: AsyncSession, entries: Iterable[Entry]) -> None:
    """Make subjects findable, replacing what was known of them."""
    entries = list(entries)
    if not entries:
        return
    await remove(session, [entry.subject_id for entry in entries])
    await add(session, entries)


async def add(session: AsyncSession, entries: Sequence[Entry]) -> None:
    """Make subjects findable of which nothing is known yet; faster than `put` for very many."""
    if not entries:
        return
    rows = [
        {
            "subject_id": entry.subject_id,
            "subject": entry.subject_id[:3],
            "title": entry.title,
            "text": entry.text[:MAX_TEXT],
        }
        for entry in entries
    ]
    # Told apart by subject: asking for the order of the rows makes SQLite insert one at a time.
    added = await session.execute(
        insert(DOCUMENTS).returning(DOCUMENTS.c.subject_id, DOCUMENTS.c.id), rows
    )
    numbers = {subject_id: number for subject_id, number in added}
    folded = [
        {
            "rowid": numbers[entry.subject_id],
            "title": " ".join(words(entry.title)),
            "body": " ".join(words(entry.text[:MAX_TEXT])),
            "key": key(entry.title),
        }
        for entry in entries
    ]
    for statement in _INSERT[session.get_bind().dialect.name]:
        await session.execute(sql(statement), folded)


async def remove(session: AsyncSession, subject_ids: Sequence[str]) -> None:
    """Make subjects unfindable."""
    numbers = list(
        await session.scalars(
            delete(SearchDocument)
            .where(SearchDocument.subject_id.in_(subject_ids))
            .returning(SearchDocument.id)
        )
    )
    if numbers:
        for name in _TABLES[session.get_bind().dialect.name]:
            await session.execute(
                sql(f"DELETE FROM {name} WHERE rowid = :rowid"),
                [{"rowid": number} for number in numbers],
            )


# --- What differs by database --------------------------------------------------------------------

_TABLES = {"sqlite": ("search_index", "title_trigrams"), "postgresql": ("search_index",)}

_INSERT = {
    "sqlite": (
        "INSERT INTO search_index (rowid, title, body) VALUES (:rowid, :title, :body)",
        "INSERT INTO title_trigrams (rowid, title) VALUES (:rowid, :key)",
    ),
    "postgresql": (
        "INSERT INTO search_index (rowid, vector) VALUES (:rowid,"
        " setweight(to_tsvector('simple', CAST(:title AS text)), 'A')"
        " || setweight(to_tsvector('simple', CAST(:body AS text)), 'B'))",
    ),
}


class _Query(TypeDecorator[str]):
    """Folded words joined by spaces, said in the database's own query language."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if not value:
            return ""
        *whole, beginning = value.split(" ")
        if dialect.name == "sqlite":
            return " ".join([*(f'"{word}"' for word in whole), f'"{beginning}"*'])
        return " & ".join([*whole, f"{beginning}:*"])


class _Piece(TypeDecorator[str]):
    """Part of a title: a phrase of trigrams for FTS5, a pattern for PostgreSQL."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        part = value or ""
        if dialect.name == "sqlite":
            return '"' + part.replace('"', '""') + '"'
        return "%" + part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def _bound(query: str) -> ColumnElement[str]:
    return bindparam(None, " ".join(query_words(query)), type_=_Query, unique=True)


# Untyped, because a Boolean is compared with 1 where a database has none, and MATCH cannot be.
class _Matches(FunctionElement[Any]):
    type = NullType()
    inherit_cache = True


class _Score(FunctionElement[float]):
    type = Float()
    inherit_cache = True


class _TitleContains(FunctionElement[Any]):
    type = NullType()
    inherit_cache = True


def _arguments(element: FunctionElement[Any], compiler: SQLCompiler, **kw: Any) -> list[str]:
    return [compiler.process(clause, **kw) for clause in element.clauses]


@compiles(_Matches, "sqlite")
def _matches_sqlite(element: _Matches, compiler: SQLCompiler, **kw: Any) -> str:
    return "search_index MATCH {}".format(*_arguments(element, compiler, **kw))


@compiles(_Matches, "postgresql")
def _matches_postgresql(element: _Matches, compiler: SQLCompiler, **kw: Any) -> str:
    return "search_index.vector @@ to_tsquery('simple', {})".format(
        *_arguments(element, compiler, **kw)
    )


@compiles(_Score, "sqlite")
def _score_sqlite(_element: _Score, _compiler: SQLCompiler, **_kw: Any) -> str:
    # FTS5 scores the query of its MATCH. Rounded, because pages are cut by equality of scores.
    return "round(-bm25(search_index, 10.0, 1.0), 9)"


@compiles(_Score, "postgresql")
def _score_postgresql(element: _Score, compiler: SQLCompiler, **kw: Any) -> str:
    rank = "ts_rank_cd(search_index.vector, to_tsquery('simple', {}))"
    return f"round(CAST({rank} AS numeric), 6)::float8".format(*_arguments(element, compiler, **kw))


@compiles(_TitleContains, "sqlite")
def _title_contains_sqlite(element: _TitleContains, compiler: SQLCompiler, **kw: Any) -> str:
    _title, subject, part = _arguments(element, compiler, **kw)
    return (
        f"{subject} IN (SELECT d.subject_id FROM title_trigrams"
        f" JOIN search_documents AS d ON d.id = title_trigrams.rowid"
        f" WHERE title_trigrams MATCH {part})"
    )


@compiles(_TitleContains, "postgresql")
def _title_contains_postgresql(element: _TitleContains, compiler: SQLCompiler, **kw: Any) -> str:
    title, _subject, part = _arguments(element, compiler, **kw)
    return f"{title} LIKE {part}"
