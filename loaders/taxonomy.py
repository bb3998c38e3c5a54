"""Where categories are in their tree."""

from functools import lru_cache
from typing import Any

from sqlalchemy import Select, literal, select

from app.selects import CATEGORIES
from app.selects.members import member
from app.selects.resource import Names
from app.selects.sight import Sight
from app.selects.taxonomy import CATEGORY
from loaders.base import Loader, Row
from loaders.statements import KEPT

MAX_LEVELS = 50


class PathByCategory(Loader[str, list[Row]]):
    """The categories from the root of the tree down to each category, itself included."""

    async def batch_load_fn(self, keys: list[str]) -> list[list[Row]]:
        path = _path(self.scope.sight, self.scope.columns.get(CATEGORIES.name))
        found: dict[str, list[Row]] = {key: [] for key in keys}
        for row in await self.scope.fetch(path, ids=keys):
            found[row.of].append(row)
        return [found[key] for key in keys]


@lru_cache(KEPT)
def _path(sight: Sight, names: Names) -> Select[Any]:
    start = select(
        CATEGORY.c.id.label("of"), CATEGORY.c.id, CATEGORY.c.parent_id, literal(0).label("up")
    )
    climb = start.where(member(CATEGORY.c.id)).cte("climb", recursive=True)
    above = select(climb.c.of, CATEGORY.c.id, CATEGORY.c.parent_id, climb.c.up + 1)
    above = above.join(climb, CATEGORY.c.id == climb.c.parent_id).where(climb.c.up < MAX_LEVELS)
    climb = climb.union_all(above)
    visible = CATEGORIES.visible(sight, names).add_columns(climb.c.of)
    return visible.join(climb, climb.c.id == CATEGORY.c.id).order_by(climb.c.up.desc())
