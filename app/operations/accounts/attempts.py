"""Attempts that succeed are forgotten, the others make the next one wait: longer each time, for a
name that is typed and for an address it comes from.

An attempt is counted before it is known whether it succeeds, so that many at once are no way
around; whether there is such an account makes no difference. An account that is tried by its name
and by its mail address is counted under its id as well, but that is not told: who were told that
an account waits because of the one would know that the other is the same person's.
"""

import hashlib
import math
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import case, delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from app import text
from app.addresses import one_client
from app.db import Database
from app.errors import ErrorCode, Invalid, Problem
from app.models import Attempt, User
from app.operations.inserts import insert

FREE = {"account": 5, "address": 30, "first": 5, "second": 5}
HIDDEN = {"first", "second"}  # accounts that attempts may be at, under their ids
KINDS = ("sign_in", "mail", "password", "code")
LOCKED_AFTER = 10  # growing delays
LOCKED = timedelta(minutes=15)
FORGOTTEN = timedelta(hours=24)

Keys = dict[str, str]


def key(what: str, kind: str, value: str) -> str:
    return hashlib.sha256(f"{what}\n{kind}\n{value}".encode("utf-8", "replace")).hexdigest()


def keys(what: str, identifier: str, address: str | None) -> Keys:
    """What attempts at `what` are counted under; only digests of names are stored."""
    told = {"account": key(what, "account", text.key(identifier))}
    if address:
        told["address"] = key(what, "address", one_client(address))
    return told


def hidden(what: str, id: str) -> str:
    """What attempts at an account are counted under, by whatever name; an id is no name."""
    return key(what, "id", id)


async def take(db: Database, keys: Keys, at: datetime) -> Keys:
    """Count one attempt; under which keys it was. Raises Invalid while there is waiting to be done.

    What is missing is a hidden one that has to wait: an attempt at it must fail, as if it were
    wrong.
    """
    counted = {}
    async with db.write() as session:
        for kind, key in _in_order(keys):
            failures, blocked_until = await _locked(session, key, at)
            if blocked_until is None or blocked_until <= at:
                counted[kind] = key
                failures += 1
                pause = delay(failures - FREE[kind])
                # Free ones may come in another order than they were asked for.
                blocked_until = at + pause if pause else None
            elif kind not in HIDDEN:
                raise _wait(blocked_until - at)
            await session.execute(
                update(Attempt)
                .where(Attempt.key == key)
                .values(failures=failures, last_at=at, blocked_until=blocked_until)
            )
    return counted


async def forgive(
    session: AsyncSession, counted: Keys, succeeded: Collection[str] = ("account",)
) -> None:
    """The attempt succeeded: these start anew, all others get this one back."""
    for kind, key in _in_order(counted):
        if kind in succeeded:
            await session.execute(delete(Attempt).where(Attempt.key == key))
            continue
        failures = case((Attempt.failures > 0, Attempt.failures - 1), else_=0)
        await session.execute(
            update(Attempt).where(Attempt.key == key).values(failures=failures, blocked_until=None)
        )


async def forget(session: AsyncSession, user: User, kinds: Sequence[str] = KINDS) -> None:
    """Nothing counts any more of what was tried with an account."""
    names = [text.key(name) for name in (user.id, user.username, user.email) if name]
    told = [key(what, "account", name) for what in kinds for name in names]
    for some in (told, [hidden(what, user.id) for what in kinds]):  # in the order of `take`
        await session.execute(delete(Attempt).where(Attempt.key.in_(some)))


def delay(beyond: int) -> timedelta:
    """How long to wait after `beyond` failures more than are free: 1 s, 2 s, 4 s … then locked."""
    if beyond <= 0:
        return timedelta()
    return LOCKED if beyond > LOCKED_AFTER else min(timedelta(seconds=2 ** (beyond - 1)), LOCKED)


def _in_order(keys: Keys) -> list[tuple[str, str]]:
    """The same for everybody, so that two who want the same keys cannot wait for each other."""
    return sorted(keys.items(), key=lambda pair: (pair[0] in HIDDEN, pair[1]))


async def _locked(session: AsyncSession, key: str, at: datetime) -> tuple[int, datetime | None]:
    """The counter of a key, made when there is none; nobody else counts until we have."""
    kept = {"failures": Attempt.failures}  # a change that changes nothing, but locks
    row = (
        await session.execute(
            insert(session, Attempt)
            .values(key=key, failures=0, last_at=at)
            .on_conflict_do_update(index_elements=[Attempt.key], set_=kept)
            .returning(Attempt.failures, Attempt.blocked_until, Attempt.last_at)
        )
    ).one()
    return (0, None) if row.last_at < at - FORGOTTEN else (row.failures, row.blocked_until)


def _wait(left: timedelta) -> Invalid:
    seconds = math.ceil(left.total_seconds())
    message = f"Too many attempts: try again in {seconds} s"
    return Invalid([Problem(ErrorCode.TOO_MANY_ATTEMPTS, message, retry_after=seconds)])
