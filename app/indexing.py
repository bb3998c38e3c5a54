"""Makes subjects findable: their words, in the form that `app/search.py` asks for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import AsyncSession

from app import richtext
from app.db import Database
from app.models import SearchDocument
from app.richtext import Format
from app.search import DOCUMENTS, MAX_WORD
from app.text import key, words

MAX_TEXT = 100_000
MAX_TEXT_WORDS = 20_000
MERGED_PAGES = 200  # some milliseconds' work
SEARCHED = 500_000  # characters of a body that are looked at; its markup is not kept


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be found of one subject: by its title first, by its text second."""

    subject_id: str
    title: str
    text: str = ""


def user(id: str, username: str, full_name: str | None, bio: str | None) -> Entry:
    """What a user is found by: never by what is private of them."""
    return Entry(id, f"{username} {full_name or ''}".strip(), bio or "")


def media(
    id: str, title: str | None, file_name: str, alt_text: str | None, caption: str | None
) -> Entry:
    """What a media item is found by: without a title its file's name stands for it."""
    texts = (file_name, alt_text, caption)
    return Entry(id, title or file_name, "\n".join(filter(None, texts)))


def item(id: str, title: str, summary: str | None, text: str) -> Entry:
    """What a content item is found by; `text` is what `read` says of its body."""
    return Entry(id, title, f"{summary}\n{text}" if summary else text)


def read(body: str, format: Format) -> str:
    """A body's words as they are read. Slow for a long one: not for within a transaction."""
    return richtext.text(body[:SEARCHED], format)[:MAX_TEXT]


async def text_of(session: AsyncSession, id: str, summary: str | None) -> str:
    """What `read` said of the body of a content item that is findable."""
    found = select(SearchDocument.text).where(SearchDocument.subject_id == id)
    text = await session.scalar(found) or ""
    return text.removeprefix(f"{summary}\n") if summary else text


async def put(session: AsyncSession, entries: Iterable[Entry]) -> None:
    """Make subjects findable, replacing what was known of them."""
    entries = list({entry.subject_id: entry for entry in entries}.values())
    if not entries:
        return
    await remove(session, [entry.subject_id for entry in entries])
    await add(session, entries)


async def add(session: AsyncSession, entries: Sequence[Entry]) -> None:
    """Make subjects findable of which nothing is known yet; faster than `put` for very many."""
    if not entries:
        return
    dialect = session.get_bind().dialect.name
    indexed = _INDEXED[dialect]
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
    numbers = {row.subject_id: row.id for row in added}
    folded = [
        {
            "rowid": numbers[entry.subject_id],
            "key": key(entry.title),
            **indexed(_short(entry.title), _short(entry.text)),
        }
        for entry in entries
    ]
    for statement in _INSERT[dialect]:
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


async def compact(db: Database) -> None:
    """Leave no word in the index that no text has any more, in steps that others can come between.

    SQLite's index only marks what was removed until its parts are merged; PostgreSQL's vacuum
    clears away by itself.
    """
    if db.dialect == "sqlite":
        for name in _TABLES["sqlite"]:
            pages = -MERGED_PAGES  # begins a merge of everything
            while await _merged(db, name, pages):
                pages = MERGED_PAGES


async def _merged(db: Database, name: str, pages: int) -> bool:
    """Merge some pages of an index; whether there was anything to do (fts5's documentation)."""
    merge = sql(f"INSERT INTO {name} ({name}, rank) VALUES ('merge', :pages)")
    changes = sql("SELECT total_changes()")
    async with db.write() as session:
        before = await session.scalar(changes) or 0
        await session.execute(merge, {"pages": pages})
        return (await session.scalar(changes) or 0) - before >= 2


def _short(text: str) -> list[str]:
    """The words of a text that are indexed, each cut as a query's are."""
    return [word[:MAX_WORD] for word in words(text[:MAX_TEXT])[:MAX_TEXT_WORDS]]


# --- What differs by database --------------------------------------------------------------------

_TABLES = {"sqlite": ("search_index", "title_trigrams"), "postgresql": ("search_index",)}

_INSERT = {
    "sqlite": (
        "INSERT INTO search_index (rowid, title, body) VALUES (:rowid, :title, :body)",
        "INSERT INTO title_trigrams (rowid, title) VALUES (:rowid, :key)",
    ),
    "postgresql": (
        "INSERT INTO search_index (rowid, vector) VALUES (:rowid, CAST(:vector AS tsvector))",
    ),
}


def _indexed_sqlite(title: list[str], body: list[str]) -> dict[str, str]:
    return {"title": " ".join(title), "body": " ".join(body)}


def _indexed_postgresql(title: list[str], body: list[str]) -> dict[str, str]:
    # Words with their places, as a tsvector is written: its parser would have a mind of its own.
    # A title's are of weight A (1.0), others are of D (0.1): 10 to 1, as in `_score_sqlite`.
    places = [f"{word}:{place}A" for place, word in enumerate(title, 1)]
    places += [f"{word}:{place}" for place, word in enumerate(body, len(title) + 1)]
    return {"vector": " ".join(places)}


_INDEXED = {"sqlite": _indexed_sqlite, "postgresql": _indexed_postgresql}
