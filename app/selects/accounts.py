"""What accounts prove themselves with: each for its owner alone, admins included."""

from typing import Any

from sqlalchemy import ColumnElement, Select, Table, false, select

from app import ids
from app.models import ApiKey, Credential, Session, User
from app.permissions import Permission
from app.selects.resource import Column, Resource
from app.selects.sight import NOW, Seer

USER: Table = User.__table__  # type: ignore[assignment]
CREDENTIAL: Table = Credential.__table__  # type: ignore[assignment]
SESSION: Table = Session.__table__  # type: ignore[assignment]
API_KEY: Table = ApiKey.__table__  # type: ignore[assignment]

_SECRET = ("digest", "previous_digest", "previous_until")
_API_KEY_COLUMNS = tuple(column for column in API_KEY.c if column.name not in _SECRET)


def _own(owner: Column, actor: Seer) -> ColumnElement[bool]:
    return owner == actor.user_id if actor.may(Permission.ACCOUNT_READ) else false()


def _session_columns(actor: Seer) -> tuple[Column, ...]:
    current = SESSION.c.id == actor.session_id
    return (*SESSION.c, current.label("current"))


def _sessions(actor: Seer) -> tuple[ColumnElement[bool], ...]:
    alive = SESSION.c.expires_at > NOW
    return (_own(SESSION.c.user_id, actor), SESSION.c.revoked_at.is_(None), alive)


def _api_keys(actor: Seer) -> tuple[ColumnElement[bool], ...]:
    return (_own(API_KEY.c.user_id, actor), API_KEY.c.revoked_at.is_(None))


def proof(actor: Seer) -> Select[Any]:
    """When the actor proved an address and a second factor."""
    proofs = select(USER.c.id, USER.c.email_verified_at, CREDENTIAL.c.totp_confirmed_at)
    proofs = proofs.outerjoin(CREDENTIAL, CREDENTIAL.c.user_id == USER.c.id)
    return proofs.where(_own(USER.c.id, actor))


SESSIONS = Resource(
    name="sessions",
    prefix=ids.SESSION,
    table=SESSION,
    columns=_session_columns,
    rows=_sessions,
    sorts={"created_at": SESSION.c.created_at},
)

API_KEYS = Resource(
    name="api_keys",
    prefix=ids.API_KEY,
    table=API_KEY,
    columns=lambda _actor: _API_KEY_COLUMNS,
    rows=_api_keys,
    sorts={"created_at": API_KEY.c.created_at},
)
