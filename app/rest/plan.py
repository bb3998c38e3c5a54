"""A route as a dialect serves it: what it takes, and the documents that it runs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from graphql import (
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_list_type,
    is_required_input_field,
)

from app.errors import StartupError
from app.rest import documents
from app.rest.documents import PAGE_INFO, REFUSAL, UPDATED, VERSION, fragment
from app.rest.names import camel
from app.rest.resource import Resource
from app.rest.route import Route
from app.rest.selection import Identifier, Includes, Kit, Shape, Wanted, position_of

NEVER_IN_BODIES = {"clientMutationId", "ifVersion"}
PREPARED = 1_000
"""Of all routes together: each takes some 20 KB, and strangers choose how many there are."""

Fields = frozenset[tuple[str, frozenset[str]]]
Paths = frozenset[tuple[str, ...]]
Parts = tuple[tuple[str, ...], dict[str, Shape]]


@dataclass(frozen=True, slots=True)
class Prepared:
    """The text to run, its twin for who sends an idempotency key, the fragments in both, and what
    shows the answer: the one shape, or those of the types that a search finds."""

    text: str
    idempotent: str
    fragments: tuple[str, ...]
    shapes: Mapping[str, Shape]

    @property
    def shape(self) -> Shape:
        return self.shapes[""]


class Plan:
    """`total` says whether pages count the whole list. Raises StartupError for an operation that
    is not stored, or that asks for what the schema has not."""

    def __init__(self, route: Route, kit: Kit, *, total: bool) -> None:
        self.route, self.kit = route, kit
        try:
            self.operation = documents.read(kit.schema, route.operation, route.document)
        except KeyError as name:
            place = f"{route.method} {route.path}"
            detail = f"The document of {place} does not fit the schema: there is no {name}"
            raise StartupError(detail) from None
        self.resource = route.resource
        self.paged = self.operation.spread in ("Page", "Hits")
        self.many = self.paged or self.operation.many
        self.names_of_path = [part[1:-1] for part in route.path.split("/") if part[:1] == "{"]
        self._total = total
        self.input = self._input_type()
        given = self.input.fields if self.input else {}
        self.conditional = self.operation.conditional
        self.body = {name: given[name] for name in self._in_body(given)}
        self.form = "file" in self.body
        self.takes_body = bool(self.body or route.changes)
        self.needs_body = bool(route.changes or route.replaces) or any(
            map(is_required_input_field, self.body.values())
        )
        self.sorts = self._sorts()

    def nothing(self, name: str) -> list[Any] | None:
        """What a field of the body is when it is replaced by nothing."""
        return [] if is_list_type(get_nullable_type(self.body[name].type)) else None

    @property
    def marks(self) -> bool:
        """Whether the version and the time of the last change are read for the headers."""
        one = self.operation.spread == "Resource" and not self.many
        return one and self.resource.versioned and not self.route.linkage

    def _input_type(self) -> GraphQLInputObjectType | None:
        type: Any = self.operation.variables.get("input")
        type = type and get_named_type(type)
        if self.route.within:
            type = get_named_type(type.fields[self.route.within].type)
        return cast(GraphQLInputObjectType | None, type)

    def _in_body(self, given: Mapping[str, GraphQLInputField]) -> Iterable[str]:
        route = self.route
        if route.changes:
            return ()
        elsewhere = {place.removeprefix("input.") for place in route.options.values()}
        hidden = NEVER_IN_BODIES | set(self.names_of_path) | elsewhere
        taken = given if route.accepts is None else route.accepts
        return [name for name in taken if name not in hidden]

    def _sorts(self) -> Mapping[str, str]:
        """What a list can be ordered by, by the dialect's names."""
        type: Any = self.operation.variables.get("sort")
        if type is None:
            return {}
        sort: Any = get_named_type(type)
        keys = sort.fields["field"].type
        enum = get_named_type(keys)
        assert isinstance(enum, GraphQLEnumType)
        return {self.kit.name(camel(value.lower())): value for value in enum.values}

    def prepared(self, fields: Fields = frozenset(), include: Paths = frozenset()) -> Prepared:
        return _prepared(self, fields, include)

    def prepare(self, wanted: Wanted) -> Prepared:
        operation = self.operation
        fragments, shapes = {
            None: self._nothing, "Resource": self._one, "Page": self._page, "Hits": self._hits,
        }[operation.spread](wanted)  # fmt: skip
        if operation.mutation:
            fragments += (REFUSAL,)
        text, idempotent = operation.text, operation.idempotent if operation.mutation else ""
        rest = "".join(fragments)
        return Prepared(text + rest, idempotent and idempotent + rest, fragments, shapes)

    def _shape(self, graphql: str, wanted: Wanted) -> Shape:
        if self.route.linkage:
            return Identifier(self.kit, self.resource)
        linked = not self.route.unlinked
        return Shape(self.kit, self.resource, graphql, wanted, wanted.include, linked=linked)

    def _nothing(self, _wanted: Wanted) -> Parts:
        return (), {}

    def _one(self, wanted: Wanted) -> Parts:
        position = self.operation.position
        shape = self._shape(position, wanted)
        marks = f" {VERSION}: version {UPDATED}: updatedAt" if self.marks else ""
        return (fragment("Resource", position, shape.text + marks),), {"": shape}

    def _page(self, wanted: Wanted) -> Parts:
        connection = self.operation.position
        node = position_of(self.kit.schema, connection, "nodes")
        shape = self._shape(node, wanted)
        page = f"nodes {{ ...Resource }} {self._place}"
        one = fragment("Resource", node, shape.text)
        return (one, fragment("Page", connection, page)), {"": shape}

    def _hits(self, wanted: Wanted) -> Parts:
        """Fields of one name may have several types: `mark` keeps those of each type apart."""
        schema, connection = self.kit.schema, self.operation.position
        union = schema.type_map[
            position_of(schema, position_of(schema, connection, "edges"), "node")
        ]
        assert is_abstract_type(union)
        shapes = {
            type.name: Shape(
                self.kit, self._resource_of(type), type.name, wanted, {}, f"{type.name}_"
            )
            for type in schema.get_possible_types(union)
        }
        nodes = " ".join(f"... on {name} {{ {shape.text} }}" for name, shape in shapes.items())
        edges = f"edges {{ score highlights {{ field html }} node {{ __typename {nodes} }} }}"
        return (fragment("Hits", connection, f"{edges} {self._place}"),), shapes

    @property
    def _place(self) -> str:
        return PAGE_INFO + (" totalCount" if self._total else "")

    def _resource_of(self, type: GraphQLObjectType) -> Resource:
        names = {type.name, *(interface.name for interface in type.interfaces)}
        return next(one for one in self.kit.resources.values() if one.graphql in names)


@lru_cache(PREPARED)
def _prepared(plan: Plan, fields: Fields, include: Paths) -> Prepared:
    return plan.prepare(Wanted(dict(fields), tree(include)))


def tree(paths: Iterable[tuple[str, ...]]) -> Includes:
    grown: dict[str, Any] = {}
    for path in sorted(paths):
        branch = grown
        for name in path:
            branch = branch.setdefault(name, {})
    return grown
