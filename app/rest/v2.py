"""JSON:API 1.1 (https://jsonapi.org/format/1.1/), with pages by cursors."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from app.pagination import MAX_SIZE
from app.rest import choices, inputs
from app.rest.asked import Asked
from app.rest.dialect import Dialect
from app.rest.failures import PROBLEM, Refused
from app.rest.media_types import accepted, parameters_of, preference
from app.rest.plan import Plan
from app.rest.resource import Resource, To
from app.rest.resources import RESOURCES

JSON_API = "application/vnd.api+json"
DEFAULT_SIZE = 25

_MEMBER = re.compile(r"(fields|page)\[([\w-]+)\]")
_WHOLE = re.compile(r"\d{1,5}", re.ASCII)


class V2(Dialect):
    version = "v2"
    media_type = JSON_API
    total = False
    relating = ("POST", "PATCH", "DELETE")

    @staticmethod
    def name(name: str) -> str:
        return name

    @staticmethod
    def type(resource: Resource) -> str:
        return resource.type

    def require_acceptable(self, accept: str) -> None:
        """If a request's Accept header contains an instance of the JSON:API media type, servers
        MUST ignore instances modified by a parameter other than ext or profile, and extensions
        that they do not support."""
        if not (accepted(accept, JSON_API, _plain) or preference(accept, PROBLEM)):
            detail = f"Accept {JSON_API}, without parameters but `profile`"
            raise Refused.one(406, "NOT_ACCEPTABLE", detail, {"header": "Accept"})

    def require_readable(self, content_type: str) -> None:
        type, _, parameters = content_type.partition(";")
        if type.strip().lower() != JSON_API or not _plain(parameters_of(parameters)):
            detail = f"Send {JSON_API}, without parameters but `profile`"
            raise Refused.one(415, "UNSUPPORTED_MEDIA_TYPE", detail, {"header": "Content-Type"})

    def filter(self, name: str) -> str:
        return f"filter[{name}]"

    def special(self, plan: Plan, asked: Asked, name: str, text: str) -> bool:
        if name == "sort":
            keys = ((key.removeprefix("-"), key.startswith("-")) for key in text.split(","))
            return choices.sort(plan, asked, keys)
        if name == "include":
            return choices.include(plan, asked, text)
        if not (match := _MEMBER.fullmatch(name)):
            return False
        if match[1] == "fields":
            return choices.fields(plan, asked, name, text, match[2])
        if match[2] == "size" and plan.paged:
            if not (_WHOLE.fullmatch(text) and 1 <= int(text) <= MAX_SIZE):
                raise Refused.parameter(name, f"`{name}` is a whole number from 1 to {MAX_SIZE}")
            return True
        if match[2] in ("after", "before") and plan.paged and match[2] in plan.operation.variables:
            asked.put(match[2], text, name)
            return True
        return False

    def parameters(self, plan: Plan) -> Iterator[str]:
        if plan.paged:
            ways = ("after", "before") if "before" in plan.operation.variables else ("after",)
            yield from (f"page[{name}]" for name in ("size", *ways))
        if plan.sorts:
            yield "sort"
        yield from super().parameters(plan)

    def paginate(self, plan: Plan, asked: Asked) -> None:
        if {"after", "before"} <= asked.variables.keys():
            detail = "Ask for what is after or for what is before, not for both"
            raise Refused.parameter("page[before]", detail)
        asked.size = int(asked.query.get("page[size]", DEFAULT_SIZE))
        place = "last" if "before" in asked.variables else "first"
        asked.put(place, asked.size, "page[size]")

    def input(self, plan: Plan, given: Any, path: Mapping[str, str]) -> dict[str, Any]:
        if not isinstance(given, dict) or "data" not in given:
            raise inputs.invalid("", "The body must be an object with `data`")
        data = _known(given["data"])
        if plan.route.changes:
            many = not plan.route.nullable
            read = partial(_identifier, plan.resource)
            return {plan.route.changes: inputs.identifiers(data, "/data", read, many=many)}
        if not isinstance(data, dict):
            raise inputs.invalid("/data", "`data` must be a resource object")
        self._same(plan, data, path)
        related = _related(plan)
        own = {name: field for name, field in plan.body.items() if name not in related}
        renames = plan.route.renames
        taken, leading = inputs.each([
            lambda: inputs.renamed(
                data.get("attributes", {}),
                own,
                lambda name: renames.get(name, name),
                "/data/attributes",
            ),
            lambda: self._relationships(
                data.get("relationships", {}), related, plan.resource.relationships
            ),
        ])  # fmt: skip
        return taken | leading

    def _same(self, plan: Plan, data: Mapping[str, Any], path: Mapping[str, str]) -> None:
        """Raises Refused (400, 403, 409) for another resource than the address is about.

        Members that the standard does not know are ignored, as it wants (5.1).
        """
        type = data.get("type")
        if not isinstance(type, str):
            raise inputs.invalid("/data", "A resource object has a `type`")
        if type != plan.resource.type:
            detail = f"This is for `{plan.resource.type}`"
            raise inputs.invalid("/data/type", detail, 409, "CONFLICT")
        id, addressed = data.get("id"), next(iter(path.values()), None)
        if id is not None and not isinstance(id, str):  # null is what some clients send for none
            raise inputs.invalid("/data/id", "An id is a string")
        if id is None and plan.route.method == "PATCH" and plan.resource.id:
            raise inputs.invalid("/data", "The resource object of a PATCH has its `id`")
        if id is not None and addressed is None:
            detail = "Ids are made by the server"
            raise inputs.invalid("/data/id", detail, 403, "CLIENT_GENERATED_ID")
        if id is not None and id != addressed and plan.resource.id:
            raise inputs.invalid("/data/id", "The address has another id", 409, "CONFLICT")

    def _relationships(
        self, given: Any, related: Mapping[str, tuple[str, To]], own: Collection[str]
    ) -> dict[str, Any]:
        if not isinstance(given, dict):
            raise inputs.invalid("/data/relationships", "This must be an object")
        fields = {name: (field, to) for field, (name, to) in related.items()}

        def read(name: str, value: Any) -> tuple[str, Any]:
            pointer = f"/data/relationships/{inputs.escaped(name)}"
            if name in own and name not in fields:
                detail = f"`{name}` is not changed here"
                raise inputs.invalid(pointer, detail, 403, "FORBIDDEN")
            if name not in fields:
                known = ", ".join(fields) or "none"
                raise inputs.invalid(pointer, f"No relationship to set here; known: {known}")
            if not isinstance(value, dict) or "data" not in value:
                raise inputs.invalid(pointer, "A relationship object with `data` is needed")
            (field, to), data = fields[name], value["data"]
            one = partial(_identifier, RESOURCES[to.type])
            return field, inputs.identifiers(data, f"{pointer}/data", one, many=to.many)

        return dict(inputs.each(partial(read, name, value) for name, value in given.items()))

    def pointer(self, plan: Plan, path: Sequence[str | int]) -> str:
        if plan.route.within:
            path = path[1:]
        rest = "".join(f"/{part}" for part in path[1:])
        if plan.form:  # its parts stand beside each other
            return f"/{path[0]}{rest}" if path else ""
        if plan.route.changes:
            return f"/data{rest}"
        if not path:
            return "/data/attributes"
        name, related = str(path[0]), _related(plan)
        if name in related:
            return f"/data/relationships/{related[name][0]}/data{rest}"
        return f"/data/attributes/{plan.route.renames.get(name, name)}{rest}"

    def listed(
        self, plan: Plan, asked: Asked, found: Mapping[str, Any], data: list[Any]
    ) -> dict[str, Any]:
        place = found["pageInfo"]
        before, after = place["startCursor"], place["endCursor"]
        back = before and place["hasPreviousPage"] and "before" in plan.operation.variables
        here = {"page[after]": None, "page[before]": None, "page[size]": str(asked.size)}
        return {
            "data": data,
            "links": {
                "self": asked.address(),
                "first": asked.address(**here),
                "prev": asked.address(**{**here, "page[before]": before}) if back else None,
                "next": (
                    asked.address(**{**here, "page[after]": after})
                    if place["hasNextPage"] and after
                    else None
                ),
            },
        }

    def beside(self, meta: Mapping[str, Any]) -> dict[str, Any]:
        return {"jsonapi": {"version": "1.1"}} | super().beside(meta)

    def document(
        self, plan: Plan, asked: Asked, found: Any, owner: str, meta: Mapping[str, Any]
    ) -> dict[str, Any]:
        return {"jsonapi": {"version": "1.1"}} | super().document(plan, asked, found, owner, meta)


def _plain(parameters: Mapping[str, str]) -> bool:
    """We know no extensions; profiles may be ignored."""
    return parameters.keys() <= {"profile", "q"}


def _known(given: Any) -> Any:
    """Without @-members, which mean nothing wherever they stand."""
    if isinstance(given, dict):
        return {name: _known(one) for name, one in given.items() if name[:1] != "@"}
    return [_known(one) for one in given] if isinstance(given, list) else given


def _related(plan: Plan) -> dict[str, tuple[str, To]]:
    """The fields of an input that are relationships, by their names in it."""
    return {
        to.replace: (name, to)
        for name, to in plan.resource.relationships.items()
        if to.replace in plan.body
    }


def _identifier(resource: Resource, given: Any, pointer: str) -> str:
    if not (isinstance(given, dict) and isinstance(given.get("id"), str)):
        raise inputs.invalid(pointer, "A resource identifier has a `type` and an `id`")
    if given.get("type") != resource.type:
        raise inputs.invalid(f"{pointer}/type", f"This leads to `{resource.type}`", 409, "CONFLICT")
    return str(given["id"])
