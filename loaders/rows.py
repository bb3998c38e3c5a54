"""One row for each id."""

from functools import lru_cache
from typing import Any

from sqlalchemy import Select

from app import ids
from app.selects import RESOURCES
from app.selects.members import member
from app.selects.resource import Names
from app.selects.sight import Sight
from loaders.base import Loader, Row, Scope
from loaders.statements import KEPT


class RowById(Loader[str, Row]):
    """The row with an id, or None where the actor sees none."""

    def __init__(self, scope: Scope, resource: str) -> None:
        super().__init__(scope)
        self.resource = RESOURCES[resource]

    async def batch_load_fn(self, keys: list[str]) -> list[Row]:
        wanted = [key for key in keys if ids.prefix_of(key) == self.resource.prefix]
        if not wanted:
            return [None] * len(keys)
        name, scope = self.resource.name, self.scope
        rows = await scope.fetch(_rows(name, scope.sight, scope.columns.get(name)), ids=wanted)
        found = {row.id: row for row in rows}
        return [found.get(key) for key in keys]


@lru_cache(KEPT)
def _rows(name: str, sight: Sight, names: Names) -> Select[Any]:
    resource = RESOURCES[name]
    return resource.visible(sight, names).where(member(resource.table.c.id))
