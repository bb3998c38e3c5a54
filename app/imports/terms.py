"""The categories and tags of an export; a category's parent is written before it."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Table, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import ids, indexing, text
from app.imports import mapping
from app.imports.batches import batches
from app.imports.known import known
from app.imports.records import Term
from app.imports.report import Fact, Report
from app.models import Category, Tag
from app.slugs import Free

CATEGORIES: Table = Category.__table__  # type: ignore[assignment]
TAGS: Table = Tag.__table__  # type: ignore[assignment]


class Terms:
    """Writes one taxonomy in batches; `ids` are ours by `mapping.term_key`."""

    def __init__(self, session: AsyncSession, table: Table, site: str, report: Report) -> None:
        self.session, self.table, self.site, self.report = session, table, site, report
        self.ids: dict[str, str] = {}
        self.free = Free(session, table.c.slug)
        self.tree = table is CATEGORIES

    async def write(self, terms: dict[str, Term]) -> None:
        ordered = parents_first(terms, self.report) if self.tree else terms.items()
        for batch in batches(ordered):
            await self._batch(dict(batch))

    async def _batch(self, terms: dict[str, Term]) -> None:
        kind = "category" if self.tree else "tag"
        keys = {mapping.key(self.site, kind, slug): slug for slug in terms}
        there = await known(self.session, self.table, keys)
        self.report.count(Fact.KNOWN, len(there))
        self.ids |= {keys[key]: id for key, id in there.items()}
        ours = await self._with_slugs(map(_slug, terms.values()))
        await self.free.look(map(_slug, terms.values()))
        rows = []
        for key, slug in keys.items():
            if key in there:
                continue
            term, name = terms[slug], _name(terms[slug])
            same = ours.get(_slug(term))
            if same and same.name_key == text.key(name):
                self.ids[slug] = same.id
                self.report.count(Fact.SAME_TERM)
                continue
            rows.append(await self._row(key, term, name))
            self.ids[slug] = rows[-1]["id"]
        await self._insert(rows)

    async def _with_slugs(self, slugs: Iterable[str]) -> dict[str, Any]:
        columns = (self.table.c.slug, self.table.c.id, self.table.c.name_key)
        same = select(*columns).where(self.table.c.slug.in_(list(slugs)))
        return {row.slug: row for row in (await self.session.execute(same)).all()}

    async def _row(self, key: str, term: Term, name: str) -> dict[str, Any]:
        slug = await self.free.choose(_slug(term))
        if slug != _slug(term):
            self.report.count(Fact.SLUG)
        row: dict[str, Any] = {
            "id": ids.new(ids.CATEGORY if self.tree else ids.TAG),
            "name": name,
            "name_key": text.key(name),
            "slug": slug,
            "import_key": key,
        }
        if self.tree:
            row["parent_id"] = self.ids.get(term.parent)
            row["description"] = term.description or None
        return row

    async def _insert(self, rows: list[dict[str, Any]]) -> None:
        if rows:
            await self.session.execute(insert(self.table), rows)
            self.report.count(Fact.CATEGORIES if self.tree else Fact.TAGS, len(rows))
        if not self.tree:
            await indexing.add(
                self.session, [indexing.Entry(row["id"], row["name"]) for row in rows]
            )


def parents_first(terms: dict[str, Term], report: Report) -> Iterator[tuple[str, Term]]:
    """All terms, each after its parent; what has none, or is its own ancestor, is a root."""
    done: set[str] = set()
    for start in terms:
        slug, chain = start, dict[str, Term]()
        while slug in terms and slug not in done and slug not in chain:
            chain[slug] = terms[slug]
            slug = chain[slug].parent
        if slug in chain:
            report.count(Fact.LOOP)
        elif slug and slug not in terms:
            report.count(Fact.ORPHAN)
        done |= chain.keys()
        yield from reversed(chain.items())


def _slug(term: Term) -> str:
    return mapping.slug(term.slug) or text.slugify(_name(term))[: mapping.MAX_SLUG] or "term"


def _name(term: Term) -> str:
    return mapping.plain(term.name or mapping.slug(term.slug))[:200]
