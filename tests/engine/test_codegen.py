"""The generated function of a selection: what it looks like, and that no name breaks it."""

from datetime import date
from types import SimpleNamespace

import pytest
import strawberry
from graphql import GraphQLField, GraphQLObjectType, GraphQLString, OperationDefinitionNode, parse

from engine import adapter
from engine.documents import Documents
from engine.engine import Engine, Mode
from engine.limits import UNLIMITED
from engine.plan.codegen import generate
from engine.plan.compile import compile_plan
from engine.plan.model import Field, Kind, Selection, Shape, Source
from tests.engine.schemas import World, engine, prepare, schema

TEXT = """\
def read(sources, state, paths):
    try:
        outs = [{'id': (v if type((v := s.id)) is str else leaf0(v, state)), \
'title': (v if type((v := s.name)) is str else leaf1(v, state)), \
'size': (members2[v._name_] if type((v := s.size)) is enum2 else leaf2(v, state)), \
'broken': (None if (v := s.broken) is None else v if type(v) is str else leaf3(v, state)), \
'kind': 'Planet', 'moons': None, 'louder': None, 'laterTwin': None} for s in sources]
    except Exception:
        outs = guarded(selection, sources, state)
    load(field5, sources, outs, paths, state)
    resolve(field6, sources, outs, paths, state)
    read_attribute(field7, sources, outs, paths, state)
    return outs"""


def test_every_leaf_is_read_in_a_straight_line():
    document = parse("""{ planets {
      id title: name size broken kind: __typename moons { id } louder laterTwin { id }
    } }""")
    (operation,) = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    pattern = adapter.executor(schema._schema, operation, {}, hide_suggestions=False)

    plan = compile_plan(pattern, schema)

    planets = plan.steps[0].fields[0].shape.item.selection
    assert planets.code == TEXT


@pytest.mark.parametrize(
    "alias",
    ["sources", "state", "outs", "s", "v", "read", "selection", "guarded", "leaf0", "type",
     "field1", "class", "None", "__import__"],
)  # fmt: skip
async def test_aliases_that_are_names_of_the_code_are_only_keys(alias):
    text = f"{{ planets {{ id {alias}: name moons {{ {alias}: id }} }} }}"

    done = await engine().execute(prepare(text), context=World().context)

    assert done.result.data["planets"][0] == {"id": "1", alias: "Earth", "moons": [{alias: "3"}]}
    assert not isinstance(done.plan, str)


@pytest.mark.parametrize("alias", ["naïve", "ﬁ", "a'b", 'a"b', "a\\nb", "1a"])
def test_other_aliases_are_no_graphql(alias):
    (error,) = prepare(f"{{ planets {{ {alias}: name }} }}").errors
    assert error.message.startswith("Syntax Error")


NASTY = ["it's", 'say "x"', "back\\slash", "new\nline", "{v}", "'] + [os] + ['", "naïve", "ﬁ", "#"]


@pytest.mark.parametrize("name", NASTY)
def test_whatever_a_key_or_a_type_is_called_is_a_literal(name):
    """Whoever let such a name through, it runs nothing."""
    selection = Selection(GraphQLObjectType("T", {}))
    selection.type.name = name
    for key, source in ((name, Source.ATTRIBUTE), (name + "_type", Source.TYPENAME)):
        field = _field(key, selection.type)
        field.source, field.attribute = source, "text"
        field.shape = Shape(Kind.LEAF, GraphQLString, nonnull=False)
        selection.fields.append(field)

    read, _ = generate(selection)

    assert read([SimpleNamespace(text="x")], None, None) == [{name: "x", name + "_type": name}]


def _field(key, parent):
    node = parse("{ a }").definitions[0].selection_set.selections[0]
    return Field(key, parent, GraphQLField(GraphQLString), [SimpleNamespace(node=node)])


def things() -> strawberry.Schema:
    """A schema of its own, whose fields a test may change."""

    @strawberry.type
    class Thing:
        text: str
        free: str | None
        day: date
        kin: list[int]

    @strawberry.type
    class Query:
        @strawberry.field
        def thing(self) -> Thing | None:
            return self

    return strawberry.Schema(Query)


@pytest.mark.parametrize("attribute", ["class", "None", "a b", "it's", "ﬁ", "x or 1/0"])
@pytest.mark.parametrize(
    ("name", "value", "output"),
    [("text", "x", "x"), ("free", None, None), ("day", date(2026, 1, 2), "2026-01-02"),
     ("kin", [1], [1])],
)  # fmt: skip
async def test_attributes_that_python_cannot_spell_are_read_all_the_same(
    attribute, name, value, output
):
    schema = things()
    asked = Documents(schema._schema, UNLIMITED).prepare(f"{{ thing {{ {name} }} }}")
    field = adapter.strawberry_field(schema._schema.type_map["Thing"].fields[name])
    field.python_name = attribute

    for mode in (Mode.PLAN, Mode.OFF):
        one = Engine(schema, mode=mode, plan_after=0)
        root = SimpleNamespace(**{attribute: value})
        done = await one.execute(asked, context=World().context, root=root)
        assert (done.result.errors, done.result.data) == (None, {"thing": {name: output}})
        assert isinstance(done.plan, str) == (mode is Mode.OFF)
