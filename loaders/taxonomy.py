"""Where categories are in their tree."""

from sqlalchemy import literal, select

from app.selects import CATEGORIES
from app.selects.members import member
from app.selects.taxonomy import CATEGORY
from loaders.base import Loader, Row

MAX_LEVELS = 50


class PathByCategory(Loader[str, list[Row]]):
    """The categories from the root of the tree down to each category, itself included."""

    async def batch_load_fn(self, keys: list[str]) -> list[list[Row]]:
        start = select(
            CATEGORY.c.id.label("of"), CATEGORY.c.id, CATEGORY.c.parent_id, literal(0).label("up")
        )
        climb = start.where(member(CATEGORY.c.id, keys)).cte("climb", recursive=True)
        above = select(climb.c.of, CATEGORY.c.id, CATEGORY.c.parent_id, climb.c.up + 1)
        above = above.join(climb, CATEGORY.c.id == climb.c.parent_id).where(climb.c.up < MAX_LEVELS)
        climb = climb.union_all(above)
        visible = CATEGORIES.visible(self.scope.actor).add_columns(climb.c.of)
        path = visible.join(climb, climb.c.id == CATEGORY.c.id).order_by(climb.c.up.desc())
        found: dict[str, list[Row]] = {key: [] for key in keys}
        for row in await self.scope.db.fetch(path):
            found[row.of].append(row)
        return [found[key] for key in keys]
