"""Who may do what: security schemes, and what each operation takes."""

from collections.abc import Mapping, Sequence

from app.http.credentials import ACCESS_COOKIE
from app.permissions import SESSIONS_ONLY, Permission, Role, permitted
from app.rest.openapi.components import Node
from app.rest.plan import Plan

Permissions = Mapping[str, Permission]
"""The permission that each root field of GraphQL takes."""

SCHEMES: Node = {
    "bearer": {
        "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
        "description": "An access token of `POST /auth/login`.",
    },
    "apiKey": {
        "type": "apiKey", "in": "header", "name": "X-API-Key",
        "description": "A key of `POST /api-keys`, which acts for its owner within its scopes.",
    },
    "cookie": {
        "type": "apiKey", "in": "cookie", "name": ACCESS_COOKIE,
        "description": "Where the server is set to use cookies: a session whose sign-in asked for "
        "`cookie`. Taken from this site's own pages, and those that it trusts.",
    },
}  # fmt: skip


def permission(plan: Plan, permissions: Permissions) -> Permission:
    return permissions[plan.operation.root]


def security(plan: Plan, permissions: Permissions) -> list[Node]:
    """Ways to prove who asks; the empty one is for what guests may do."""
    needed = permission(plan, permissions)
    schemes = [name for name in SCHEMES if name != "apiKey" or needed is not SESSIONS_ONLY]
    guests: list[Node] = [] if _signed_in(plan) or not _may(Role.GUEST, needed) else [{}]
    return [*guests, *({name: []} for name in schemes)]


def told(plan: Plan, permissions: Permissions) -> str:
    """The permission in words: `Takes `tags:manage`, which editors and admins have.`"""
    needed = permission(plan, permissions)
    if _signed_in(plan):
        return f"Takes `{needed}` and somebody who is signed in."
    if _may(Role.GUEST, needed):
        return f"Takes `{needed}`, which everybody has."
    whole = [role for role in Role if needed in permitted(role)]
    own = [role for role in Role if role not in whole and _may(role, needed)]
    text = f"Takes `{needed}`, which {_listed(whole)} have"
    return text + (f"; {_listed(own)}, for what is theirs." if own else ".")


def _signed_in(plan: Plan) -> bool:
    return plan.operation.way[0] == "viewer"


def _may(role: Role, permission: Permission) -> bool:
    """With what is one's own, at least: what GraphQL asks for first."""
    return f"{permission}:own" in permitted(role)


def _listed(roles: Sequence[Role]) -> str:
    *others, last = (f"{role.lower()}s" for role in roles)
    return f"{', '.join(others)} and {last}" if others else last
