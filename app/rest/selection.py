"""Which fields of a resource are selected, and how what comes back is shown.

Both follow from what a request wants, so nothing is selected in vain and nothing is looked up that
was not selected.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLSchema, get_named_type, is_abstract_type

from app.rest.attributes import Attribute, Name, attributes
from app.rest.names import kebab
from app.rest.resource import Resource, To

Includes = Mapping[str, "Includes"]
Included = dict[tuple[str, str], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The fields that are asked for, by types of resources, and the relationships to follow."""

    fields: Mapping[str, frozenset[str]] = field(default_factory=dict)
    include: Includes = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kit:
    """What shapes are made with: a dialect's names and addresses, the resources, the schema."""

    name: Name
    type: Callable[[Resource], str]
    prefix: str
    resources: Mapping[str, Resource]
    schema: GraphQLSchema


@dataclass(frozen=True, slots=True)
class Relation:
    """`shape` shows what it leads to: identifiers only, or the whole when it is `included`; without
    one it is shown as an address."""

    field: str
    shown: str
    path: str
    many: bool
    shape: "Shape | None"
    included: bool


class Shape:
    """One resource as it is wanted: `text` is GraphQL's selection, `show` makes the object.

    `mark` begins the names in the answer, where several types stand at one place.
    """

    def __init__(
        self,
        kit: Kit,
        resource: Resource,
        graphql: str,
        wanted: Wanted,
        include: Includes,
        mark: str = "",
    ) -> None:
        self.type = kit.type(resource)
        self._id = resource.id
        self._kit, self._mark = kit, mark
        self._address = kit.prefix + resource.path if resource.path else None
        self._linking = resource.by_id is not None
        fields = wanted.fields.get(resource.type)
        chosen = [
            one
            for one in attributes(resource, kit.name)
            if (one.name in fields if fields is not None else one.name not in resource.on_demand)
        ]
        self._shown = {one.shown: mark + one.shown for one in chosen}
        self._relations = [
            self._relation(resource, name, to, graphql, wanted, include)
            for name, to in resource.relationships.items()
            if fields is None or name in fields or name in include
        ]
        # Followed, but not asked for: not shown (JSON:API 1.1, sparse fieldsets).
        unasked = set() if fields is None else include.keys() - fields
        self._hidden = {kit.name(name) for name in unasked}
        counted = any(one.name == "usageCount" for one in chosen)
        self.dated = not counted and not any(one.shape for one in self._relations)
        self.text = " ".join(self._texts(graphql, chosen)) or "__typename"

    def _relation(
        self,
        resource: Resource,
        name: str,
        to: To,
        graphql: str,
        wanted: Wanted,
        include: Includes,
    ) -> Relation:
        kit, shape, included = self._kit, None, name in include
        target = kit.resources[to.type]
        if included:
            position = position_of(kit.schema, graphql, name)
            shape = Shape(kit, target, position, wanted, include[name])
        elif not to.paged and (name in wanted.fields.get(resource.type, ()) or not self._address):
            shape = Identifier(kit, target)
        return Relation(name, kit.name(name), kebab(name), to.many, shape, included)

    def _texts(self, graphql: str, chosen: list[Attribute]) -> Iterator[str]:
        if self._id:
            yield nested(self._id)
        abstract = is_abstract_type(self._kit.schema.type_map[graphql])
        for one in chosen:
            text = aliased(self._mark + one.shown, one.field, one.text)
            if one.on is None or one.on == graphql:
                yield text
            elif abstract:
                yield f"... on {one.on} {{ {text} }}"
        for relation in self._relations:
            if relation.shape:
                text = f"{relation.field} {{ {relation.shape.text} }}"
                yield aliased(self._mark + relation.shown, relation.field, text)

    def identify(self, node: Mapping[str, Any], owner: str) -> dict[str, Any]:
        return {"type": self.type, "id": self._id_of(node, owner)}

    def _id_of(self, node: Any, owner: str) -> str:
        if self._id is None:
            return owner
        for step in self._id:
            node = node[step]
        return str(node)

    def show(self, node: Mapping[str, Any], owner: str, included: Included) -> dict[str, Any]:
        """The resource object; what it includes is put into `included`, each once."""
        id = self._id_of(node, owner)
        address = self._address.replace("{id}", id) if self._address else None
        shown: dict[str, Any] = {
            "type": self.type,
            "id": id,
            "attributes": {name: node[key] for name, key in self._shown.items() if key in node},
        }
        linked = {
            relation.shown: self._linked(relation, node, id, address, included)
            for relation in self._relations
        }
        if linked.keys() > self._hidden:
            shown["relationships"] = {
                name: linked[name] for name in linked if name not in self._hidden
            }
        if address:
            shown["links"] = {"self": address}
        return shown

    def _linked(
        self,
        relation: Relation,
        node: Mapping[str, Any],
        id: str,
        address: str | None,
        included: Included,
    ) -> dict[str, Any]:
        linked: dict[str, Any] = {}
        if address and self._linking:
            linked["links"] = {
                "self": f"{address}/relationships/{relation.path}",
                "related": f"{address}/{relation.path}",
            }
        if shape := relation.shape:
            found = node[self._mark + relation.shown]
            there = found if relation.many else [] if found is None else [found]
            data = [shape.identify(one, id) for one in there]
            linked["data"] = data if relation.many else (data[0] if data else None)
            if relation.included:
                for one in there:
                    _include(shape, one, id, included)
        return linked


class Identifier(Shape):
    """Type and id, and no more."""

    def __init__(self, kit: Kit, resource: Resource) -> None:
        self.type = kit.type(resource)
        self._id = resource.id
        self.text = nested(resource.id) if resource.id else "__typename"

    def show(self, node: Mapping[str, Any], owner: str, included: Included) -> dict[str, Any]:  # noqa: ARG002
        return self.identify(node, owner)


def _include(shape: Shape, node: Mapping[str, Any], owner: str, included: Included) -> None:
    """What is there already is completed by what it lacks: two ways may lead to a resource, and
    one of them further."""
    shown = shape.show(node, owner, included)
    complete(included.setdefault((shown["type"], shown["id"]), shown), shown)


def complete(known: dict[str, Any], shown: Mapping[str, Any]) -> None:
    """Tell of what is there already where another view of the same leads."""
    for name, linked in shown.get("relationships", {}).items():
        if "data" in linked:
            known.setdefault("relationships", {})[name] = linked


def aliased(name: str, field: str, text: str) -> str:
    return text if name == field else f"{name}: {text}"


def nested(way: tuple[str, ...]) -> str:
    """The selection of the field at the end of a way."""
    first, *rest = way
    return f"{first} {{ {nested(tuple(rest))} }}" if rest else first


def position_of(schema: GraphQLSchema, graphql: str, field: str) -> str:
    """The name of the type that a field leads to, lists and nulls aside."""
    owner: Any = schema.type_map[graphql]
    return str(get_named_type(owner.fields[field].type))
