"""What an address takes: parameters of the path and of the query."""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import GraphQLInputObjectType, GraphQLNonNull, GraphQLSchema, get_named_type

from app.pagination import MAX_OFFSET, MAX_SIZE, MAX_SORT_KEYS
from app.rest import values
from app.rest.attributes import attributes
from app.rest.choices import MAX_INCLUDED
from app.rest.dialect import Dialect
from app.rest.openapi.components import Components, Node
from app.rest.openapi.includes import ways
from app.rest.openapi.objects import pascal, title
from app.rest.openapi.schemas import Schemas
from app.rest.plan import Plan
from app.rest.resource import Resource
from app.rest.resources import RESOURCES
from app.rest.v1 import DEFAULT_SIZE

SIZE: Node = {"type": "integer", "minimum": 1, "maximum": MAX_SIZE, "default": DEFAULT_SIZE}
CURSOR: Node = {"type": "string", "minLength": 1}
PAGES: dict[str, tuple[Node, str]] = {
    "page": (
        {"type": "integer", "minimum": 1, "maximum": MAX_OFFSET + 1, "default": 1},
        f"Which page. Beyond item {MAX_OFFSET:,} follow `links.next`, which goes on to the end.",
    ),
    "per_page": (SIZE, "How many items a page has."),
    "page[size]": (SIZE, "How many items a page has."),
    "page[after]": (CURSOR, "Begin after this place, as `links.next` has it."),
    "page[before]": (CURSOR, "End before this place, as `links.prev` has it."),
    "order": (
        {"type": "string", "enum": ["asc", "desc"]},
        "Which end of `sort` comes first, usually `asc`; goes with it only.",
    ),
}

FILTERS = {
    "query": "garden",
    "title.contains": "garden",
    "kind.in": "article",
    "slug.in": "a-garden-in-june",
    "username.in": "ada",
    "mimeType": "image/",
    "At.gte": "2026-01-01T00:00:00Z",
    "At.lt": "2027-01-01T00:00:00Z",
}


class Parameters:
    def __init__(self, dialect: Dialect, components: Components) -> None:
        self._dialect = dialect
        self._components = components
        self._schemas = Schemas(components, dialect.name)

    def of_path(self, plan: Plan, examples: Mapping[str, str]) -> Iterator[Node]:
        for name in plan.names_of_path:
            inside = name not in plan.operation.variables
            type = values.type_at(plan.operation.variables, f"input.{name}" if inside else name)
            shown = {"example": values.value(type, examples[name])} if name in examples else {}
            yield {
                "name": name,
                "in": "path",
                "required": True,
                "description": self._described(plan, name),
                "schema": _addressed(self._schemas.value(type)),
                **shown,
            }

    def of_query(self, plan: Plan) -> Iterator[Node]:
        """References, in the order in which the dialect names them."""
        names = dict.fromkeys(self._names(plan))
        if "fields" in names:  # the same, and may not be given twice
            names.pop(f"fields[{self._dialect.type(plan.resource)}]", None)
        for name in names:
            place = self._dialect.places(plan).get(name)
            if place:
                key, schema, text = self._choice(plan, name, place)
                node = _query(name, schema, text, required=_required(plan, place))
                node |= _exemplary(place, node)
            else:
                key, schema, text = self._special(plan, name)
                node = _query(name, schema, text)
            yield self._components.put("parameters", key, node)

    def _names(self, plan: Plan) -> Iterator[str]:
        """Fields are chosen of what is included, too."""
        for name in self._dialect.parameters(plan):
            if name != "include":
                yield name
            elif reached := [target for _, target in ways(plan.resource)]:
                yield name
                if not plan.route.secret:
                    yield from (f"fields[{self._dialect.type(target)}]" for target in reached)

    def _choice(self, plan: Plan, name: str, place: str) -> tuple[str, Node, str]:
        of = "Search" if plan.operation.spread == "Hits" else title(plan.resource)
        key = of + pascal(name.removeprefix("filter[").removesuffix("]"))
        type: Any = values.type_at(plan.operation.variables, place)
        bare = type.of_type if isinstance(type, GraphQLNonNull) else type
        return key, self._schemas.present(bare), told(plan, place, self._dialect.kit.schema)

    def _special(self, plan: Plan, name: str) -> tuple[str, Node, str]:
        own = title(plan.resource)
        if name in PAGES:
            return pascal(name.replace("[", "_").removesuffix("]")), *PAGES[name]
        if name == "sort":
            return f"{own}Sort", self._sorts(plan), "What to order by, first to last."
        if name == "include":
            return f"{own}Include", self._includes(plan), "What to put into `included`."
        if name == "fields":
            return f"{own}Fields", *self._fields(plan.resource)
        type = name.removeprefix("fields[").removesuffix("]")
        resource = next(one for one in RESOURCES.values() if self._dialect.type(one) == type)
        return f"{title(resource)}FieldsOfType", *self._fields(resource)

    def _sorts(self, plan: Plan) -> Node:
        names = list(plan.sorts)
        if self._dialect.version == "v2":
            names = [sign + name for name in names for sign in ("", "-")]
        items = {"type": "string", "enum": names}
        most = MAX_SORT_KEYS
        return {
            "type": "array",
            "minItems": 1,
            "maxItems": most,
            "uniqueItems": True,
            "items": items,
        }

    def _fields(self, resource: Resource) -> tuple[Node, str]:
        name = self._dialect.name
        own = dict.fromkeys(one.shown for one in attributes(resource, name))
        names = ["id", *own, *map(name, resource.relationships)]
        text = f"Which fields of `{self._dialect.type(resource)}` to show; all when left out."
        return {"type": "array", "items": {"type": "string", "enum": names}}, text

    def _includes(self, plan: Plan) -> Node:
        names = [".".join(map(self._dialect.name, way)) for way, _ in ways(plan.resource)]
        items = {"type": "string", "enum": names}
        return {"type": "array", "maxItems": MAX_INCLUDED, "items": items}

    def _described(self, plan: Plan, name: str) -> str:
        schema = self._dialect.kit.schema
        place = name if name in plan.operation.variables else f"input.{name}"
        return told(plan, place, schema) or f"The {name}."


def told(plan: Plan, place: str, schema: GraphQLSchema) -> str:
    """What GraphQL says of a place among the variables: `When it was made: is later than this.`"""
    first, *rest = place.split(".")
    outer, text = "", _of_argument(plan, first, schema)
    owner: Any = get_named_type(plan.operation.variables[first])
    for name in rest:
        assert isinstance(owner, GraphQLInputObjectType)
        outer, text = text, owner.fields[name].description or text
        owner = get_named_type(owner.fields[name].type)
    return f"{outer.rstrip('.')}: i{text[1:]}" if text.startswith("Is ") else text


def _of_argument(plan: Plan, name: str, schema: GraphQLSchema) -> str:
    owner: Any = schema.mutation_type if plan.operation.mutation else schema.query_type
    for step in plan.operation.way:
        field = owner.fields[step]
        if name in field.args:
            return field.args[name].description or ""
        owner = get_named_type(field.type)
    return ""


def _required(plan: Plan, place: str) -> bool:
    return isinstance(plan.operation.variables.get(place), GraphQLNonNull)


def _addressed(schema: Node) -> Node:
    """Parts of a path are never empty."""
    return schema | ({"minLength": 1} if schema["type"] == "string" else {})


def _exemplary(place: str, node: Node) -> Node:
    """For what cannot be guessed from the schema. The `example` of a parameter is what Swagger UI
    sends until somebody takes it out: a list that is filtered by all of them is empty."""
    found = next((text for end, text in FILTERS.items() if place.endswith(end)), None)
    if found is None:
        return {}
    if "required" in node:
        return {"example": found}
    schema = node["schema"]
    shown = [found] if schema.get("type") == "array" else found
    return {"schema": schema | {"examples": [shown]}}


def _query(name: str, schema: Node, text: str, *, required: bool = False) -> Node:
    node: Node = {"name": name, "in": "query", "description": text, "schema": schema}
    if required:
        node["required"] = True
    if schema.get("type") == "array":
        node["explode"] = False
    return node
