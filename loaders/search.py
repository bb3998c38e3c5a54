"""What a search found, and what is shown of it."""

from dataclasses import dataclass

from sqlalchemy import func, select

from app.db import planned_anew
from app.pagination import Window, beyond
from app.search import DOCUMENTS
from app.selects import search as selects
from app.selects.members import member
from app.selects.search import Query
from loaders.base import Loader, Row, Scope

READ_FOR_HIGHLIGHTS = 10_000
_DOCUMENTS = select(
    DOCUMENTS.c.subject_id,
    DOCUMENTS.c.title,
    func.substr(DOCUMENTS.c.text, 1, READ_FOR_HIGHLIGHTS).label("text"),
).where(member(DOCUMENTS.c.subject_id))


@dataclass(slots=True)
class Hit:
    subject_id: str
    score: float
    query: Query
    scope: Scope

    @property
    def cursor(self) -> str:
        return self.scope.cursors.encode(self.query.order, (self.score, self.subject_id))


@dataclass(slots=True)
class Hits:
    """A page of hits."""

    edges: list[Hit]
    has_next_page: bool
    has_previous_page: bool
    query: Query

    @property
    def page_info(self) -> "Hits":
        return self

    @property
    def start_cursor(self) -> str | None:
        return self.edges[0].cursor if self.edges else None

    @property
    def end_cursor(self) -> str | None:
        return self.edges[-1].cursor if self.edges else None


class HitsByQuery(Loader[Query, Hits]):
    """The best hits of each query, after a cursor and an offset."""

    def __init__(self, scope: Scope, window: Window) -> None:
        super().__init__(scope)
        self.window = window

    async def batch_load_fn(self, keys: list[Query]) -> list[Hits]:
        return [await self.hits(query) for query in keys]

    async def hits(self, query: Query) -> Hits:
        window, scope = self.window, self.scope
        table = selects.hits(scope.actor, query).subquery()
        keys = selects.keys(table)
        rows = select(table.c.subject_id, table.c.score)
        if window.after is not None:
            values = scope.cursors.decode(query.order, keys, "after", window.after)
            rows = rows.where(beyond(keys, values, backward=False))
        rows = rows.order_by(*(key.column.desc() for key in keys))
        rows = rows.limit(window.size + 1).offset(window.offset)
        found = await scope.db.fetch(planned_anew(rows))
        hits = [Hit(id, score, query, scope) for id, score in found]
        more = len(hits) > window.size
        return Hits(hits[: window.size], more, window.skips, query)


class CountByQuery(Loader[Query, int]):
    """How much each query finds."""

    async def batch_load_fn(self, keys: list[Query]) -> list[int]:
        return [await self.count(query) for query in keys]

    async def count(self, query: Query) -> int:
        table = selects.hits(self.scope.actor, query).subquery()
        counted = planned_anew(select(func.count()).select_from(table))
        rows = await self.scope.db.fetch(counted)
        return int(rows[0][0])


@dataclass(frozen=True, slots=True)
class FacetValue:
    value: str
    label: str
    count: int


class FacetByQuery(Loader[tuple[Query, str], list[FacetValue]]):
    """The values of a facet (by its name) of each query."""

    async def batch_load_fn(self, keys: list[tuple[Query, str]]) -> list[list[FacetValue]]:
        return [await self.values(query, name) for query, name in keys]

    async def values(self, query: Query, name: str) -> list[FacetValue]:
        facet = planned_anew(selects.facet(self.scope.actor, query, name))
        rows = await self.scope.db.fetch(facet)
        return [FacetValue(*row) for row in rows]


class DocumentBySubject(Loader[str, Row]):
    """The title and the beginning of the text that a search knows of a subject."""

    async def batch_load_fn(self, keys: list[str]) -> list[Row]:
        rows = await self.scope.fetch(_DOCUMENTS, ids=keys)
        documents = {row.subject_id: row for row in rows}
        return [documents.get(key) for key in keys]
