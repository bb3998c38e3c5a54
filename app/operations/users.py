"""Users: their profiles, what they may do, whether they may come in."""

from typing import Any

from sqlalchemy import and_, delete, or_, select, update

from app import ids, indexing
from app.errors import AppError, ErrorCode, Invalid
from app.models import ApiKey, MailedToken, Media, MediaKind, Session, User
from app.operations.checks import Checks
from app.operations.work import Work, expect
from app.permissions import Actor, Permission, Role

MAX_FULL_NAME = 100
MAX_BIO = 5_000

ABILITIES = {
    "update": Permission.USERS_UPDATE,
    "assign_role": Permission.USERS_ASSIGN_ROLE,
    "deactivate": Permission.USERS_DEACTIVATE,
    "erase": Permission.USERS_ERASE,
}

# How a user's preferences are written in the database.
PREFERENCES = {"theme": "theme", "email_notifications": "emailNotifications"}

# What an input leaves out is absent from these; None stands for null.
Changes = dict[str, Any]


def refusal(actor: Actor, ability: str, user_id: str) -> AppError | None:
    """Why the actor may not do this with a user; None when they may."""
    permission = ABILITIES[ability]
    if not actor.may(permission, user_id):
        return actor.refused(permission)
    if ability == "deactivate" and user_id == actor.user_id:
        return Invalid.one(ErrorCode.INVALID_STATE, "You cannot deactivate yourself", "id")
    return None


def require(actor: Actor, ability: str, user_id: str) -> None:
    """Raises Unauthenticated, Forbidden or Invalid."""
    if error := refusal(actor, ability, user_id):
        raise error


async def update_profile(work: Work, id: str, changes: Changes, if_version: int | None) -> User:
    """Change what a user says about themselves. Raises Invalid, Conflict."""
    require(work.actor, "update", id)
    user = await _found(work, id)
    expect(if_version, user.version)
    wanted = await _checked(work, user, changes)
    changed = {name for name, value in wanted.items() if getattr(user, name) != value}
    if changed:
        for name in changed:
            setattr(user, name, wanted[name])
        user.version += 1
        entry = indexing.user(user.id, user.username, user.full_name, user.bio)
        await indexing.put(work.session, [entry])
        work.record("user.updated", id, changed)
    return user


async def _checked(work: Work, user: User, changes: Changes) -> Changes:
    checks, wanted = Checks(), dict(changes)
    if "full_name" in wanted:
        name = checks.line(wanted["full_name"] or "", "full_name", most=MAX_FULL_NAME, least=0)
        wanted["full_name"] = name or None
    if "bio" in wanted:
        bio = checks.text(wanted["bio"] or "", "bio", most=MAX_BIO)
        wanted["bio"] = bio if bio.strip() else None
    if "preferences" in wanted:
        wanted["preferences"] = _preferences(user, wanted["preferences"])
    image_id = wanted.get("profile_image_id")
    if image_id is not None and not await _is_image(work, image_id):
        checks.add(ErrorCode.NOT_FOUND, "There is no such image", "profile_image_id")
    checks.done()
    return wanted


async def _is_image(work: Work, id: str) -> bool:
    image = select(Media.id).where(Media.id == id, Media.kind == MediaKind.IMAGE)
    return ids.prefix_of(id) == ids.MEDIA and await work.session.scalar(image) is not None


def _preferences(user: User, changes: Changes | None) -> dict[str, Any]:
    """What the user has chosen: a preference that is null, or all of them, is the default again."""
    if changes is None:
        return {}
    named = {PREFERENCES[name]: value for name, value in changes.items()}
    chosen = {**(user.preferences or {}), **named}
    return {name: value for name, value in chosen.items() if value is not None}


async def assign_role(work: Work, id: str, role: Role, if_version: int | None) -> User:
    """Give a user a role; it counts from their next request on. Raises Invalid, Conflict."""
    require(work.actor, "assign_role", id)
    if role is Role.GUEST:
        raise Invalid.one(ErrorCode.INVALID, "Whoever has an account is no guest", "role")
    user, others = await locked_with_admins(work, id, "user_id")
    expect(if_version, user.version)
    if user.role is role:
        return user
    require_admin_left(user, others, "role")
    user.role = role
    user.version += 1
    work.record("user.role_assigned", id, ["role"], role=role.value)
    return user


async def deactivate(work: Work, id: str, if_version: int | None) -> User:
    """Let somebody in no more: sessions and keys end at once. Raises Invalid, Conflict."""
    require(work.actor, "deactivate", id)
    user, others = await locked_with_admins(work, id, "id")
    expect(if_version, user.version)
    if user.deactivated_at is not None:
        return user
    require_admin_left(user, others, "id")
    user.deactivated_at = work.at
    user.version += 1
    for model in (Session, ApiKey):
        mine = (model.user_id == id, model.revoked_at.is_(None))
        await work.session.execute(update(model).where(*mine).values(revoked_at=work.at))
    await work.session.execute(delete(MailedToken).where(MailedToken.user_id == id))
    work.record("user.deactivated", id)
    return user


async def reactivate(work: Work, id: str, if_version: int | None) -> User:
    """Let somebody sign in again. Raises Invalid, Conflict."""
    work.actor.require(Permission.USERS_DEACTIVATE)
    user = await _found(work, id)
    expect(if_version, user.version)
    if user.deactivated_at is not None:
        user.deactivated_at = None
        user.version += 1
        work.record("user.reactivated", id)
    return user


async def _found(work: Work, id: str) -> User:
    # Without FOR NO KEY UPDATE, whoever writes what belongs to the user would have to wait.
    if ids.prefix_of(id) == ids.USER and (
        user := await work.session.get(User, id, with_for_update={"key_share": True})
    ):
        return user
    raise unknown("id")


async def locked_with_admins(work: Work, id: str, *path: str) -> tuple[User, list[User]]:
    """A user, and all other admins who can come in: locked, so that no two of them go at once.

    Raises Invalid.
    """
    if ids.prefix_of(id) != ids.USER:
        raise unknown(*path)
    admins = and_(User.role == Role.ADMIN, User.deactivated_at.is_(None))
    rows = await work.session.scalars(
        select(User)
        .where(or_(User.id == id, admins))
        .order_by(User.id)
        .with_for_update(key_share=True)
    )
    users = {user.id: user for user in rows}
    if (user := users.pop(id, None)) is None:
        raise unknown(*path)
    return user, list(users.values())


def require_admin_left(user: User, others: list[User], *path: str) -> None:
    """Raises Invalid when the user is an admin, and nobody else is one."""
    if user.role is Role.ADMIN and user.deactivated_at is None and not others:
        message = "This is the last admin: make somebody else one first"
        raise Invalid.one(ErrorCode.INVALID_STATE, message, *path)


def unknown(*path: str) -> Invalid:
    return Invalid.one(ErrorCode.NOT_FOUND, "There is no such user", *path)
