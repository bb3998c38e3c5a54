"""What belongs to content items and is not in their rows."""

from typing import NamedTuple

from app.richtext import Format
from app.selects import CONTENT
from app.selects.content import TABLE
from app.selects.members import member
from loaders.base import Loader


class Body(NamedTuple):
    raw: str
    format: Format


class BodyByContentItem(Loader[str, Body | None]):
    """The body of each item: large, so read only where it is asked for."""

    async def batch_load_fn(self, keys: list[str]) -> list[Body | None]:
        visible = CONTENT.visible(self.scope.actor).where(member(TABLE.c.id, keys))
        bodies = visible.with_only_columns(TABLE.c.id, TABLE.c.body, TABLE.c.body_format)
        found = {id: Body(raw, form) for id, raw, form in await self.scope.db.fetch(bodies)}
        return [found.get(key) for key in keys]
