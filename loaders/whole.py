"""A row, or a list, with what belongs to it as finished JSON: one statement for all of it.

Of what people filter by, enumerations alone come here, so that one plan for all values is right.
"""

from functools import lru_cache
from typing import Any

from sqlalchemy import Select, String, Text, bindparam, cast, select

from app import ids
from app.selects import RESOURCES, Listing
from loaders.base import Scope
from loaders.statements import OFFSET, Listed
from loaders.trees import Many, Tree
from loaders.writing import writer

KEPT = 300
"""Statements, of up to half a megabyte each: so they are kept here alone, not by shape, too."""

ID = bindparam("id", type_=String(), required=True)


async def read_one(scope: Scope, tree: Tree, id: str, **values: Any) -> str | None:
    """The JSON of the row with an id; None where the actor sees none."""
    if ids.prefix_of(id) != RESOURCES[tree.resource].prefix:
        return None
    rows = await scope.fetch(
        _one(_listed(scope, tree, Listing(tree.resource)), tree), id=id, **values
    )
    return rows[0][0] if rows else None


async def read_many(scope: Scope, tree: Tree, part: Many, **values: Any) -> str:
    """The JSON of a part of a listing without a parent."""
    listed = _listed(scope, tree, part.listing)
    statement = _many(listed, tree, part.limit, part.offset > 0)
    rows = await scope.fetch(statement, offset=part.offset, **values)
    text: str = rows[0][0]
    return text


def _listed(scope: Scope, tree: Tree, listing: Listing) -> Listed:
    return Listed(listing, scope.sight, tree.names, scope.db.dialect == "postgresql")


@lru_cache(KEPT)
def _one(listed: Listed, tree: Tree) -> Select[Any]:
    rows = listed.rows.where(listed.resource.table.c.id == ID).subquery()
    object, joined = writer(listed).object(tree, rows)
    return _alone(select(cast(object, Text)).select_from(joined))


@lru_cache(KEPT)
def _many(listed: Listed, tree: Tree, limit: int | None, skips: bool) -> Select[Any]:
    offset = OFFSET if skips else None
    return _alone(select(cast(writer(listed).array(listed, tree, limit, offset), Text)))


def _alone(statement: Select[Any]) -> Select[Any]:
    return statement.execution_options(shape_is_kept=False)
