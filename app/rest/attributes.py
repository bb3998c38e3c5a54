"""A resource's attributes, read from the GraphQL selection that declares them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from graphql import (
    FieldNode,
    InlineFragmentNode,
    NameNode,
    SelectionNode,
    Visitor,
    parse,
    print_ast,
    visit,
)

from app.rest.resource import Resource

Name = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Attribute:
    """`shown` is its name in a dialect; `on` the one type that has it, where types differ."""

    name: str
    shown: str
    field: str
    text: str
    on: str | None = None


@cache
def attributes(resource: Resource, name: Name) -> tuple[Attribute, ...]:
    """A resource's attributes in a dialect's spelling of names."""
    if not resource.attributes.strip():
        return ()
    (operation,) = parse(f"{{{resource.attributes}}}", no_location=True).definitions
    return tuple(_attributes(operation.selection_set.selections, name))  # type: ignore[attr-defined]


def _attributes(
    nodes: tuple[SelectionNode, ...], name: Name, on: str | None = None
) -> Iterator[Attribute]:
    for node in nodes:
        if isinstance(node, InlineFragmentNode):
            assert node.type_condition
            yield from _attributes(
                node.selection_set.selections, name, node.type_condition.name.value
            )
        elif isinstance(node, FieldNode):
            own = (node.alias or node.name).value
            plain = FieldNode(
                name=node.name,
                arguments=node.arguments,
                directives=node.directives,
                selection_set=node.selection_set and visit(node.selection_set, _Naming(name)),
            )
            text = " ".join(print_ast(plain).split())
            yield Attribute(own, name(own), node.name.value, text, on)


class _Naming(Visitor):
    """Gives fields an alias in another spelling, where that is another name."""

    def __init__(self, name: Name) -> None:
        super().__init__()
        self._name = name

    def leave_field(self, node: FieldNode, *_: Any) -> FieldNode | None:
        own = (node.alias or node.name).value
        if self._name(own) == own:
            return None
        return FieldNode(
            alias=NameNode(value=self._name(own)),
            name=node.name,
            arguments=node.arguments,
            directives=node.directives,
            selection_set=node.selection_set,
        )
