"""The endpoint over HTTP: what travels beside the answer, and GraphQL over server-sent events."""

from dataclasses import replace

import httpx2
import orjson
import pytest

from app.errors import numbered
from app.main import create_app
from asgi import doors
from tests import factories

JSON = "application/json; charset=utf-8"
RESPONSE = "application/graphql-response+json; charset=utf-8"
HELLO = {"query": "{ __typename }"}

pytestmark = pytest.mark.parametrize("migrated", ["sqlite"], indirect=True, scope="session")


async def test_every_answer_depends_on_accept_and_is_not_kept(http):
    answers = [
        await http.post("/graphql", json=HELLO),
        await http.post("/graphql", json={"query": "{"}),
        await http.post("/graphql", json=[]),
        await http.put("/graphql"),
        await http.get("/graphql", headers={"Accept": "image/png"}),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 400, 405, 406]
    assert {answer.headers["Vary"] for answer in answers} == {"Accept, Accept-Encoding"}
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}


async def test_several_accept_headers_are_one_list(http):
    headers = [
        ("Accept", "text/html;q=0.5"),
        ("Accept", "application/graphql-response+json"),
        ("Content-Type", "application/json"),
    ]
    answer = await http.post("/graphql", content=orjson.dumps(HELLO), headers=headers)

    assert answer.headers["Content-Type"] == RESPONSE


async def test_what_is_not_acceptable_is_told_in_json(http):
    answer = await http.post("/graphql", json=HELLO, headers={"Accept": "image/png"})

    assert (answer.status_code, answer.headers["Content-Type"]) == (406, JSON)
    assert answer.json() == {
        "errors": [
            {
                "message": "Accept application/graphql-response+json, application/json "
                "or text/event-stream",
                "extensions": numbered("NOT_ACCEPTABLE"),
            }
        ]
    }


@pytest.mark.parametrize("body", [HELLO, {"query": "{ nothing }"}], ids=["answered", "not valid"])
async def test_events_are_one_result_and_the_end(http, body):
    plain = await http.post("/graphql", json=body)
    answer = await http.post("/graphql", json=body, headers={"Accept": "text/event-stream"})

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    data = plain.content.decode()
    assert answer.text == f"event: next\ndata: {data}\n\nevent: complete\ndata:\n\n"


@pytest.mark.parametrize(
    ("body", "status"), [({"query": 1}, 400), ({"documentId": "none"}, 404), ([], 400)]
)
async def test_no_events_begin_for_what_is_no_operation(http, body, status):
    answer = await http.post("/graphql", json=body, headers={"Accept": "text/event-stream"})

    assert (answer.status_code, answer.headers["Content-Type"]) == (status, JSON)
    assert list(answer.json()) == ["errors"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("A", {"data": {"a": "Query"}}),
        ("B", {"data": {"b": "Query"}}),
        (None, "Must provide operation name: the document has several operations."),
        ("C", "Unknown operation named 'C'."),
        ("", "Unknown operation named ''."),
    ],
)
async def test_of_several_operations_one_must_be_named(http, name, expected):
    document = "query A { a: __typename } query B { b: __typename }"
    answer = await http.post("/graphql", json={"query": document, "operationName": name})

    if isinstance(expected, str):
        assert answer.json() == {
            "errors": [
                {"message": expected, "extensions": numbered("OPERATION_RESOLUTION_FAILURE")}
            ]
        }
    else:
        assert answer.json()["data"] == expected["data"]


async def test_a_get_answers_like_a_post(http, db):
    ada = factories.user(username="ada")
    await factories.add(db, ada)
    query = "query User($id: ID!) { user(id: $id) { username } } query Other { __typename }"
    asked = {"query": query, "variables": {"id": ada.id}, "operationName": "User"}

    post = await http.post("/graphql", json=asked)
    get = await http.get(
        "/graphql", params={**asked, "variables": orjson.dumps(asked["variables"]).decode()}
    )

    assert post.json()["data"] == {"user": {"username": "ada"}}
    assert get.content == post.content


async def test_links_begin_where_the_client_reached_us(resources, db):
    await factories.add(db, image := factories.image(external_url=None, storage_key="1.png"))
    settings = resources.settings.model_copy(update={"public_url": None})
    resources = replace(resources, settings=settings)
    app = create_app(resources, doors=doors(resources))
    query = {"query": f'{{ media(id: "{image.id}") {{ url }} }}'}
    transport = httpx2.ASGITransport(app, root_path="/content")
    async with httpx2.AsyncClient(transport=transport, base_url="https://a.example:8443") as client:
        answer = await client.post("/content/graphql", json=query)

    assert answer.json()["data"] == {"media": {"url": "https://a.example:8443/content/media/1.png"}}
