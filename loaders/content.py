"""What belongs to content items and is not in their rows."""

from typing import NamedTuple

from sqlalchemy import select

from app.richtext import Format
from app.selects.content import TABLE, known
from app.selects.members import member
from loaders.base import Loader


class Body(NamedTuple):
    raw: str
    format: Format


class BodyByContentItem(Loader[str, Body | None]):
    """The body of each item: large, so read only where it is asked for."""

    async def batch_load_fn(self, keys: list[str]) -> list[Body | None]:
        bodies = select(TABLE.c.id, TABLE.c.body, TABLE.c.body_format)
        bodies = bodies.where(member(TABLE.c.id, keys), known(self.scope.actor))
        found = {id: Body(raw, form) for id, raw, form in await self.scope.db.fetch(bodies)}
        return [found.get(key) for key in keys]
