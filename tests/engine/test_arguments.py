"""Arguments that a resolver or a load may change are made for it, as graphql-core makes them."""

from dataclasses import dataclass, field
from typing import Any, NewType

import pytest
import strawberry
from strawberry.scalars import JSON
from strawberry.schema.config import StrawberryConfig

from engine.documents import Documents
from engine.engine import Engine, Mode
from engine.fields import batched
from engine.limits import UNLIMITED

Words = NewType("Words", object)
SCALARS = {
    Words: strawberry.scalar(
        name="Words", parse_value=lambda text: set(text.split()), serialize=str
    )
}


@dataclass
class Context:
    user: str
    batches: dict[Any, Any] = field(default_factory=dict)


async def load_words(parents: list[Any], context: Context, words: Words) -> list[Any]:
    words.add(context.user)
    return [sorted(words)] * len(parents)


class Everybody(strawberry.permission.BasePermission):
    def has_permission(self, source: Any, info: Any, **_: Any) -> bool:
        return True


def appended(parent: strawberry.Parent[Any], json: JSON) -> str:
    json["seen"].append(parent.id)
    return str(json["seen"])


@strawberry.type
class Thing:
    id: int
    direct: str = strawberry.field(resolver=appended)
    called: str = strawberry.field(resolver=appended, permission_classes=[Everybody])


@strawberry.type
class Query:
    loaded: list[str] = batched(load_words, description="")

    @strawberry.field
    def resolved(self, info: strawberry.Info, words: Words) -> list[str]:
        words.add(info.context.user)
        return sorted(words)

    @strawberry.field
    def things(self) -> list[Thing]:
        return [Thing(id=1), Thing(id=2)]


schema = strawberry.Schema(Query, config=StrawberryConfig(scalar_map=SCALARS))
documents = Documents(schema._schema, UNLIMITED)


@pytest.mark.parametrize("mode", [Mode.PLAN, Mode.OFF])
@pytest.mark.parametrize("name", ["loaded", "resolved"])
async def test_nobody_is_handed_what_somebody_else_has_changed(name, mode):
    engine = Engine(schema, mode=mode, plan_after=0)
    prepared = documents.prepare(f'{{ {name}(words: "a") }}')

    async def seen(user):
        return (await engine.execute(prepared, context=lambda _: Context(user))).result.data[name]

    assert [await seen("ann"), await seen("bob")] == [["a", "ann"], ["a", "bob"]]


@pytest.mark.parametrize("mode", [Mode.PLAN, Mode.OFF])
@pytest.mark.parametrize("name", ["direct", "called"])
async def test_no_row_is_handed_what_another_has_changed(name, mode):
    engine = Engine(schema, mode=mode, plan_after=0)
    prepared = documents.prepare(f"{{ things {{ {name}(json: {{seen: []}}) }} }}")

    done = await engine.execute(prepared, context=lambda _: Context("ann"))

    assert done.result.data["things"] == [{name: "[1]"}, {name: "[2]"}]


async def test_a_value_that_a_resolver_changes_is_no_difference_of_a_plan():
    engine = Engine(schema, mode=Mode.SHADOW, sample=1.0, plan_after=0)
    prepared = documents.prepare("query ($json: JSON!) { things { direct(json: $json) } }")
    json = {"seen": []}

    await engine.execute(prepared, {"json": json}, context=lambda _: Context("ann"))

    assert (engine.counters.compared, engine.counters.differing) == (1, 0)
