"""Schemas of what answers are made of: resource objects, identifiers, relationships."""

from typing import Any

from graphql import FieldNode, is_abstract_type, parse

from app.rest.attributes import Attribute, attributes
from app.rest.dialect import Dialect
from app.rest.names import camel
from app.rest.openapi.components import Node
from app.rest.openapi.includes import ways
from app.rest.openapi.schemas import Schemas, described, nullable, opened
from app.rest.resource import Resource, To
from app.rest.resources import RESOURCES, TOKENS

ADDRESS: Node = {"type": "string", "format": "uri-reference"}


class Objects:
    def __init__(self, dialect: Dialect, schemas: Schemas) -> None:
        self._dialect = dialect
        self._schemas = schemas
        self._graphql = dialect.kit.schema

    def identifier(self, resource: Resource) -> Node:
        """Type and id."""
        return self._schemas.components.schema(
            f"{title(resource)}Identifier", lambda: opened(self._identity(resource))
        )

    def resource(self, resource: Resource, *, linked: bool = True) -> Node:
        name = title(resource) if linked else f"Unlinked{title(resource)}"
        return self._schemas.components.schema(
            name, lambda: self._resource(resource, linked=linked)
        )

    def hit(self, resource: Resource, meta: Node) -> Node:
        """A resource as a search finds it."""
        return self._schemas.components.schema(
            f"{title(resource)}Hit", lambda: self._resource(resource, meta=meta)
        )

    def _identity(self, resource: Resource) -> Node:
        type = {"type": "string", "const": self._dialect.type(resource)}
        return {
            "type": type,
            "id": {"type": "string", "description": "Opaque, and stays as it is."},
        }

    def _resource(self, resource: Resource, *, linked: bool = True, **more: Node) -> Node:
        properties = self._identity(resource)
        if not self.flat(resource):
            properties["attributes"] = {"type": "object", "properties": self.attributes(resource)}
        if resource.relationships:
            properties["relationships"] = self._relationships(resource, linked=linked)
        if resource.path and linked:
            properties["links"] = opened({"self": ADDRESS})
        text = self._graphql.type_map[resource.graphql].description
        return described(opened(properties | more, "relationships"), text)

    def flat(self, resource: Resource) -> bool:
        """Whether attributes stand beside `data`, as OAuth has it."""
        return resource is TOKENS and self._dialect.version == "v1"

    def attributes(self, resource: Resource) -> Node:
        return {
            one.shown: self._attribute(resource, one)
            for one in attributes(resource, self._dialect.name)
        }

    def _attribute(self, resource: Resource, one: Attribute) -> Node:
        owner: Any = self._graphql.type_map[one.on or resource.graphql]
        if one.field == "__typename":
            assert is_abstract_type(owner)
            types = sorted(type.name for type in self._graphql.get_possible_types(owner))
            return {"type": "string", "enum": types}
        (operation,) = parse(f"{{{one.text}}}", no_location=True).definitions
        (node,) = operation.selection_set.selections  # type: ignore[attr-defined]
        assert isinstance(node, FieldNode)
        field = owner.fields[one.field]
        text = field.description or ""
        if one.name in resource.on_demand:
            text += " Only when `fields` names it."
        return described(self._schemas.answered(field.type, node), text.strip())

    def _relationships(self, resource: Resource, *, linked: bool) -> Node:
        owner: Any = self._graphql.type_map[resource.graphql]
        properties = {}
        for name, to in resource.relationships.items():
            if to.paged and not linked:
                continue
            field = owner.fields.get(name) or owner.fields[f"{name}Connection"]
            schema = self._relationship(resource, to, linked=linked)
            properties[self._dialect.name(name)] = described(schema, field.description)
        return {"type": "object", "properties": properties}

    def _relationship(self, resource: Resource, to: To, *, linked: bool) -> Node:
        """Data is there where it is included, or asked for by name, or else not to be had."""
        linked = bool(resource.path and resource.by_id and linked)
        if to.paged:
            return opened({"links": self._links})
        data = linkage(self.identifier(RESOURCES[to.type]), many=to.many)
        return opened({"links": self._links, "data": data}, "data") if linked else opened(
            {"data": data}
        )  # fmt: skip

    @property
    def _links(self) -> Node:
        return self._schemas.components.schema(
            "RelationshipLinks", lambda: opened({"self": ADDRESS, "related": ADDRESS})
        )

    def included(self, resource: Resource) -> Node:
        """Of what `include` can bring beside a resource, if anything."""
        reached = {target for _, target in ways(resource)}
        there = [self.resource(one) for one in RESOURCES.values() if one in reached]
        return {"type": "array", "items": {"oneOf": there} if len(there) > 1 else there[0]}


def linkage(identifier: Node, *, many: bool) -> Node:
    return {"type": "array", "items": identifier} if many else nullable(identifier)


def title(resource: Resource) -> str:
    """What a resource is called among schemas: `ContentItem`."""
    return pascal(resource.one)


def pascal(name: str) -> str:
    return name[:1].upper() + camel(name)[1:]
