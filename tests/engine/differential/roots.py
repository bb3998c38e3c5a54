"""The root fields of the nasty schema."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import strawberry

from tests.engine.differential.context import Context
from tests.engine.differential.inputs import Part
from tests.engine.differential.loads import a_batched
from tests.engine.differential.resolvers import Info
from tests.engine.differential.rows import ARTICLES, KINDS, PERSONS, Later, found
from tests.engine.differential.types import Article, Leaves, Named, Node, Person, Thing


async def load_person(parents: list[Any], context: Context, id: strawberry.ID) -> list[Any]:
    return [found("person", int(id)) for _ in parents]


async def load_articles(parents: list[Any], context: Context, limit: int = 4, skip: int = 0) -> Any:
    return [ARTICLES[skip : skip + limit] for _ in parents]


def load_persons(parents: list[Any], context: Context, limit: int = 4) -> list[Any]:
    return [PERSONS[:limit] for _ in parents]


@strawberry.type
class Query:
    person: Person | None = a_batched(load_person)
    articles: list[Article | None] = a_batched(load_articles)
    persons: list[Person] | None = a_batched(load_persons)
    strict_person: Person = a_batched(load_person)

    @strawberry.field
    async def article(self, id: strawberry.ID) -> Article | None:
        return found("article", int(id))  # type: ignore[no-any-return]

    @strawberry.field
    def node(self, id: strawberry.ID, kind: str = "person") -> Node | None:
        return found(kind, int(id))  # type: ignore[no-any-return]

    @strawberry.field
    async def things(self, limit: int = 5, skip: int = 0) -> list[Thing | None] | None:
        rows = [row for three in zip(*KINDS.values(), strict=False) for row in three]
        return [None if row.id == 3 else row for row in rows[skip : skip + limit]]

    @strawberry.field
    def named(self, limit: int = 3) -> list[Named | None]:
        return [*PERSONS[:limit], ARTICLES[0], *KINDS["label"]][: max(limit, 0)]

    @strawberry.field
    def version(self, part: Part | None = None) -> str:
        return f"1.0 {part}"


def _done(info: Info, what: str) -> str:
    info.context.changes.append(what)
    return f"{len(info.context.changes)} {what}"


@strawberry.type
class Changed:
    """`order` is how many changes there were when the change was made."""

    order: str
    person: Person | None
    thing: Thing | None

    @strawberry.field
    def changes(self, info: Info) -> list[str]:
        """All so far; a change that comes later must not be among them."""
        return list(info.context.changes)


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def change(self, info: Info, id: strawberry.ID, fail: bool = False) -> Changed | None:
        await asyncio.sleep(0)
        order = _done(info, f"change {id}")
        if fail:
            raise ValueError(f"failed {order}")
        return Changed(order=order, person=found("person", int(id)), thing=found("label", int(id)))

    @strawberry.mutation
    def change_at_once(self, info: Info, id: strawberry.ID) -> Person | None:
        _done(info, f"at once {id}")
        return found("person", int(id))  # type: ignore[no-any-return]

    @strawberry.mutation
    async def change_all(self, info: Info, limit: int = 3) -> list[Thing | None]:
        _done(info, "all")
        return (row for row in [*PERSONS[:limit], ARTICLES[1]])  # type: ignore[return-value]

    @strawberry.mutation
    def count(self, info: Info) -> str:
        return _done(info, "count")

    @strawberry.mutation
    def exchange(self, id: strawberry.ID) -> Leaves | None:
        """Without an Info, and its payload has leaves that fail and one to be awaited."""
        return found("article", int(id))  # type: ignore[no-any-return]

    @strawberry.mutation
    async def exchange_all(self, limit: int = 3) -> list[Leaves | None]:
        await asyncio.sleep(0)
        return [None, *ARTICLES[: max(limit, 0)]]  # type: ignore[list-item]

    @strawberry.mutation
    def strict_change(self, info: Info, id: strawberry.ID) -> Person:
        _done(info, f"strict {id}")
        return found("person", int(id))  # type: ignore[no-any-return]

    @strawberry.mutation
    def later_change(self, info: Info) -> list[int | None]:
        _done(info, "later")
        return (one for one in (1, Later(2), 3))  # type: ignore[misc, return-value]


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def person_seen(self, count: int = 2, start: int = 0) -> AsyncIterator[Person | None]:
        for number in range(start, start + count):
            await asyncio.sleep(0)
            yield found("person", number)

    @strawberry.subscription
    async def thing_seen(self, ids: list[strawberry.ID]) -> AsyncIterator[list[Thing | None]]:
        for id in ids:
            yield [found("person", int(id)), found("article", int(id)), found("label", int(id))]

    @strawberry.subscription
    async def number_counted(self, to: int = 2) -> AsyncIterator[int]:
        for number in range(to):
            yield number if number != 1 else None  # type: ignore[misc]
        if to > 2:
            raise ValueError("enough")

    @strawberry.subscription
    async def strict_person_seen(self) -> AsyncIterator[Person]:
        yield PERSONS[2]  # type: ignore[misc]
        yield None  # type: ignore[misc]
        yield PERSONS[5]  # type: ignore[misc]
