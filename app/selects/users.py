from typing import Any

from sqlalchemy import ColumnElement, Table, case, null

from app import ids, search
from app.models import User
from app.permissions import Actor
from app.selects import filters
from app.selects.resource import Column, Resource

TABLE: Table = User.__table__  # type: ignore[assignment]
_c = TABLE.c

_PRIVATE = (_c.email, _c.preferences)
_PUBLIC = tuple(
    column
    for column in _c
    if column.name not in ("email", "email_key", "preferences", "import_key")
)


def _columns(actor: Actor) -> tuple[Column, ...]:
    return (*_PUBLIC, *(_guarded(column, actor) for column in _PRIVATE))


def _guarded(column: Column, actor: Actor) -> Column:
    """A private column: the owner's own and whoever may read private data; NULL for others."""
    if actor.sees_private:
        return column
    if actor.user_id is None:
        return null().label(column.key)
    mine: ColumnElement[Any] = case((_c.id == actor.user_id, column), else_=None)
    return mine.label(column.key)


USERS = Resource(
    name="users",
    prefix=ids.USER,
    table=TABLE,
    columns=_columns,
    rows=lambda _actor: (),
    filters={
        "id": filters.name(_c.id),
        "username": filters.phrase(_c.username_key, contains=search.contains(_c.id)),
        "created_at": filters.moment(_c.created_at),
        "query": lambda query: search.mentions(_c.id, query),
    },
    sorts={"created_at": _c.created_at, "username": _c.username_key},
)
