"""The OpenAPI documents say what the routes do: whole, valid, and with examples that are true."""

from collections import Counter
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import orjson
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.permissions import Role, permitted
from app.rest.door import DIALECTS
from app.rest.openapi.bounds import bounds
from app.rest.openapi.document import document, whole
from app.rest.openapi.examples import FOLDER
from app.rest.openapi.includes import ways
from app.setting_values import Deprecation
from resolvers.access import PERMISSIONS
from resolvers.execution import GRAPHQL
from tests.rest.examples.recording import record

ROOT = Path(__file__).parents[2]
BOTH = {dialect.version: dialect(GRAPHQL) for dialect in DIALECTS}
DOCUMENTS = {version: document(dialect, PERMISSIONS) for version, dialect in BOTH.items()}
ALL = {**DOCUMENTS, "api": whole(list(BOTH.values()), PERMISSIONS)}

each_version = pytest.mark.parametrize("version", BOTH)
each_document = pytest.mark.parametrize("name", ALL)


def operations(document):
    return {
        (method.upper(), path): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }


def operation(version, id):
    (found,) = (one for one in operations(DOCUMENTS[version]).values() if one["operationId"] == id)
    return found


def resolved(document, node):
    if "$ref" in node:
        _, _, section, name = node["$ref"].split("/")
        return document["components"][section][name]
    return node


def body_of(version, id):
    (content,) = operation(version, id)["requestBody"]["content"].values()
    return resolved(DOCUMENTS[version], content["schema"])


def closed(node):
    """Objects have no properties but those that are described, so that nothing is left out."""
    if isinstance(node, list):
        return [closed(one) for one in node]
    if not isinstance(node, dict):
        return node
    shut = {name: closed(one) for name, one in node.items() if name != "example"}
    if node.get("type") in ("object", ["object", "null"]):
        shut.setdefault("additionalProperties", False)
    return shut


@each_document
def test_committed_documents_are_what_the_code_says(name):
    assert orjson.loads((ROOT / f"openapi/{name}.json").read_bytes()) == ALL[name], (
        "scripts/fmt writes them anew"
    )


@each_document
def test_it_is_openapi_without_a_name_that_comes_twice(name):
    ids = Counter(one["operationId"] for one in operations(ALL[name]).values())

    assert list(OpenAPIV31SpecValidator(ALL[name]).iter_errors()) == []
    assert max(ids.values()) == 1


@each_version
def test_every_route_is_documented_and_no_other(version):
    routes = {(plan.route.method, plan.route.path) for plan in BOTH[version].plans}

    assert operations(DOCUMENTS[version]).keys() == routes
    assert {
        (method, path.removeprefix(f"/{version}"))
        for method, path in operations(ALL["api"])
        if path.startswith(f"/{version}/")
    } == routes


@each_version
def test_every_parameter_is_documented(version):
    dialect, document = BOTH[version], DOCUMENTS[version]
    for plan in dialect.plans:
        found = operations(document)[plan.route.method, plan.route.path]
        shown = [resolved(document, one) for one in found["parameters"]]
        taken = set(dialect.parameters(plan)) - (set() if any(ways(plan.resource)) else {"include"})
        if "fields" in taken:  # the same by another name
            taken.discard(f"fields[{dialect.type(plan.resource)}]")

        assert {one["name"] for one in shown if one["in"] == "path"} == set(plan.names_of_path)
        assert taken <= {one["name"] for one in shown if one["in"] == "query"}
        assert all(one["description"] for one in shown)


@each_version
def test_every_operation_names_what_it_takes(version):
    for plan in BOTH[version].plans:
        found = operations(DOCUMENTS[version])[plan.route.method, plan.route.path]
        needed = PERMISSIONS[plan.operation.root]
        guests = f"{needed}:own" in permitted(Role.GUEST) and plan.operation.way[0] != "viewer"

        assert found["x-permission"] == needed
        assert f"`{needed}`" in found["description"]
        assert ({} in found["security"]) == guests


def test_keys_cannot_manage_the_account():
    assert operation("v1", "createApiKey")["security"] == [{"bearer": []}, {"cookie": []}]
    assert operation("v1", "getUser")["security"] == [{}, {"bearer": []}, {"apiKey": []},
                                                      {"cookie": []}]  # fmt: skip


def test_a_body_of_version_1():
    body = body_of("v1", "replaceTag")

    assert body["required"] == ["name"]
    assert body["additionalProperties"] is False
    assert body["properties"] == {
        "name": {"type": "string", "description": "The word.", **bounds("UpdateTagInput", "name")},
        "slug": {
            "type": ["string", "null"],
            "description": "Its part of an address; made from the name when left out or null.",
            **bounds("UpdateTagInput", "slug"),
        },
    }


def test_a_body_of_version_2():
    (data,) = body_of("v2", "createContentItem")["properties"].values()
    tags = data["properties"]["relationships"]["properties"]["tags"]["properties"]["data"]

    assert data["required"] == ["type", "attributes"]
    assert data["properties"]["type"] == {"type": "string", "const": "content-items"}
    assert data["properties"]["attributes"]["required"] == ["title"]
    assert "tagIds" not in data["properties"]["attributes"]["properties"]
    assert tags["items"] == {"$ref": "#/components/schemas/TagIdentifier"}


def test_attributes_are_null_where_they_are_in_graphql():
    attributes = DOCUMENTS["v1"]["components"]["schemas"]["User"]["properties"]["attributes"]

    assert "required" not in attributes  # `fields` may leave any of them out
    assert attributes["properties"]["email"] == {
        "type": ["string", "null"],
        "description": "Email address; null for those who may not see it.",
    }
    assert attributes["properties"]["created_at"] == {
        "type": "string",
        "format": "date-time",
        "description": "When the user joined.",
    }


def test_what_is_made_can_be_followed():
    made = operation("v2", "createTag")["responses"]["201"]

    assert made["links"].keys() == {"getTag", "replaceTag", "updateTag", "deleteTag"}
    assert resolved(DOCUMENTS["v2"], made["links"]["getTag"]) == {
        "operationId": "getTag",
        "parameters": {"id": "$response.body#/data/id"},
        "description": "Read what was made.",
    }


# --- Examples -----------------------------------------------------------------------------------


@pytest.mark.timeout(300)
async def test_examples_are_what_is_answered(tmp_path, caplog):
    found = await record(tmp_path)

    for version in BOTH:
        assert found[version] == orjson.loads((FOLDER / f"{version}.json").read_bytes()), (
            "scripts/openapi-examples records them anew"
        )
    assert "The example of a mistake" in caplog.text


def contents(document):
    """Everything that is sent or answered with a body: where, and what it is to be."""
    for place, found in operations(document).items():
        bodies = {"body": found["requestBody"]} if "requestBody" in found else {}
        responses = {
            status: resolved(document, one)
            for status, one in found["responses"].items()
            if status.startswith("2")
        }
        for part, node in (bodies | responses).items():
            for content in node.get("content", {}).values():
                yield f"{' '.join(place)} {part}", content
    for name, response in document["components"]["responses"].items():
        for type, content in response["content"].items():
            yield f"{name} {type}", content


@each_version
def test_examples_fit_their_schemas(version):
    document = DOCUMENTS[version]
    components = closed(document["components"])
    for place, content in contents(document):
        if "example" in content:
            schema = {**closed(content["schema"]), "components": components}
            errors = Draft202012Validator(schema).iter_errors(content["example"])
            assert [f"{one.json_path}: {one.message}" for one in errors] == [], place


@each_version
def test_everything_has_an_example(version):
    """But for what 406 accepts, and answers to uploads of files that are there already."""
    lacking = [place for place, content in contents(DOCUMENTS[version]) if "example" not in content]

    assert lacking == ["POST /media 200", "POST /api-keys 200",
                       "NotAcceptable application/problem+json"]  # fmt: skip


@each_version
def test_swagger_ui_fills_in_what_is_needed_only(version):
    filled = [
        one["name"]
        for one in DOCUMENTS[version]["components"]["parameters"].values()
        if "example" in one and not one.get("required")
    ]

    assert filled == []


# --- Served -------------------------------------------------------------------------------------


@pytest.mark.parametrize("migrated", ["sqlite"], indirect=True)  # the door knows no database
@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/api/openapi.json", "api"),
        *((f"/api/{version}/openapi.json", version) for version in BOTH),
    ],
)
async def test_documents_are_served_to_guests_and_kept(http, path, name):
    answer = await http.get(path)
    again = await http.get(path, headers={"If-None-Match": answer.headers["ETag"]})

    assert answer.json() == ALL[name]
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == answer.headers["ETag"]


@each_version
def test_what_is_to_be_left_is_marked(version):
    since = Deprecation(since=datetime(2027, 1, 1, tzinfo=UTC))
    told = document(BOTH[version], PERMISSIONS, {f"GET /api/{version}/users/{{id}}": since})
    marked = [place for place, one in operations(told).items() if one.get("deprecated")]

    assert marked == [("GET", "/users/{id}")]


def test_all_versions_stand_side_by_side():
    ids = {one["operationId"] for one in operations(ALL["api"]).values()}

    assert {f"{version}.{id}" for version, id in product(BOTH, ("login", "getTag"))} <= ids
    assert ALL["api"]["servers"] == [{"url": "/api"}]
