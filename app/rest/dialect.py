"""What v1 and v2 have in common: parameters into variables, answers into resource objects."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graphql import GraphQLSchema

from app.rest import values
from app.rest.asked import Asked, pairs
from app.rest.failures import Refused, Source
from app.rest.plan import Plan
from app.rest.resource import Resource
from app.rest.resources import RESOURCES
from app.rest.routes import ROUTES
from app.rest.selection import Included, Kit, complete
from app.rest.validation import require_valid

MAX_VALUES = 100


class Dialect(ABC):
    """One version of the API. Raises StartupError when its documents do not fit the schema."""

    version: str
    media_type: str
    total: bool
    relating: tuple[str, ...] = ()  # what is forbidden, not unknown, where it changes nothing

    def __init__(self, schema: GraphQLSchema, root: str = "") -> None:
        self.prefix = f"{root}/api/{self.version}"
        self.kit = Kit(self.name, self.type, self.prefix, RESOURCES, schema)
        self.plans = [Plan(route, self.kit, total=self.total) for route in ROUTES]
        require_valid(schema, self.plans)

    @staticmethod
    @abstractmethod
    def name(name: str) -> str: ...

    @staticmethod
    @abstractmethod
    def type(resource: Resource) -> str: ...

    @abstractmethod
    def require_acceptable(self, accept: str) -> None:
        """Raises Refused (406) for who takes no answer of ours."""

    @abstractmethod
    def require_readable(self, content_type: str) -> None:
        """Raises Refused (415) for a body of another type."""

    @abstractmethod
    def filter(self, name: str) -> str:
        """What the parameter of a filter is called."""

    @abstractmethod
    def special(self, plan: Plan, asked: Asked, name: str, text: str) -> bool:
        """Take a parameter of this dialect's own; whether it is one."""

    @abstractmethod
    def paginate(self, plan: Plan, asked: Asked) -> None:
        """Turn the page that is asked for into variables."""

    @abstractmethod
    def input(self, plan: Plan, given: Any, path: Mapping[str, str]) -> dict[str, Any]:
        """The input in a body. Raises Refused."""

    @abstractmethod
    def pointer(self, plan: Plan, path: Sequence[str | int]) -> str:
        """Where in a body something of the input stands (RFC 6901)."""

    @abstractmethod
    def listed(
        self, plan: Plan, asked: Asked, found: Mapping[str, Any], data: list[Any]
    ) -> dict[str, Any]:
        """The document of a page of a connection, but for what is included."""

    # --- From the request ------------------------------------------------------------------------

    def asked(self, plan: Plan, address: str, query: str, path: Mapping[str, str]) -> Asked:
        """Raises Refused (400) that names the parameter."""
        asked = Asked(address, pairs(query))
        for name, text in asked.query.items():
            if "\0" in text:
                raise Refused.parameter(name, "Text must not contain the character U+0000")
            if place := self.places(plan).get(name):
                type = values.type_at(plan.operation.variables, place)
                value = values.value(type, text)
                if isinstance(value, list) and len(value) > MAX_VALUES:
                    raise Refused.parameter(name, f"Give at most {MAX_VALUES} values")
                asked.put(place, value, name)
            elif not self.special(plan, asked, name, text):
                known = ", ".join(self.parameters(plan)) or "none"
                raise Refused.parameter(
                    name, f"There is no parameter `{name}` here; known: {known}"
                )
        if plan.paged:
            self.paginate(plan, asked)
        for name, text in path.items():
            place = name if name in plan.operation.variables else f"input.{name}"
            value = values.value(values.type_at(plan.operation.variables, place), text)
            asked.put(place, value, "")
        return asked

    def places(self, plan: Plan) -> Mapping[str, str]:
        """Where the parameters go that choose what is answered."""
        route = plan.route
        filters = {self.filter(name): place for name, place in route.filters.items()}
        return filters | {self.name(name): place for name, place in route.options.items()}

    def parameters(self, plan: Plan) -> Iterator[str]:
        """The names of all parameters that a route takes."""
        yield from self.places(plan)
        if plan.operation.spread and not plan.route.linkage:
            if not plan.route.secret:
                yield from self.field_parameters(plan)
            if plan.operation.spread != "Hits":
                yield "include"

    def field_parameters(self, plan: Plan) -> Iterator[str]:
        """The parameters that choose fields."""
        types = dict.fromkeys(shape.type for shape in plan.prepared().shapes.values())
        yield from (f"fields[{type}]" for type in types)

    def source_of(self, plan: Plan, asked: Asked) -> Any:
        """Tells where in the request a value of a variable came from, by the way to it."""

        takers = {place: name for name, place in self.places(plan).items()} | asked.places

        def source_of(path: Sequence[str | int]) -> Source | None:
            names = [str(part) for part in path]
            for length in range(len(names), 0, -1):
                parameter = takers.get(".".join(names[:length]))
                if parameter is not None:
                    return {"parameter": parameter} if parameter else None
            if names[:1] == ["input"]:
                return {"pointer": self.pointer(plan, path[1:])}
            return {"parameter": names[0]}

        return source_of

    # --- To the answer ---------------------------------------------------------------------------

    def one(self, asked: Asked, data: Any) -> dict[str, Any]:
        return {"data": data, "links": {"self": asked.address()}}

    def several(self, asked: Asked, data: list[Any]) -> dict[str, Any]:
        """A list without pages."""
        return {"data": data, "links": {"self": asked.address()}}

    def beside(self, meta: Mapping[str, Any]) -> dict[str, Any]:
        """The document of something that is done and leaves nothing but this."""
        return {"meta": dict(meta)}

    def headers(self, shown: Mapping[str, Any]) -> dict[str, str]:  # noqa: ARG002
        """What is told of a document in headers, too."""
        return {}

    def document(
        self, plan: Plan, asked: Asked, found: Any, owner: str, meta: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What an operation found, as this dialect shows it."""
        included: Included = {}
        shapes = plan.prepared(asked.fields, asked.include).shapes
        if plan.operation.spread == "Hits":
            data: Any = [_hit(shapes, edge, included) for edge in found["edges"]]
            shown = self.listed(plan, asked, found, data)
        elif plan.paged:
            data = [shapes[""].show(node, owner, included) for node in found["nodes"]]
            shown = self.listed(plan, asked, found, data)
        elif plan.many:
            data = [shapes[""].show(node, owner, included) for node in found]
            shown = self.several(asked, data)
        else:
            data = None if found is None else shapes[""].show(found, owner, included)
            shown = self.one(asked, data)
        if plan.route.linkage:
            shown["links"]["related"] = asked.path.replace("/relationships/", "/")
        if meta:
            shown["meta"] = {**shown.get("meta", {}), **meta}
        if "include" in asked.query:
            for one in data if isinstance(data, list) else [data] if data else []:
                complete(one, included.pop((one["type"], one["id"]), {}))
            shown["included"] = list(included.values())
        return shown


def _hit(shapes: Mapping[str, Any], edge: Mapping[str, Any], included: Included) -> dict[str, Any]:
    node = edge["node"]
    shown: dict[str, Any] = shapes[node["__typename"]].show(node, "", included)
    shown["meta"] = {"score": edge["score"], "highlights": edge["highlights"]}
    return shown
