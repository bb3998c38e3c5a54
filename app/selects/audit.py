from sqlalchemy import ColumnElement, Table, false

from app import ids
from app.models import AuditEntry
from app.permissions import Permission
from app.selects import filters
from app.selects.resource import Resource
from app.selects.sight import Seer

TABLE: Table = AuditEntry.__table__  # type: ignore[assignment]
_c = TABLE.c
_COLUMNS = tuple(_c)


def _rows(actor: Seer) -> tuple[ColumnElement[bool], ...]:
    return () if actor.may(Permission.AUDIT_READ) else (false(),)


AUDIT = Resource(
    name="audit",
    prefix=ids.AUDIT,
    table=TABLE,
    columns=lambda _actor: _COLUMNS,
    rows=_rows,
    filters={name: filters.name(_c[name]) for name in ("subject_id", "actor_id", "action")},
    sorts={"created_at": _c.created_at},
)
