"""The same for several items, in one transaction."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.errors import ErrorCode, Forbidden, Invalid, Problem
from app.models import ContentItem
from app.operations import races
from app.operations.checks import Checks
from app.operations.work import Work

MAX_ITEMS = 100

Act = Callable[[Work, str], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the item with this id: done, unless there are problems."""

    id: str
    problems: tuple[Problem, ...] = ()


async def each(work: Work, ids: list[str], act: Act, *, all_or_nothing: bool) -> list[Outcome]:
    """Do `act` with every item; the outcomes in the order of `ids`.

    What fails leaves its own item as it was. Raises Invalid, with the problems of all items, when
    anything fails and it is `all_or_nothing`.
    """
    _check(ids)
    in_order = sorted(ids)  # two that take the same items never wait for each other in a circle
    mine = select(ContentItem.id).where(ContentItem.id.in_(ids)).order_by(ContentItem.id)
    await work.session.execute(mine.with_for_update())
    done = {id: await _one(work, id, act) for id in in_order}
    if all_or_nothing and any(outcome.problems for outcome in done.values()):
        raise Invalid(
            [
                Problem(problem.code, problem.message, ("ids", number, *_within(problem)))
                for number, id in enumerate(ids)
                for problem in done[id].problems
            ]
        )
    return [done[id] for id in ids]


def _within(problem: Problem) -> tuple[str | int, ...]:
    """Where it is in an item: nowhere, when it is the item itself that its id stands for."""
    return () if problem.path == ("id",) else problem.path


def _check(ids: list[str]) -> None:
    checks = Checks()
    if not 1 <= len(ids) <= MAX_ITEMS:
        code = ErrorCode.LIMIT_EXCEEDED if ids else ErrorCode.REQUIRED
        checks.add(code, f"From 1 to {MAX_ITEMS} items", "ids")
        checks.done()
    seen: set[str] = set()
    for number, id in enumerate(ids):
        if id in seen:
            checks.add(ErrorCode.NOT_UNIQUE, "This item is named twice", "ids", number)
        seen.add(id)
    checks.done()


async def _one(work: Work, id: str, act: Act) -> Outcome:
    try:
        async with work.session.begin_nested():
            await act(work, id)
    except Invalid as refusal:
        return Outcome(id, refusal.problems)
    except Forbidden as refusal:
        return Outcome(id, (Problem(ErrorCode.FORBIDDEN, refusal.message, ("id",)),))
    except IntegrityError as error:
        if not (told := races.refusal(error)):
            raise
        return Outcome(id, told.problems)
    return Outcome(id)
