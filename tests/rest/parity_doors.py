"""A call as both doors are sent it, and what each of them answers, to be compared."""

import re
from dataclasses import dataclass
from string import Template
from typing import Any

import httpx2
import orjson

from resolvers.execution import GRAPHQL
from tests.app.media.files import picture
from tests.rest.parity_calls import FRAGMENTS, TYPES, Call
from tests.rest.parity_world import VALUES

VERSIONS = {"v1": "application/json", "v2": "application/vnd.api+json"}

RELATIONSHIPS = {
    "profileImageId": ("profileImage", "media"),
    "featuredImageId": ("featuredImage", "media"),
    "categoryId": ("category", "category"),
    "parentId": ("parent", "category"),
    "tagIds": ("tags", "tag"),
    "authorId": ("author", "user"),
}
"""What v2 calls the fields of inputs that lead to resources, and of what kind these are."""

FILE = picture("PNG")

NULL = [("not_found", "There is no such thing, or none that you may see")]
NOBODY = [("unauthenticated", "Sign in first")]


@dataclass(frozen=True, slots=True)
class Told:
    """An answer, whichever door it came through. `besides` stands next to what is shown."""

    refusals: list[tuple[str, str]]
    shown: Any = None
    besides: Any = None


# --- Both requests -------------------------------------------------------------------------------


def filled(value: Any) -> Any:
    """A part of a call with the world's values."""
    if isinstance(value, dict):
        return {key: filled(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner) for inner in value]
    return Template(value).substitute(VALUES) if isinstance(value, str) else value


def document(call: Call, version: str) -> str:
    written = {name: f'"{value}"' for name, value in VALUES.items()}
    written["total"] = "totalCount" if version == "v1" else ""
    text = Template(call.text).substitute(written)
    if call.mutation:
        input = GRAPHQL.mutation_type.fields[call.mutation].args["input"].type
        told = f"{call.mutation}(input: $input) {{ errors {{ code message }} {text} }}"
        text = f"mutation($input: {input}) {{ {told} }}"
    else:
        text = f"{{ {text} }}"
    used = (name for name in FRAGMENTS if re.search(rf"\.\.\.{name}\b", text))
    return text + "".join(f" fragment {name} {FRAGMENTS[name]}" for name in used)


def request(call: Call, version: str) -> dict[str, Any]:
    """The arguments of a client's request."""
    method, path = call.request.split()
    params = {named(key, version): value for key, value in call.query.items()}
    params |= {filter(key, version): filled(value) for key, value in call.filters.items()}
    sent: dict[str, Any] = {
        "method": method, "url": f"/api/{version}{filled(path)}", "params": params,
        "headers": {"Accept": VERSIONS[version]},
    }  # fmt: skip
    if call.form:
        files = {"file": ("new.png", FILE, "image/png")}
        return sent | {"files": files, "data": renamed(call.input, version)}
    body = content(call, version)
    if body or call.links:  # null is a body, too: it leads nowhere
        sent["content"] = orjson.dumps(body)
        sent["headers"]["Content-Type"] = VERSIONS[version]
    return sent


def content(call: Call, version: str) -> Any:
    """What REST is sent: of the input what the address does not say."""
    parts = call.request.split("/")
    given = call.body
    if given is None:
        given = {key: value for key, value in call.input.items() if str(value) not in parts}
    given = filled(given)
    if call.links:
        (value,) = given.values()
        return {"data": identifiers(value, call.kind)} if version == "v2" else linkage(value)
    if version == "v1" or not given:
        return renamed(given, version)
    attributes = {key: value for key, value in given.items() if key not in RELATIONSHIPS}
    relationships = {
        name: {"data": identifiers(given[key], kind)}
        for key, (name, kind) in RELATIONSHIPS.items() if key in given
    }  # fmt: skip
    own = {"id": filled(parts[2])} if call.request.startswith("PATCH ") else {}
    return {"data": {
        "type": TYPES[call.kind][1], **own, "attributes": attributes,
        "relationships": relationships,
    }}  # fmt: skip


def identifiers(value: Any, kind: str) -> Any:
    if isinstance(value, list):
        return [identifiers(one, kind) for one in value]
    return value and {"type": TYPES[kind][1], "id": value}


def linkage(value: Any) -> Any:
    return [{"id": one} for one in value] if isinstance(value, list) else value and {"id": value}


def named(name: str, version: str) -> str:
    if version == "v2":
        return name
    return re.sub("[A-Z]", lambda hump: f"_{hump[0].lower()}", name)


def filter(name: str, version: str) -> str:
    if version == "v2":
        return f"filter[{name}]"
    return "q" if name == "query" else named(name, version)


def renamed(value: Any, version: str) -> Any:
    if isinstance(value, dict):
        return {named(key, version): renamed(inner, version) for key, inner in value.items()}
    return [renamed(one, version) for one in value] if isinstance(value, list) else value


# --- Both answers --------------------------------------------------------------------------------


def of_graphql(call: Call, body: dict[str, Any]) -> Told:
    if errors := body.get("errors"):
        return Told([(error["extensions"]["code"].lower(), error["message"]) for error in errors])
    told = body["data"]
    besides = None
    if call.mutation:
        told = told[call.mutation]
        if errors := told.pop("errors"):
            return Told([(error["code"].lower(), error["message"]) for error in errors])
        besides = {key: told.pop(key) for key in ("secret", "duplicate") if key in told} or None
    if call.kind == "token":
        told = {"it": {"id": told.pop("session")["id"], **told}}
    while "it" not in told and told:
        ((name, told),) = told.items()
        if told is None:
            return Told(NOBODY if name == "viewer" else NULL)
    shown = told.get("it")
    if shown is None and not (call.nullable or call.mutation):
        return Told(NULL)
    if shown and "edges" in shown:
        shown = [{**edge.pop("node"), **edge} for edge in shown["edges"]]
    elif shown and "nodes" in shown:
        shown = shown["nodes"]
    return Told([], shown, besides)


def of_rest(call: Call, version: str, answer: httpx2.Response) -> Told:
    body = answer.json() if answer.content else {}
    assert ("errors" in body) == (answer.status_code >= 400), answer.status_code
    if "errors" in body:
        return Told([(error["code"], error["detail"]) for error in body["errors"]])
    besides = body.get("meta") if call.mutation else None
    data = body.get("data")
    if call.kind == "token" and version == "v1":
        data = {**data, "attributes": body}
    shown = [plain(one) for one in data] if isinstance(data, list) else data and plain(data)
    type = TYPES[call.kind][[*VERSIONS].index(version)]
    for one in data if isinstance(data, list) else [data] if data else []:
        assert one["type"] == type
    return Told([], shown, besides)


def plain(resource: dict[str, Any]) -> dict[str, Any]:
    """A resource object as an object of GraphQL's."""
    related = resource.get("relationships", {})
    return {
        **{name: linked["data"] for name, linked in related.items() if "data" in linked},
        **resource.get("attributes", {}), **resource.get("meta", {}), "id": resource["id"],
    }  # fmt: skip


def part(shown: Any, expected: Any) -> Any:
    """Of what REST shows what was asked of GraphQL: its selection is smaller."""
    if isinstance(expected, dict) and isinstance(shown, dict):
        return {key: part(shown.get(key), value) for key, value in expected.items()
                if key != "__typename"}  # fmt: skip
    if isinstance(expected, list) and isinstance(shown, list):
        pairs = zip(shown, expected, strict=False)
        return [part(*pair) for pair in pairs] + shown[len(expected) :]
    return shown
