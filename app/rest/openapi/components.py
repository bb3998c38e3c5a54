"""What several operations have in common, each written once and referred to by its name."""

from collections.abc import Callable
from typing import Any

Node = dict[str, Any]
"""A part of an OpenAPI document, or a JSON Schema."""


SHARED = ("headers", "securitySchemes")
"""Sections that are the same in all versions."""


class Components:
    """The `components` of a document, as they are met.

    `prefix` begins the names of what is one version's, where a document holds several.
    """

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix
        self._sections: dict[str, dict[str, Node]] = {}

    def put(self, section: str, name: str, node: Node) -> Node:
        """A reference to `node`. Raises ValueError where the name means something else already."""
        if section not in SHARED:
            name = self.prefix + name
        if self._sections.setdefault(section, {}).setdefault(name, node) != node:
            raise ValueError(f"There are two {section} {name}")
        return reference(section, name)

    def schema(self, name: str, make: Callable[[], Node]) -> Node:
        """A reference to a schema, which is made the first time."""
        schemas = self._sections.setdefault("schemas", {})
        name = self.prefix + name
        if name not in schemas:
            schemas[name] = {}  # it may refer to itself
            schemas[name] = make()
        return reference("schemas", name)

    def shown(self) -> Node:
        return {
            section: dict(sorted(nodes.items()))
            for section, nodes in sorted(self._sections.items())
        }


def reference(section: str, name: str) -> Node:
    return {"$ref": f"#/components/{section}/{name}"}
