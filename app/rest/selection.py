"""Which fields of a resource are selected, and how what comes back is shown.

Both follow from what a request wants, so nothing is selected in vain and nothing is looked up that
was not selected.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLSchema, get_named_type, is_abstract_type
from orjson import Fragment

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
    one it is shown as an address. `links` is JSON, to be joined by the address of the resource: the
    links of the relationship or, when it has no shape, all of it. What is followed, but not asked
    for, is `hidden` (JSON:API 1.1, sparse fieldsets)."""

    field: str
    shown: str
    links: tuple[str, ...]
    many: bool
    shape: "Shape | None"
    included: bool
    hidden: bool


class Shape:
    """One resource as it is wanted: `text` is GraphQL's selection, `show` makes the object.

    `mark` begins the names in the answer, where several types stand at one place. Unless `linked`
    it has no address, and of relationships only what is asked for.
    """

    def __init__(
        self,
        kit: Kit,
        resource: Resource,
        graphql: str,
        wanted: Wanted,
        include: Includes,
        mark: str = "",
        *,
        linked: bool = True,
    ) -> None:
        self.type = kit.type(resource)
        self._id = resource.id
        self._kit, self._mark = kit, mark
        self._address = kit.prefix + resource.path if resource.path and linked else None
        self._linking = resource.by_id is not None and linked
        fields = wanted.fields.get(resource.type)
        chosen = [
            one
            for one in attributes(resource, kit.name)
            if (one.name in fields if fields is not None else one.name not in resource.on_demand)
        ]
        self._shown = {one.shown: mark + one.shown for one in chosen}
        relations = [
            self._relation(resource, name, to, graphql, wanted, include)
            for name, to in resource.relationships.items()
            if fields is None or name in fields or name in include
        ]
        self._relations = [one for one in relations if one.shape or self._linking]
        self._links = [(one.shown, one.links) for one in self._relations if not one.hidden]
        self._leading = [one for one in self._relations if one.shape]
        self.leads = bool(self._leading)
        certain = {one.shown for one in chosen if one.on in (None, graphql)}
        self._others = [*(resource.id or ())[:1], *(one.shown for one in self._leading)]
        self._exact = None if mark else len(certain) + len(self._others)
        self.dated = not self.leads and not any(one.name == "usageCount" for one in chosen)
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
        elif not to.paged and (name in wanted.fields.get(resource.type, ()) or not resource.path):
            shape = Identifier(kit, target)
        hidden = name not in wanted.fields.get(resource.type, (name,))
        links = _links(kebab(name), whole=shape is None) if self._linking else ("{}",)
        return Relation(name, kit.name(name), links, to.many, shape, included, hidden)

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
        address = self._address.replace("{id}", id) if self._address else ""
        shown = {"type": self.type, "id": id, "attributes": self._attributes(node)}
        # What does not depend on the row is JSON already; an address, as any URL, needs no escapes.
        linked: dict[str, Any] = {
            name: Fragment(address.join(links)) for name, links in self._links
        }
        for relation in self._leading:
            data = self._data(relation, node, id, included)
            if not relation.hidden:
                links = {"links": linked[relation.shown]} if self._linking else {}
                linked[relation.shown] = {**links, "data": data}
        if linked:
            shown["relationships"] = linked
        if address:
            shown["links"] = {"self": address}
        return shown

    def _attributes(self, node: Mapping[str, Any]) -> dict[str, Any]:
        if len(node) == self._exact:  # so it has what every type has, and no more: copies are cheap
            shown = dict(node)
            for name in self._others:
                del shown[name]
            return shown
        return {name: node[key] for name, key in self._shown.items() if key in node}

    def _data(
        self, relation: Relation, node: Mapping[str, Any], id: str, included: Included
    ) -> list[dict[str, Any]] | dict[str, Any] | None:
        found = node[self._mark + relation.shown]
        if relation.many:
            return [_reached(relation, one, id, included) for one in found]
        return None if found is None else _reached(relation, found, id, included)


class Identifier(Shape):
    """Type and id, and no more."""

    def __init__(self, kit: Kit, resource: Resource) -> None:
        self.type = kit.type(resource)
        self._id = resource.id
        self.text = nested(resource.id) if resource.id else "__typename"

    def show(self, node: Mapping[str, Any], owner: str, included: Included) -> dict[str, Any]:  # noqa: ARG002
        return self.identify(node, owner)


def _links(path: str, *, whole: bool) -> tuple[str, ...]:
    begin, end = ('{"links":{', "}}") if whole else ("{", "}")
    return f'{begin}"self":"', f'/relationships/{path}","related":"', f'/{path}"{end}'


def _reached(
    relation: Relation, node: Mapping[str, Any], owner: str, included: Included
) -> dict[str, Any]:
    """The identifier of what a relationship leads to, which is included if it is wanted.

    What is there already is completed by what it lacks: two ways may lead to a resource, and one of
    them further.
    """
    shape = relation.shape
    assert shape
    identifier = shape.identify(node, owner)
    key = identifier["type"], identifier["id"]
    if relation.included and (shape.leads or key not in included):
        shown = shape.show(node, owner, included)
        complete(included.setdefault(key, shown), shown)
    return identifier


def complete(known: dict[str, Any], shown: Mapping[str, Any]) -> None:
    """Tell of what is there already where another view of the same leads."""
    for name, linked in shown.get("relationships", {}).items():
        if isinstance(linked, dict) and "data" in linked:
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
