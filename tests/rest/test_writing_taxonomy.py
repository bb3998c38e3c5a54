"""Tags, categories, and what leads from one resource to another."""

import pytest

from tests.resolvers.access_world import IDS
from tests.rest.writing import identifiers, problems, shown

# It asks about the door, which is the same on both databases.
pytestmark = pytest.mark.parametrize("migrated", ["sqlite"], indirect=True)

DRAFT = f"/content-items/{IDS['draft']}"
TAG = f"/tags/{IDS['tag']}"
CATEGORY = f"/categories/{IDS['category']}"
ONE, TWO = IDS["tag"], IDS["other_tag"]


@pytest.fixture
def editor(as_):
    return as_("editor")


@pytest.fixture
def link(as_, api):
    """Write a relationship, given ids."""

    async def link(method, path, type, ids, by="editor"):
        named = identifiers(type, ids)
        content = {"data": named} if api.version == "v2" else named
        return await as_(by).raw(method, path, b"null" if content is None else content)

    return link


def ids_in(answer):
    assert answer.status_code == 200, answer.text
    data = answer.json()["data"]
    return [one["id"] for one in data] if isinstance(data, list) else data and data["id"]


async def test_tags(editor, api):
    made = await editor.send("POST", "/tags", name=" Ünïque Tag ")
    path = made.headers["Location"].removeprefix(api.root)
    assert (shown(made)["name"], shown(made)["slug"]) == ("Ünïque Tag", "unique-tag")

    named = await editor.send("PATCH", path, slug="other")
    assert (shown(named)["name"], shown(named)["slug"]) == ("Ünïque Tag", "other")
    anew = await editor.send("PUT", path, name="Third")
    assert (shown(anew)["name"], shown(anew)["slug"]) == ("Third", "third")
    lacking = await editor.send("PUT", path, slug="x")
    assert problems(lacking) == [("422", "required", api.pointer("name"))]
    assert (await editor.send("DELETE", path)).status_code == 204
    assert (await api.raw("GET", path)).status_code == 404


async def test_a_name_that_is_taken(editor, api, dump):
    before = await dump()

    answers = [
        await editor.send("POST", "/tags", name="Newer", slug="tag"),
        await editor.send("PATCH", f"/tags/{TWO}", slug="tag"),
    ]

    assert [problems(answer) for answer in answers] == [
        [("409", "not_unique", api.pointer("slug"))]
    ] * 2
    assert await dump() == before


async def test_several_tags_become_one(editor, link):
    await link("PATCH", f"{DRAFT}/relationships/tags", "tags", [TWO])

    answer = await editor.send("POST", f"{TAG}/merge", fromIds=[TWO])

    assert (answer.status_code, shown(answer)["usageCount"]) == (200, 1)
    assert (await editor.raw("GET", f"/tags/{TWO}")).status_code == 404
    tags = await editor.raw("GET", f"{DRAFT}/relationships/tags")
    assert ids_in(tags) == [ONE]


async def test_tags_that_cannot_be_merged(editor, api, dump):
    before = await dump()

    absent = await editor.send("POST", f"{TAG}/merge", fromIds=[TWO, "tag_x"])
    into = await editor.send("POST", "/tags/tag_x/merge", fromIds=[TWO])
    none = await editor.send("POST", f"{TAG}/merge")

    assert problems(absent) == [("422", "not_found", api.pointer("fromIds", 1))]
    assert problems(into) == [("404", "not_found", None)]
    assert none.status_code == 400
    assert await dump() == before


async def test_categories(editor, api):
    made = await editor.send(
        "POST", "/categories", name="Flowers", description="Red.", parentId=IDS["category"],
        position=3,
    )  # fmt: skip
    path = made.headers["Location"].removeprefix(api.root)
    assert (shown(made)["slug"], shown(made)["position"]) == ("flowers", 3)
    parent = f"{path}/relationships/parent"
    assert ids_in(await editor.raw("GET", parent)) == IDS["category"]

    kept = await editor.send("PATCH", path, description=None)
    assert (shown(kept)["name"], shown(kept)["description"]) == ("Flowers", None)
    assert ids_in(await editor.raw("GET", parent)) == IDS["category"]
    anew = await editor.send("PUT", path, name="Plants")
    assert (shown(anew)["name"], shown(anew)["slug"]) == ("Plants", "plants")
    assert ids_in(await editor.raw("GET", parent)) is None


async def test_a_category_is_not_below_itself(editor, link, api, dump):
    before = await dump()

    answer = await link("PATCH", f"{CATEGORY}/relationships/parent", "categories", IDS["category"])

    assert answer.status_code in (409, 422)
    assert problems(answer)[0][2] == ("" if api.version == "v1" else "/data")
    assert await dump() == before


async def test_which_tags_an_item_has(editor, link):
    path = f"{DRAFT}/relationships/tags"

    assert ids_in(await link("PATCH", path, "tags", [ONE])) == [ONE]
    assert ids_in(await link("POST", path, "tags", [TWO, ONE])) == [ONE, TWO]
    assert ids_in(await link("DELETE", path, "tags", [ONE, "tag_x"])) == [TWO]
    assert ids_in(await link("PATCH", path, "tags", [ONE, TWO])) == [ONE, TWO]
    assert ids_in(await editor.raw("GET", path)) == [ONE, TWO]
    assert ids_in(await link("PATCH", path, "tags", [])) == []


@pytest.mark.parametrize(
    ("owner", "name", "type", "id"),
    [
        (DRAFT, "category", "categories", IDS["category"]),
        (DRAFT, "featured-image", "media", IDS["image"]),
        (f"/users/{IDS['owner']}", "profile-image", "media", IDS["image"]),
    ],
)
async def test_what_leads_to_one_or_none(as_, link, owner, name, type, id):
    path = f"{owner}/relationships/{name}"

    set = await link("PATCH", path, type, id, by="owner")
    assert ids_in(set) == id
    assert set.headers["ETag"] == await as_("owner").etag(path)
    assert ids_in(await as_("owner").raw("GET", path)) == id
    assert ids_in(await link("PATCH", path, type, None, by="owner")) is None
    assert ids_in(await as_("owner").raw("GET", path)) is None


@pytest.mark.parametrize(
    "content", [{}, {"identifier": IDS["category"]}, {"id": None}, {"id": 1}, IDS["category"], 5]
)
async def test_what_has_no_id_does_not_clear_what_is_there(editor, link, api, dump, content):
    path = f"{DRAFT}/relationships/category"
    await link("PATCH", path, "categories", IDS["category"])
    before = await dump()

    answer = await editor.raw("PATCH", path, content if api.version == "v1" else {"data": content})

    pointer = "" if api.version == "v1" else "/data"
    assert problems(answer) == [("400", "validation_error", pointer)]
    assert await dump() == before


async def test_the_author_of_an_item(editor, link, api, dump):
    path = f"{DRAFT}/relationships/author"

    assert ids_in(await link("PATCH", path, "users", IDS["other"])) == IDS["other"]
    before = await dump()
    none = await link("PATCH", path, "users", None)
    absent = await link("PATCH", path, "users", "usr_x")

    missing = ("422", "not_found", "") if api.version == "v1" else ("404", "not_found", "/data")
    assert none.status_code == 422
    assert problems(absent) == [missing]
    assert await dump() == before


async def test_what_does_not_exist_is_named_by_its_place(link, api, dump):
    before = await dump()
    path = f"{DRAFT}/relationships/tags"

    for method in ("PATCH", "POST"):
        answer = await link(method, path, "tags", [ONE, "tag_x"])
        missing = ("422", "/1") if api.version == "v1" else ("404", "/data/1")
        assert problems(answer) == [(missing[0], "not_found", missing[1])]
    assert await dump() == before


async def test_relationships_without_a_way_to_change_them(link, api):
    told = {"v1": ("405", "method_not_allowed", None), "v2": ("403", "forbidden", None)}
    for path, method in (
        (f"/users/{IDS['owner']}/relationships/preferences", "PATCH"),
        (f"{DRAFT}/relationships/category", "POST"),
        (f"{DRAFT}/relationships/category", "DELETE"),
        (f"{CATEGORY}/relationships/children", "PATCH"),
        (f"{TAG}/relationships/content-items", "POST"),
    ):
        answer = await link(method, path, "tags", [ONE])
        assert problems(answer) == [told[api.version]]


@pytest.mark.parametrize("api", ["v2"], indirect=True)
@pytest.mark.parametrize(
    ("method", "name", "data", "status", "pointer"),
    [
        ("PATCH", "tags", None, 400, "/data"),
        ("PATCH", "tags", {"type": "tags", "id": ONE}, 400, "/data"),
        ("PATCH", "category", [], 400, "/data"),
        ("PATCH", "tags", [{"type": "tags", "id": ONE}, {"type": "tags"}], 400, "/data/1"),
        ("POST", "tags", [{"type": "users", "id": ONE}], 409, "/data/0/type"),
        ("PATCH", "category", {"type": "tags", "id": ONE}, 409, "/data/type"),
        ("PATCH", "category", {"type": "categories", "id": 3}, 400, "/data"),
        ("PATCH", "category", "x", 400, "/data"),
    ],
)
async def test_what_json_api_does_not_take_for_linkage(
    as_, dump, method, name, data, status, pointer
):
    before = await dump()

    answer = await as_("editor").raw(method, f"{DRAFT}/relationships/{name}", {"data": data})

    assert [(problem[0], problem[2]) for problem in problems(answer)] == [(str(status), pointer)]
    assert await dump() == before


@pytest.mark.parametrize("api", ["v2"], indirect=True)
async def test_everything_that_is_wrong_with_a_resource_object(as_, dump):
    before = await dump()
    data = {
        "type": "content-items",
        "attributes": {"title": "x", "tagIds": [], "colour": "red"},
        "relationships": {
            "tags": {"data": [{"type": "users", "id": ONE}, {"type": "tags", "id": 7}]},
            "category": {"data": []},
            "author": {},
            "a/b": {"data": None},
        },
    }

    answer = await as_("editor").raw("POST", "/content-items", {"data": data})

    assert answer.status_code == 400
    assert set(problems(answer)) == {
        ("400", "validation_error", "/data/attributes/colour"),
        ("400", "validation_error", "/data/attributes/tagIds"),
        ("400", "validation_error", "/data/relationships/a~1b"),
        ("400", "validation_error", "/data/relationships/author"),
        ("400", "validation_error", "/data/relationships/category/data"),
        ("400", "validation_error", "/data/relationships/tags/data/1"),
        ("409", "conflict", "/data/relationships/tags/data/0/type"),
    }
    assert await dump() == before


@pytest.mark.parametrize("api", ["v2"], indirect=True)
@pytest.mark.parametrize(
    ("document", "status", "code", "pointer"),
    [
        ({}, 400, "validation_error", ""),
        ({"data": []}, 400, "validation_error", "/data"),
        ({"data": None}, 400, "validation_error", "/data"),
        ({"data": {"attributes": {}}}, 400, "validation_error", "/data"),
        ({"data": {"type": "tags"}}, 409, "conflict", "/data/type"),
        ({"data": {"type": "content-items", "id": "x"}}, 403, "client_generated_id", "/data/id"),
        (
            {"data": {"type": "content-items", "attributes": []}},
            400, "validation_error", "/data/attributes",
        ),
        (
            {"data": {"type": "content-items", "relationships": []}},
            400, "validation_error", "/data/relationships",
        ),
    ],
)  # fmt: skip
async def test_what_is_no_resource_object(as_, dump, document, status, code, pointer):
    before = await dump()

    answer = await as_("editor").raw("POST", "/content-items", document)

    assert problems(answer) == [(str(status), code, pointer)]
    assert await dump() == before
