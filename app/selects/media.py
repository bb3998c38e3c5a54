from sqlalchemy import Table

from app import ids, search
from app.models import Media
from app.selects import filters
from app.selects.resource import Parent, Resource

TABLE: Table = Media.__table__  # type: ignore[assignment]
_c = TABLE.c

_COLUMNS = tuple(column for column in _c if column.name != "import_key")

MEDIA = Resource(
    name="media",
    prefix=ids.MEDIA,
    table=TABLE,
    columns=lambda _actor: _COLUMNS,
    rows=lambda _actor: (),
    always=frozenset({"id", "kind"}),
    filters={
        "kind": filters.one_of(_c.kind),
        "mime_type": filters.name(_c.mime_type),
        "query": lambda query: search.mentions(_c.id, query),
    },
    sorts={"created_at": _c.created_at},
    parents={"uploaded_by": Parent(_c.uploaded_by_id)},
)
