"""What belongs to content items and is not in their rows."""

from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, select

from app.richtext import Format
from app.selects.content import TABLE, known
from app.selects.members import member
from app.selects.sight import Sight
from loaders.base import Loader
from loaders.statements import KEPT


class Body(NamedTuple):
    raw: str
    format: Format


class BodyByContentItem(Loader[str, Body | None]):
    """The body of each item: large, so read only where it is asked for."""

    async def batch_load_fn(self, keys: list[str]) -> list[Body | None]:
        rows = await self.scope.fetch(_bodies(self.scope.sight), ids=keys)
        found = {id: Body(raw, form) for id, raw, form in rows}
        return [found.get(key) for key in keys]


@lru_cache(KEPT)
def _bodies(sight: Sight) -> Select[Any]:
    bodies = select(TABLE.c.id, TABLE.c.body, TABLE.c.body_format)
    return bodies.where(member(TABLE.c.id), known(sight))
