"""Full-text search, the same on both databases: FTS5 on SQLite, tsvector on PostgreSQL.

Words are folded here (app/text.py) before either database sees them, so both only split at spaces
(neither's own idea of a letter matters) and find the same rows. All words of a query must occur,
the last one as a beginning. Only the ranking is each database's own; neither's depends on other
texts, for some of those are hidden, and whoever sees a score would learn which words they have.
"""

import json
from collections.abc import Callable
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
    false,
    literal,
    select,
    table,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType

from app.models import SearchDocument
from app.text import KEY_LENGTH, words

MAX_WORDS = 16
MAX_WORD = 64

DOCUMENTS: Table = SearchDocument.__table__  # type: ignore[assignment]
INDEX = table("search_index", column("rowid", Integer))


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
    words = " ".join(query_words(query))
    return _Score(bindparam(None, words, type_=_Counted, unique=True))


def contains(subject: ColumnElement[str]) -> Callable[[ColumnElement[str], str], Any]:
    """The operator for keys that entries begin with; an index of three-letter pieces answers."""

    def operator(title: ColumnElement[str], part: str) -> ColumnElement[bool]:
        if len(part) < 3:
            return title.contains(part, autoescape=True)
        if len(part) > KEY_LENGTH:
            return false()
        pieces = bindparam(None, part, type_=_Pieces, unique=True)
        return _Contains(title, subject, pieces, literal(part))

    return operator


# --- What differs by database --------------------------------------------------------------------


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


class _Counted(_Query):
    """The same, for SQLite as JSON: what to look for in texts that spaces stand around."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if dialect.name != "sqlite":
            return super().process_bind_param(value, dialect)
        *whole, beginning = (value or "").split(" ")
        return json.dumps([*(f" {word} " for word in whole), f" {beginning}"])


class _Pieces(TypeDecorator[str]):
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


class _Contains(FunctionElement[Any]):
    type = NullType()
    inherit_cache = True


def _arguments(element: FunctionElement[Any], compiler: SQLCompiler, **kw: Any) -> list[str]:
    return [compiler.process(clause, **kw) for clause in element.clauses]


@compiles(_Matches, "sqlite")
def _matches_sqlite(element: _Matches, compiler: SQLCompiler, **kw: Any) -> str:
    return "search_index MATCH {}".format(*_arguments(element, compiler, **kw))


@compiles(_Matches, "postgresql")
def _matches_postgresql(element: _Matches, compiler: SQLCompiler, **kw: Any) -> str:
    return "search_index.vector @@ CAST({} AS tsquery)".format(*_arguments(element, compiler, **kw))


@compiles(_Score, "sqlite")
def _score_sqlite(element: _Score, compiler: SQLCompiler, **kw: Any) -> str:
    # How often each word occurs, ten times as much in a title, the more often the less it adds: as
    # FTS5's own bm25, but for the weight of a word, which is in how many texts it is. Of a word
    # that follows itself every other one counts, as they share a space.
    found = f"10 * {_occurrences('title')} + {_occurrences('body')}"
    (words,) = _arguments(element, compiler, **kw)
    # Rounded, because pages are cut by equality of scores.
    return f"(SELECT round(sum(1 - 1.2 / (1.2 + {found})), 9) FROM json_each({words}))"


def _occurrences(name: str) -> str:
    text = f"' ' || search_index.{name} || ' '"
    without = f"replace({text}, value, '')"
    return f"(({_bytes(text)} - {_bytes(without)}) / {_bytes('value')})"


def _bytes(text: str) -> str:
    return f"length(CAST({text} AS BLOB))"  # counting characters would take twice as long


@compiles(_Score, "postgresql")
def _score_postgresql(element: _Score, compiler: SQLCompiler, **kw: Any) -> str:
    rank = "ts_rank_cd(search_index.vector, CAST({} AS tsquery))"
    return f"round(CAST({rank} AS numeric), 6)::float8".format(*_arguments(element, compiler, **kw))


@compiles(_Contains, "sqlite")
def _contains_sqlite(element: _Contains, compiler: SQLCompiler, **kw: Any) -> str:
    title, subject, pieces, part = _arguments(element, compiler, **kw)
    return (
        f"({subject} IN (SELECT d.subject_id FROM title_trigrams"
        f" JOIN search_documents AS d ON d.id = title_trigrams.rowid"
        f" WHERE title_trigrams MATCH {pieces}) AND instr({title}, {part}) > 0)"
    )


@compiles(_Contains, "postgresql")
def _contains_postgresql(element: _Contains, compiler: SQLCompiler, **kw: Any) -> str:
    title, _subject, pieces, _part = element.clauses
    return f"{compiler.process(title, **kw)} LIKE {compiler.process(pieces, **kw)}"
