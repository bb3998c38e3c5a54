"""Compiles operations in files into a manifest of trusted documents."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graphql import (
    DefinitionNode,
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    Source,
    Visitor,
    parse,
    print_ast,
    validate,
    visit,
)

from app.errors import StartupError
from resolvers.schema import schema
from resolvers.texts import FORMAT, sha256


def compile_documents(folder: Path) -> dict[str, Any]:
    """The manifest of every operation in the `.graphql` and `.gql` files below `folder`.

    Each operation becomes a document of its own with the fragments it uses, from any file; its id
    is the SHA-256 of its text. Raises StartupError naming file and line of what cannot be used.
    """
    definitions = [found for file in _files(folder) for found in _definitions(file)]
    fragments = _named(definitions, FragmentDefinitionNode)
    operations = _named(definitions, OperationDefinitionNode)
    if not operations:
        raise StartupError(f"{folder} has no operations in .graphql or .gql files")
    return {**FORMAT, "operations": [_entry(one, fragments) for one in operations.values()]}


def _files(folder: Path) -> list[Path]:
    return sorted(
        file for file in folder.rglob("*") if file.suffix in (".graphql", ".gql") and file.is_file()
    )


def _definitions(file: Path) -> tuple[DefinitionNode, ...]:
    try:
        return parse(Source(file.read_text("utf-8"), str(file))).definitions
    except (GraphQLSyntaxError, UnicodeDecodeError, OSError) as error:
        raise StartupError(_located(error, file)) from None


def _named(definitions: list[DefinitionNode], kind: type[Any]) -> dict[str, Any]:
    """The definitions of a kind by name, each of which must occur once."""
    named: dict[str, Any] = {}
    for definition in definitions:
        if not isinstance(definition, kind):
            continue
        name = definition.name.value if definition.name else None
        if name is None:
            raise StartupError(f"{_place(definition)}: a trusted operation needs a name")
        if name in named:
            raise StartupError(f"{_place(definition)}: {name} is also in {_place(named[name])}")
        named[name] = definition
    return named


def _entry(
    operation: OperationDefinitionNode, fragments: dict[str, FragmentDefinitionNode]
) -> dict[str, str]:
    used = _used(operation, fragments, {})
    document = DocumentNode(definitions=(operation, *used.values()))
    if errors := validate(schema._schema, document):
        raise StartupError(_located(errors[0]))
    body = print_ast(document)
    name = operation.name.value if operation.name else ""
    return {"id": sha256(body), "name": name, "type": operation.operation.value, "body": body}


def _used(
    node: OperationDefinitionNode | FragmentDefinitionNode,
    fragments: dict[str, FragmentDefinitionNode],
    found: dict[str, FragmentDefinitionNode],
) -> dict[str, FragmentDefinitionNode]:
    for name in _spreads(node):
        if name in fragments and name not in found:
            found[name] = fragments[name]
            _used(fragments[name], fragments, found)
    return found


def _spreads(node: OperationDefinitionNode | FragmentDefinitionNode) -> Iterator[str]:
    names: list[str] = []

    class Collect(Visitor):
        def enter_fragment_spread(self, spread: FragmentSpreadNode, *_: Any) -> None:
            names.append(spread.name.value)

    visit(node, Collect())
    yield from names


def _place(node: DefinitionNode) -> str:
    if node.loc is None:
        return "?"
    return f"{node.loc.source.name}:{node.loc.start_token.line}"


def _located(error: Exception, file: Path | None = None) -> str:
    """An error on one line, with its file and line where known."""
    if isinstance(error, GraphQLError) and error.source and error.locations:
        return f"{error.source.name}:{error.locations[0].line}: {error.message}"
    node = error.nodes[0] if isinstance(error, GraphQLError) and error.nodes else None
    if node is not None and node.loc is not None:
        return f"{node.loc.source.name}:{node.loc.start_token.line}: {error}"
    return f"{file}: {error}"
