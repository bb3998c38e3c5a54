from typing import Any

from sqlalchemy import BindParameter, ColumnElement, String, Table, bindparam, func

from app import ids, search
from app.models import Media
from app.selects import filters
from app.selects.resource import Parent, Resource

TABLE: Table = Media.__table__  # type: ignore[assignment]
_c = TABLE.c

_COLUMNS = tuple(column for column in _c if column.name != "import_key")

# Where files of ours are, with a slash at the end.
FOLDER: BindParameter[str] = bindparam("media", type_=String(), required=True)


def address(columns: Any) -> ColumnElement[str]:
    """Where a file is: every one has an address or a key, and what keys of ours are made of stands
    in addresses as it is."""
    return func.coalesce(func.nullif(columns.external_url, ""), FOLDER.concat(columns.storage_key))


MEDIA = Resource(
    name="media",
    prefix=ids.MEDIA,
    table=TABLE,
    columns=lambda _actor: _COLUMNS,
    rows=lambda _actor: (),
    always=frozenset({"id", "kind"}),
    filters={
        "kind": filters.OneOf(_c.kind),
        "mime_type": filters.name(_c.mime_type),
        "query": lambda query: search.mentions(_c.id, query),
    },
    sorts={"created_at": _c.created_at},
    parents={"uploaded_by": Parent(_c.uploaded_by_id)},
)
