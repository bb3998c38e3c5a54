"""The schema of the tests of plans: planets with moons, and what it is read in."""

import asyncio
from collections.abc import AsyncIterator, Generator
from dataclasses import dataclass, field
from enum import Enum
from types import SimpleNamespace
from typing import Any

import strawberry

from engine.documents import Documents
from engine.engine import Engine, Mode
from engine.fields import batched, needs
from engine.limits import UNLIMITED
from engine.plan.model import Reads


@dataclass
class World:
    """What outlives an operation, and every context that was made for one."""

    contexts: list["Context"] = field(default_factory=list)
    loads: list[tuple[str, list[int]]] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    opened: list[Any] = field(default_factory=list)
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    closed: bool = False

    def context(self, reads: Reads) -> "Context":
        self.contexts.append(Context(self, reads))
        return self.contexts[-1]


@dataclass
class Context:
    world: World
    reads: Reads
    batches: dict[Any, Any] = field(default_factory=dict)


Info = strawberry.Info[Context, None]


@strawberry.enum
class Size(Enum):
    SMALL = "small"
    LARGE = "large"


@dataclass
class Row:
    """A planet or a moon."""

    id: int
    name: str | None
    size: Size = Size.SMALL

    @property
    def later(self) -> "Later":
        return Later(self.name)

    @property
    def later_twin(self) -> "Later":
        return Later(self)

    @property
    def broken(self) -> str:
        raise ValueError(f"{self.name} is broken")


async def soon(value: Any) -> Any:
    await asyncio.sleep(0)
    return value


@dataclass
class Later:
    """An awaitable, which no plan reads."""

    value: Any

    def __await__(self) -> Generator[Any, None, Any]:
        return soon(self.value).__await__()


PLANETS = [Row(1, "Earth", Size.LARGE), Row(2, "Mars")]
MOONS = {1: [Row(3, "Moon")], 2: [Row(4, "Phobos"), Row(5, "Deimos")]}


@needs("id")
async def load_moons(rows: list[Row], context: Context, first: int = 9) -> list[Any]:
    context.world.loads.append(("moons", [row.id for row in rows]))
    return [MOONS.get(row.id, [])[:first] for row in rows]


@needs("name")
def load_letters(rows: list[Row], _context: Context) -> list[Any]:
    return [len(row.name or "") for row in rows]


async def load_hidden(rows: list[Row], context: Context) -> list[Any]:
    context.world.loads.append(("hidden", [row.id for row in rows]))
    return [row.name for row in rows]


async def load_for_ever(rows: list[Row], context: Context) -> list[Any]:
    context.world.reached.set()
    await asyncio.Event().wait()
    return rows


async def load_planets(parents: list[Any], _context: Context) -> list[Any]:
    return [PLANETS for _ in parents]


@strawberry.type
class Planet:
    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> bool:
        return isinstance(value, Row)

    id: strawberry.ID
    name: str
    size: Size
    later: str | None
    later_twin: "Planet | None"
    broken: str | None
    moons: list["Planet"] = batched(load_moons, description="What goes round it.")
    letters: int = batched(load_letters, description="Of its name.")
    hidden: str | None = batched(load_hidden, description="Guarded by a test.")
    for_ever: str | None = batched(load_for_ever, description="Never answers.")

    @strawberry.field
    def louder(self) -> str:
        return str(self.name).upper()

    @strawberry.field
    async def slowly(self, info: Info) -> str:
        info.context.world.reached.set()
        return str(await soon(self.name))

    @strawberry.field
    def awaited(self, info: Info) -> str:
        """Told in a coroutine that the world remembers."""
        told = soon(self.name)
        info.context.world.opened.append(told)
        return told  # type: ignore[return-value]


@strawberry.type
class Star:
    name: str
    planets: list[Planet]

    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> bool:
        return value is SUN


SUN = SimpleNamespace(name="Sun", planets=PLANETS)


@strawberry.type
class Query:
    planets: list[Planet] = batched(load_planets, description="All of them.")
    hidden: list[Planet] | None = batched(load_planets, description="Guarded by a test.")

    @strawberry.field
    def planet(self, id: strawberry.ID) -> Planet | None:
        return next((row for row in PLANETS if str(row.id) == id), None)  # type: ignore[return-value]

    @strawberry.field
    def lost(self) -> Planet | None:
        return Row(9, None)  # type: ignore[return-value]

    @strawberry.field
    def found(self) -> list[Planet | Star]:
        return [PLANETS[0], SUN]  # type: ignore[list-item]


@strawberry.type
class Found:
    planet: Planet
    changes: list[str]
    later: str | None


@dataclass
class Finding:
    planet: Row
    changes: list[str]

    @property
    def later(self) -> Later:
        return Later(self.planet.name)


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def find(self, info: Info, name: str) -> Found:
        changes = info.context.world.changes
        await asyncio.sleep(0)
        changes.append(name)
        return Finding(Row(len(changes), name), list(changes))  # type: ignore[return-value]

    @strawberry.mutation
    def find_at_once(self, info: Info, name: str) -> Planet:
        info.context.world.changes.append(name)
        return Row(7, name)  # type: ignore[return-value]

    @strawberry.mutation
    async def fail(self) -> Planet | None:
        raise ValueError("too far")


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def seen(self, info: Info, fail: bool = False) -> AsyncIterator[Planet]:
        try:
            for row in PLANETS:
                yield row  # type: ignore[misc]
            if fail:
                raise ValueError("clouds")
        finally:
            info.context.world.closed = True

    @strawberry.subscription
    async def never(self) -> AsyncIterator[Planet]:
        raise ValueError("no telescope")


def build() -> strawberry.Schema:
    return strawberry.Schema(Query, Mutation, Subscription)


schema = build()
prepare = Documents(schema._schema, UNLIMITED).prepare


def engine(**options: Any) -> Engine:
    """One that plans at first sight, unless `options` say otherwise."""
    return Engine(schema, **{"mode": Mode.PLAN, "plan_after": 0, **options})


async def execute(one, text, world=None, name=None, **variables):
    prepared = prepare(text)
    assert prepared.errors == ()
    world = world or World()
    return await one.execute(prepared, variables, name, context=world.context)


def counted(one):
    return one.counters.planned, dict(one.counters.fallen_back)
