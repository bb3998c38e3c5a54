"""Who is asking, and what they may do (guidelines 5.2): the whole policy on one screen.

A permission is `resource:action`; `…:own` grants it for the caller's own things, `content:*` all of
a resource, `*` everything. The scopes of an API key are written the same way and only take away.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from app.errors import Forbidden, Unauthenticated


class Role(StrEnum):
    """What a person is on this server (guidelines 5.2)."""

    GUEST = "GUEST"
    USER = "USER"
    EDITOR = "EDITOR"
    ADMIN = "ADMIN"


class Permission(StrEnum):
    PUBLIC_READ = "public:read"
    ACCOUNT_ENTER = "account:enter"  # register, sign in, reset a password
    ACCOUNT_READ = "account:read"  # the caller's own account: sessions, keys
    ACCOUNT_MANAGE = "account:manage"  # … and changing them
    USERS_READ_PRIVATE = "users:read_private"
    USERS_UPDATE = "users:update"
    USERS_ASSIGN_ROLE = "users:assign_role"
    USERS_DEACTIVATE = "users:deactivate"
    USERS_ERASE = "users:erase"
    CONTENT_READ_DRAFTS = "content:read_drafts"  # everything not public: drafts, revisions, trash
    CONTENT_CREATE = "content:create"
    CONTENT_UPDATE = "content:update"
    CONTENT_PUBLISH = "content:publish"  # whatever changes what readers see
    CONTENT_DELETE = "content:delete"
    CONTENT_PURGE = "content:purge"
    MEDIA_UPLOAD = "media:upload"
    MEDIA_UPDATE = "media:update"
    MEDIA_DELETE = "media:delete"
    TAGS_MANAGE = "tags:manage"
    CATEGORIES_MANAGE = "categories:manage"
    AUDIT_READ = "audit:read"
    LIMITS_PARTNER = "limits:partner"  # spend more of this server than others do
    LIMITS_INTERNAL = "limits:internal"  # … and most
    SERVER_WATCH = "server:watch"  # the operator's page
    FLAGS_MANAGE = "flags:manage"  # see the rules of feature flags, and change them


_GUEST = {"public:read", "account:enter"}
_USER = _GUEST | {
    "account:*", "users:read_private:own", "users:update:own", "users:erase:own",
    "content:create", "content:read_drafts:own", "content:update:own", "content:delete:own",
    "media:upload", "media:update:own", "media:delete:own",
}  # fmt: skip
_EDITOR = _USER | {"content:*", "media:*", "tags:*", "categories:*"}

GRANTS = {Role.GUEST: _GUEST, Role.USER: _USER, Role.EDITOR: _EDITOR, Role.ADMIN: {"*"}}

# A key that is lost must not be able to make others, or to outlive its end.
SESSIONS_ONLY = Permission.ACCOUNT_MANAGE

ALL = frozenset(name for permission in Permission for name in (permission, f"{permission}:own"))


def covers(pattern: str, permission: str) -> bool:
    """Whether a grant or scope such as `content:*` stands for a permission."""
    whole = pattern.removesuffix("*") if pattern.endswith(":*") else f"{pattern}:"
    return pattern in ("*", permission) or permission.startswith(whole)


@lru_cache(1_000)
def permitted(role: Role, scopes: frozenset[str] | None = None) -> frozenset[str]:
    """Every permission, `…:own` ones included, of a role within scopes (None: without limits)."""
    granted = {name for name in ALL if any(covers(grant, name) for grant in GRANTS[role])}
    if scopes is not None:
        granted = {name for name in granted if any(covers(scope, name) for scope in scopes)}
        granted -= {SESSIONS_ONLY, f"{SESSIONS_ONLY}:own"}
    return frozenset(granted)


@dataclass(frozen=True, slots=True)
class Actor:
    """The caller of an operation, detached from any database row.

    `session_id` or `api_key_id` say how they proved who they are.
    """

    user_id: str | None = None
    role: Role = Role.GUEST
    scopes: frozenset[str] | None = None
    session_id: str | None = None
    api_key_id: str | None = None

    @property
    def permissions(self) -> frozenset[str]:
        return permitted(self.role, self.scopes)

    def may(self, permission: Permission, owner_id: str | None = None) -> bool:
        """Whether the actor may do this with what belongs to `owner_id`, or with anybody's."""
        mine = owner_id is not None and owner_id == self.user_id
        return permission in self.permissions or (mine and f"{permission}:own" in self.permissions)

    def require(self, permission: Permission, owner_id: str | None = None) -> None:
        """Raises Unauthenticated or Forbidden unless the actor `may`."""
        if not self.may(permission, owner_id):
            raise self.refused(permission)

    def refused(self, permission: Permission) -> Unauthenticated | Forbidden:
        """The error for lacking a permission: a guest may be somebody who has it."""
        if self.user_id is None:
            return Unauthenticated("Sign in to do this", permission=permission.value)
        return Forbidden("You may not do this", permission=permission.value)

    def own(self, permission: Permission) -> str | None:
        """The owner whose things the actor may do this with, when not everybody's."""
        return self.user_id if f"{permission}:own" in self.permissions else None


GUEST = Actor()
