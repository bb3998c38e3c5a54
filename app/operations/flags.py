"""Feature flags: what decides whether they are on."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select

from app import ids
from app.errors import ErrorCode, Invalid
from app.flags import FLAGS
from app.models import FeatureFlag, FeatureFlagUser, User
from app.operations.checks import Checks
from app.operations.inserts import insert
from app.operations.work import Work
from app.permissions import Permission

MAX_USERS = 1_000
"""With a rule of their own, for one flag: every process has them in memory."""

# What an input leaves out is absent from these; None stands for null.
Changes = Mapping[str, Any]
UserRule = tuple[str, bool | None]


async def change(work: Work, name: str, changes: Changes, users: Sequence[UserRule]) -> None:
    """Set for whom a flag is on: `changes` of `everyone` and `percentage`, and of single `users`,
    who with None have no rule of their own any more; the last of one user's counts.

    Raises Invalid.
    """
    work.actor.require(Permission.FLAGS_MANAGE)
    await _check(work, name, changes, users)
    flag = await _locked(work, name)
    wanted = {**changes, "everyone": bool(changes.get("everyone", flag.everyone))}
    told = {field: value for field, value in wanted.items() if getattr(flag, field) != value}
    for field, value in told.items():
        setattr(flag, field, value)
    if moved := await _set_users(work, name, users):
        told["users"] = moved
    if told:
        flag.updated_at = work.at
        work.record("feature_flag.changed", name, told, **told)


async def _check(work: Work, name: str, changes: Changes, users: Sequence[UserRule]) -> None:
    if len(users) > MAX_USERS:
        raise _too_many()
    checks = Checks()
    if name not in FLAGS:
        checks.add(ErrorCode.NOT_FOUND, "There is no such feature flag", "name")
    percentage = changes.get("percentage")
    if percentage is not None and not 0 <= percentage <= 100:
        checks.add(ErrorCode.INVALID, "A percentage is from 0 to 100", "percentage")
    asked = [id for id, _ in users if ids.prefix_of(id) == ids.USER]
    there = set(await work.session.scalars(select(User.id).where(User.id.in_(asked))))
    for number, (id, _) in enumerate(users):
        if id not in there:
            checks.add(ErrorCode.NOT_FOUND, "There is no such user", "users", number, "user_id")
    checks.done()


async def _locked(work: Work, name: str) -> FeatureFlag:
    new = insert(work.session, FeatureFlag).values(name=name, everyone=False, updated_at=work.at)
    await work.session.execute(new.on_conflict_do_nothing())
    return await work.session.get_one(FeatureFlag, name, with_for_update=True)


async def _set_users(work: Work, name: str, users: Sequence[UserRule]) -> dict[str, bool | None]:
    """The users whose rule is another one now. Raises Invalid."""
    rule = FeatureFlagUser
    rows = await work.session.execute(select(rule.user_id, rule.enabled).where(rule.flag == name))
    before = {row.user_id: row.enabled for row in rows}
    moved = {id: on for id, on in dict(users).items() if before.get(id) is not on}
    if sum(on is not None for on in (before | moved).values()) > MAX_USERS:
        raise _too_many()
    await work.session.execute(delete(rule).where(rule.flag == name, rule.user_id.in_(moved)))
    work.session.add_all(
        rule(flag=name, user_id=id, enabled=on) for id, on in moved.items() if on is not None
    )
    return moved


def _too_many() -> Invalid:
    message = f"At most {MAX_USERS:,} users have a rule of their own: take a percentage"
    return Invalid.one(ErrorCode.LIMIT_EXCEEDED, message, "users")
