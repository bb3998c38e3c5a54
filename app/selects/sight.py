"""For whom statements are made: for all who may do the same, with who they are left open.

So a statement is built and compiled once, and each fetch says who is asking (`given`). Where a
statement is used once, an Actor will do as well; then it holds who that is.
"""

from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, String, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.models.base import Moment
from app.permissions import Actor, Permission

ME: BindParameter[str] = bindparam("me", type_=String(), required=True)
SESSION: BindParameter[str] = bindparam("session", type_=String(), required=True)


class _Now(FunctionElement[datetime]):
    type = Moment()
    inherit_cache = True


# The moment of each execution, wherever the statement is executed.
NOW = _Now(bindparam("now", callable_=lambda: datetime.now(UTC), type_=Moment()))


@compiles(_Now)
def _ours(element: _Now, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(next(iter(element.clauses)), **kw)


@compiles(_Now, "postgresql")
def _its_own(_element: _Now, _compiler: SQLCompiler, **_kw: Any) -> str:
    """Which it knows how many rows are older than: it plans a statement with a parameter anew each
    time, as not knowing that makes a plan for all parameters look dear."""
    return "statement_timestamp()"


class Sight(NamedTuple):
    """What an actor may do, and whether there is a user; ids are parameters."""

    permissions: frozenset[str]
    signed_in: bool

    @classmethod
    def of(cls, actor: Actor) -> "Sight":
        return cls(actor.permissions, actor.user_id is not None)

    @property
    def user_id(self) -> Any:
        return ME if self.signed_in else None

    @property
    def session_id(self) -> Any:
        return SESSION

    def may(self, permission: Permission) -> bool:
        """Whether with anybody's things."""
        return permission in self.permissions

    def own(self, permission: Permission) -> Any:
        """The owner whose things this may be done with, when not everybody's."""
        return self.user_id if f"{permission}:own" in self.permissions else None


def given(actor: Actor) -> dict[str, Any]:
    """What a statement made for the sight of an actor leaves open."""
    return {"me": actor.user_id, "session": actor.session_id or ""}


Seer = Actor | Sight
