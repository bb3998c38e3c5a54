"""The schema as a contract: committed, described, and compared with older ones."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from graphql import (
    GraphQLSchema,
    build_schema,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_object_type,
)

from app.errors import StartupError
from resolvers import changes
from resolvers.commands import schema as schema_command
from resolvers.schema import schema

SDL = schema.as_str()
COMMITTED = Path(__file__).parents[2] / "schema.graphql"


def elements(schema: GraphQLSchema) -> Iterator[tuple[str, str | None]]:
    """Every type, field, argument and value with its description."""
    for name, type in schema.type_map.items():
        if name.startswith("__"):
            continue
        yield name, type.description
        if is_enum_type(type):
            yield from ((f"{name}.{key}", value.description) for key, value in type.values.items())
        if is_object_type(type) or is_interface_type(type) or is_input_object_type(type):
            for key, field in type.fields.items():
                yield f"{name}.{key}", field.description
                for argument, one in getattr(field, "args", {}).items():
                    yield f"{name}.{key}({argument})", one.description


def test_the_committed_schema_is_the_one_that_is_served():
    assert COMMITTED.read_text() == SDL + "\n"


def test_everything_is_described():
    undescribed = [name for name, description in elements(schema._schema) if not description]
    assert undescribed == []


def test_a_missing_description_is_noticed():
    schema = build_schema("type Query { told(argument: Int): String }")
    names = {name for name, description in elements(schema) if not description}
    assert {"Query", "Query.told", "Query.told(argument)"} <= names


def test_no_optional_argument_has_null_for_a_default():
    assert "= null" not in SDL


def test_removing_a_field_breaks_clients_and_adding_one_does_not():
    old = build_schema("type Query { kept: Int removed: Int }")
    new = build_schema("type Query { kept: Int added: Int }")

    assert changes.breaking(old, new) == ["Field Query.removed was removed."]
    assert changes.breaking(old, new, "- Removed: Field Query.removed was removed.") == []


def test_a_new_enum_value_is_dangerous():
    old = build_schema("type Query { colour: Colour } enum Colour { RED }")
    new = build_schema("type Query { colour: Colour } enum Colour { RED BLUE }")

    assert changes.breaking(old, new) == []
    assert changes.dangerous(old, new) == ["Enum value Colour.BLUE was added."]


def test_what_is_no_schema_is_named():
    with pytest.raises(StartupError, match=r"^old\.graphql is not a GraphQL schema: Syntax Error"):
        changes.read("type Query {", "old.graphql")


def test_the_command_prints_the_schema():
    assert CliRunner().invoke(schema_command, ["print"]).output == SDL + "\n"


def test_the_command_fails_for_a_breaking_change_that_the_change_log_does_not_name(tmp_path):
    old, changelog = tmp_path / "old.graphql", tmp_path / "CHANGELOG.md"
    old.write_text(SDL.replace("type Query {", "type Query {\n  gone: Int\n"))
    changelog.write_text("- Removed: Field Query.gone was removed.")
    run = CliRunner().invoke

    refused = run(schema_command, ["diff", str(old)])
    named = run(schema_command, ["diff", str(old), "--changelog", str(changelog)])

    assert refused.exit_code == 1
    assert "BREAKING   Field Query.gone was removed." in refused.output
    assert named.exit_code == 0
