"""One row for each id."""

from app import ids
from app.selects import RESOURCES
from app.selects.members import member
from loaders.base import Loader, Loaders, Row


class RowById(Loader[str, Row]):
    """The row with an id, or None where the actor sees none."""

    def __init__(self, scope: Loaders, resource: str) -> None:
        super().__init__(scope)
        self.resource = RESOURCES[resource]

    async def batch_load_fn(self, keys: list[str]) -> list[Row]:
        wanted = [key for key in keys if ids.prefix_of(key) == self.resource.prefix]
        if not wanted:
            return [None] * len(keys)
        visible = self.resource.visible(self.scope.actor)
        rows = await self.scope.db.fetch(visible.where(member(self.resource.table.c.id, wanted)))
        found = {row.id: row for row in rows}
        return [found.get(key) for key in keys]
