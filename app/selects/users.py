from typing import Any

from sqlalchemy import ColumnElement, Table, case, func, literal, null

from app import ids, search
from app.models import User
from app.permissions import Permission
from app.selects import filters
from app.selects.resource import Column, Resource
from app.selects.sight import Seer

TABLE: Table = User.__table__  # type: ignore[assignment]
_c = TABLE.c

# Which permission shows what of everybody, and its `…:own` form of oneself; NULL for others.
_GUARDED = {
    _c.email: Permission.USERS_READ_PRIVATE,
    _c.email_verified_at.is_not(None).label("email_verified"): Permission.USERS_READ_PRIVATE,
    func.coalesce(_c.preferences, literal({}, _c.preferences.type)).label("preferences"): (
        Permission.USERS_READ_PRIVATE
    ),  # whoever was imported has chosen none yet
    _c.deactivated_at: Permission.USERS_DEACTIVATE,
}
_PUBLIC = tuple(
    _c[name]
    for name in (
        "id", "username", "username_key", "full_name", "bio", "profile_image_id", "role",
        "version", "created_at", "updated_at",
    )
)  # fmt: skip


def _columns(actor: Seer) -> tuple[Column, ...]:
    return (*_PUBLIC, *(_guarded(column, of, actor) for column, of in _GUARDED.items()))


def _guarded(column: Column, permission: Permission, actor: Seer) -> Column:
    if actor.may(permission):
        return column
    owner = actor.own(permission)
    if owner is None:
        return null().label(column.key)
    mine: ColumnElement[Any] = case((_c.id == owner, column), else_=None)
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
        "role": filters.OneOf(_c.role),
        "created_at": filters.moment(_c.created_at),
        "query": lambda query: search.mentions(_c.id, query),
    },
    sorts={"created_at": _c.created_at, "username": _c.username_key},
)
