from sqlalchemy import ColumnElement, Table, exists

from app import ids
from app.models import Revision
from app.pagination import Direction
from app.selects.content import TABLE as ITEMS
from app.selects.content import drafts
from app.selects.resource import Parent, Resource
from app.selects.sight import Seer

TABLE: Table = Revision.__table__  # type: ignore[assignment]
_c = TABLE.c

# Everything but what is large: a snapshot has loaders of its own, its text is for the search.
_COLUMNS = tuple(column for column in _c if column.name not in ("snapshot", "text"))


def _rows(actor: Seer) -> tuple[ColumnElement[bool], ...]:
    return (exists().where(ITEMS.c.id == _c.item_id, *drafts(actor)).correlate(TABLE),)


REVISIONS = Resource(
    name="revisions",
    prefix=ids.REVISION,
    table=TABLE,
    columns=lambda _actor: _COLUMNS,
    rows=_rows,
    sorts={"number": _c.number},
    parents={"item": Parent(_c.item_id)},
    default_sort=(("number", Direction.DESC),),
)
