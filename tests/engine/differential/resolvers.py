"""The fields of the nasty schema that are resolved object by object."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

import strawberry
from graphql import GraphQLError
from strawberry.extensions import FieldExtension
from strawberry.permission import BasePermission
from strawberry.scalars import JSON

from tests.engine.differential.context import Context
from tests.engine.differential.inputs import Choice, Level, Loud, Part, Status, consume, written
from tests.engine.differential.rows import PERSONS, STRANGER, Later, Row

Info = strawberry.Info[Context, None]
Person = Annotated["Person", strawberry.lazy("tests.engine.differential.types")]
Thing = Annotated["Thing", strawberry.lazy("tests.engine.differential.types")]
Odd = Annotated["Odd", strawberry.lazy("tests.engine.differential.types")]
Named = Annotated["Named", strawberry.lazy("tests.engine.differential.types")]
Stranger = Annotated["Stranger", strawberry.lazy("tests.engine.differential.types")]


class IsViewer(BasePermission):
    message = "Only for the viewer"

    def has_permission(self, source: Any, info: Any, **_: Any) -> bool:
        return bool(source.id % 5 == info.context.viewer % 5)


class IsEven(BasePermission):
    message = "Only for even ones"
    error_extensions = {"code": "ODD"}  # noqa: RUF012

    async def has_permission(self, source: Any, info: Any, **_: Any) -> bool:
        await asyncio.sleep(0)
        return source.id % 2 == 0


class Louder(FieldExtension):
    def resolve(self, next_: Any, source: Any, info: Any, **arguments: Any) -> Any:
        return str(next_(source, info, **arguments)).upper()


class Slower(FieldExtension):
    async def resolve_async(self, next_: Any, source: Any, info: Any, **arguments: Any) -> Any:
        value = next_(source, info, **arguments)
        return await value if hasattr(value, "__await__") else value


def ask_root(root: Any, info: Info) -> str:
    names = sorted(info.variable_values)
    return f"{root.id} {info.field_name} {info.return_type} {names} {info.operation.name.value}"


def ask_parent(row: strawberry.Parent[Row], times: int = 2) -> str:
    return f"{row.name} " * times


@strawberry.type
class Resolved:
    """Made of the same row as what it is read from."""

    id: int
    by_root: str = strawberry.field(resolver=ask_root)
    by_parent: str | None = strawberry.field(resolver=ask_parent)
    guarded: str | None = strawberry.field(permission_classes=[IsViewer])
    louder: str | None = strawberry.field(extensions=[Louder()], resolver=ask_parent)

    @strawberry.field
    def joined(
        self,
        part: Part | None = None,
        choice: Choice | None = None,
        loud: Loud | None = None,
        levels: list[Level] | None = None,  # type: ignore[valid-type]
        status: Status = Status.GONE,  # type: ignore[valid-type]
    ) -> str:
        return f"{self.id} {written([part, loud, levels, status])} {choice}"

    @strawberry.field
    def consumed(
        self, info: Info, details: JSON | None = None, numbers: list[int] | None = None
    ) -> str:
        text = f"{consume(details, info.context)} {numbers}"
        if numbers:
            numbers.pop()
        return text

    @strawberry.field
    def path(self, info: Info) -> list[str]:
        return [str(one) for one in info.path.as_list()]

    @strawberry.field
    def selected(self, info: Info) -> str:
        return f"{[field.name for field in info.selected_fields]} {info.python_name}"

    @strawberry.field(permission_classes=[IsEven])
    async def even(self) -> str:
        return f"even {self.id}"

    @strawberry.field(extensions=[Slower()])
    async def slower(self, info: Info) -> list[str]:
        await asyncio.sleep(0)
        return [str(info.path.key), "slow"]

    @strawberry.field
    def raised(self, info: Info) -> str | None:
        if self.id % 3 == 0:
            raise GraphQLError(f"raised {self.id}", extensions={"id": self.id})
        if self.id % 3 == 1:
            raise ValueError(f"raised at {info.path.as_list()}")
        return "not raised"

    @strawberry.field
    def returned(self) -> str | None:
        return ValueError(f"returned {self.id}") if self.id % 2 else "fine"  # type: ignore[return-value]

    @strawberry.field
    async def awaited(self, fail: bool = False) -> int | None:
        await asyncio.sleep(0)
        if fail or self.id % 7 == 5:
            raise ValueError(f"awaited {self.id}")
        return self.id if self.id % 3 else "x"  # type: ignore[return-value]

    @strawberry.field
    def sometimes_awaited(self) -> str | None:
        return Later(f"late {self.id}") if self.id % 2 else "at once"  # type: ignore[return-value]

    @strawberry.field
    async def companion(self) -> Person | None:
        await asyncio.sleep(0)
        return PERSONS[self.id % 11] if self.id % 4 else None  # type: ignore[return-value]

    @strawberry.field
    def several(self, info: Info) -> list[Thing | None] | None:
        return self.others  # type: ignore[attr-defined, no-any-return]

    @strawberry.field
    def generated(self, count: int = 2) -> list[Person]:
        return (one for one in PERSONS[self.id % 9 : self.id % 9 + count])  # type: ignore[return-value]

    @strawberry.field
    def odd(self) -> Odd | None:
        return self  # type: ignore[return-value]

    @strawberry.field
    async def named(self) -> list[Named | None]:
        return [*self.others, 5, self]  # type: ignore[attr-defined]

    @strawberry.field
    def strict(self) -> str:
        return None if self.id % 4 == 1 else f"strict {self.id}"  # type: ignore[return-value]

    @strawberry.field
    async def strict_awaited(self) -> str:
        await asyncio.sleep(0)
        if self.id % 5 == 3:
            raise ValueError(f"strictly {self.id}")
        return "awaited"

    @strawberry.field
    def strict_several(self) -> list[Thing]:
        return self.others  # type: ignore[attr-defined, no-any-return]

    @strawberry.field
    async def strict_even(self, info: Info) -> Person:
        return self if info.path.key and self.id % 2 == 0 else None  # type: ignore[return-value]

    @strawberry.field
    async def later_streamed(self) -> list[int] | None:
        async def numbers() -> AsyncIterator[int]:
            yield 1
            yield 2

        return numbers()  # type: ignore[return-value]

    @strawberry.field
    def later_stranger(self) -> Stranger | None:
        return STRANGER  # type: ignore[return-value]
