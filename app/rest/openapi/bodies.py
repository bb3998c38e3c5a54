"""What a request's body may hold, as a dialect reads it."""

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import GraphQLInputField, is_required_input_field

from app.http import form
from app.rest.dialect import Dialect
from app.rest.openapi.bounds import bounds, never_null
from app.rest.openapi.components import Components, Node
from app.rest.openapi.objects import Objects, linkage, pascal
from app.rest.openapi.schemas import Schemas, closed, described, nullable, opened
from app.rest.plan import Plan
from app.rest.resource import Resource
from app.rest.resources import RESOURCES


class Bodies:
    def __init__(self, dialect: Dialect, components: Components) -> None:
        self._dialect = dialect
        self._schemas = Schemas(components, dialect.name)
        self._objects = Objects(dialect, self._schemas)
        self._made = {
            plan.resource.type: set(_required(plan))
            for plan in dialect.plans
            if plan.route.path == f"/{plan.resource.type}" and plan.route.method == "POST"
        }

    def of(self, plan: Plan, name: str, example: Mapping[str, Any]) -> Node | None:
        """The body of the operation that is called `name`; None where there is none."""
        if not plan.takes_body:
            return None
        schema = self._schemas.components.schema(f"{pascal(name)}Body", lambda: self._schema(plan))
        type = form.MEDIA_TYPE if plan.form else self._dialect.media_type
        shown = {"example": example["body"]} if "body" in example else {}
        return {"required": plan.needs_body, "content": {type: {"schema": schema, **shown}}}

    def _schema(self, plan: Plan) -> Node:
        if plan.form:
            assert plan.input
            return self._schemas.input(plan.input, plan.body)
        if plan.route.changes:
            return self._linkage(plan)
        text = plan.input.description if plan.input else None
        return described(self._object(plan), text)

    def _linkage(self, plan: Plan) -> Node:
        """What a relationship is to lead to."""
        assert plan.route.changes
        data = self._leading(plan, plan.route.changes, plan.resource, many=plan.many)
        return data if self._dialect.version == "v1" else opened({"data": data})

    def _object(self, plan: Plan) -> Node:
        """Each field stands where the dialect points to when something is wrong with it."""
        body: Node = {}
        for name, field in plan.body.items():
            pointer = self._dialect.pointer(plan, [*_outer(plan), name])
            schema = self._field(plan, name, field, pointer)
            way = pointer.split("/")[1:]
            if "/relationships/" in pointer:
                schema = opened({way.pop(): schema})
            _put(body, way, schema, required=self._needed(plan, name))
        if self._dialect.version == "v1":
            return body or closed({})
        return self._resource_object(plan, body)

    def _resource_object(self, plan: Plan, body: Node) -> Node:
        data = body["properties"]["data"]
        del data["additionalProperties"]  # what JSON:API does not know is ignored
        members = {"type": {"type": "string", "const": plan.resource.type}}
        needed = ["type"]
        if plan.names_of_path and plan.resource.id:
            id: Node = {"type": "string", "description": "The one in the address."}
            patched = plan.route.method == "PATCH"
            members["id"] = id if patched else nullable(id)
            needed += ["id"] if patched else []
        data["properties"] = members | data["properties"]
        data["required"] = [*needed, *data.get("required", [])]
        return opened({"data": data})

    def _field(self, plan: Plan, name: str, field: GraphQLInputField, pointer: str) -> Node:
        assert plan.input
        to = next((to for to in plan.resource.relationships.values() if to.replace == name), None)
        if to and "/relationships/" in pointer:
            data = self._leading(plan, name, RESOURCES[to.type], many=to.many)
            return described(data, field.description)
        present = self._needed(plan, name) or name in self._made.get(plan.resource.type, ())
        return self._schemas.field(plan.input, name, present=present)

    def _leading(self, plan: Plan, field: str, target: Resource, *, many: bool) -> Node:
        """What is in a relationship that sets a field."""
        assert plan.input
        identifier = self._objects.identifier(target)
        if self._dialect.version == "v1":  # takes any object with an id
            identifier = {
                **opened({"id": {"type": "string"}, "type": {}}),
                "required": ["id"],
            }
        if never_null(plan.input.name, field):
            return identifier
        return linkage(identifier, many=many) | bounds(plan.input.name, field)

    def _needed(self, plan: Plan, name: str) -> bool:
        """A field that is needed to make something is needed to replace it."""
        if name in plan.route.replaces:
            return name in self._made.get(plan.resource.type, ())
        return is_required_input_field(plan.body[name])


def _required(plan: Plan) -> Iterable[str]:
    return (name for name, field in plan.body.items() if is_required_input_field(field))


def _outer(plan: Plan) -> list[str]:
    return [plan.route.within] if plan.route.within else []


def _put(body: Node, way: list[str], schema: Node, *, required: bool) -> None:
    """Into an object, and the objects in it, at the end of a way."""
    first, *rest = way
    body |= {"type": "object", "additionalProperties": False, **body}
    if required:
        body["required"] = list(dict.fromkeys([*body.get("required", []), first]))
    properties = body.setdefault("properties", {})
    if rest:
        _put(properties.setdefault(first, {}), rest, schema, required=required)
    else:
        properties[first] = schema
