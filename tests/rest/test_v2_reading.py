"""What v2 answers: JSON:API 1.1, every answer held to its MUSTs (fixture `v2`)."""

import pytest

from tests.rest.library import (
    ADA,
    ARCHIVED,
    BOB,
    CHANGED_SHOWN,
    DRAFT,
    GREEN,
    IMAGE,
    KEY,
    NOBODY,
    OLD,
    PLANTS,
    PUBLISHED,
    SESSIONS,
    SHOWN,
    SOUND,
    TRASHED,
    TREES,
)

# It asks about the door, which is the same on both databases.
pytestmark = pytest.mark.parametrize("migrated", ["sqlite"], indirect=True)

VERSION = {"version": "1.1"}


def linked(address, *names):
    """The relationships of the resource at an address, as links."""
    camel = {"profile-image": "profileImage", "content-items": "contentItems"}
    return {
        camel.get(name, name): {
            "links": {
                "self": f"/api/v2{address}/relationships/{name}",
                "related": f"/api/v2{address}/{name}",
            }
        }
        for name in names
    }


USER = {
    "type": "users",
    "id": ADA,
    "attributes": {
        "username": "ada", "email": "ada@heart.example", "emailVerified": True,
        "fullName": "Ada Lovelace", "bio": "Counts", "role": "USER",
        "viewerCan": {"update": True, "assignRole": False, "deactivate": False, "erase": True},
        "deactivatedAt": None, "version": 3, "createdAt": SHOWN, "updatedAt": CHANGED_SHOWN,
    },
    "relationships": linked(
        f"/users/{ADA}", "profile-image", "preferences", "content-items", "media"
    ),
    "links": {"self": f"/api/v2/users/{ADA}"},
}  # fmt: skip
TAG = {
    "type": "tags",
    "id": GREEN,
    "attributes": {
        "name": "Green", "slug": "green", "usageCount": 1, "version": 2, "createdAt": SHOWN,
        "updatedAt": CHANGED_SHOWN,
    },
    "relationships": linked(f"/tags/{GREEN}", "content-items"),
    "links": {"self": f"/api/v2/tags/{GREEN}"},
}  # fmt: skip


@pytest.fixture
def read(v2, library):
    """The document at a path, as somebody sees it."""

    async def read(path, who="guest"):
        answer = await v2.get(path, library[who])
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"] == "application/vnd.api+json"
        return answer.json()

    return read


@pytest.mark.parametrize(
    ("path", "who", "expected"),
    [
        (f"/users/{ADA}", "ada", USER),
        ("/users/me", "ada", USER),
        (f"/content-items/{DRAFT}/author", "ada", USER),
        (f"/tags/{GREEN}", "guest", TAG),
    ],
)
async def test_one(read, path, who, expected):
    assert await read(path, who) == {
        "jsonapi": VERSION, "data": expected, "links": {"self": f"/api/v2{path}"},
    }  # fmt: skip


async def test_a_list(read):
    document = await read("/tags?page[size]=1")
    here = "/api/v2/tags?page%5Bsize%5D=1"
    assert document["links"].pop("next").startswith(f"{here}&page%5Bafter%5D=")
    assert document == {
        "jsonapi": VERSION, "data": [TAG], "links": {"self": here, "first": here, "prev": None},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "who", "expected"),
    [
        ("/content-items", "guest", [PUBLISHED]),
        ("/content-items", "ada", [ARCHIVED, DRAFT, PUBLISHED]),
        ("/content-items/trash", "ada", [TRASHED]),
        (f"/content-items/{PUBLISHED}/tags", "guest", [OLD, GREEN]),
        (f"/categories/{PLANTS}/children", "guest", [TREES]),
        (f"/users/{ADA}/media", "guest", [SOUND]),
        ("/sessions", "ada", [SESSIONS[ADA]]),
        ("/api-keys", "ada", [KEY]),
        ("/api-keys", "bob", []),
    ],
)
async def test_lists_hold_what_the_caller_may_see(read, path, who, expected):
    assert [one["id"] for one in (await read(path, who))["data"]] == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("author", {"type": "users", "id": ADA}),
        ("category", {"type": "categories", "id": TREES}),
        ("featured-image", {"type": "media", "id": IMAGE}),
        ("tags", [{"type": "tags", "id": OLD}, {"type": "tags", "id": GREEN}]),
    ],
)
async def test_linkage(read, name, expected):
    path = f"/content-items/{PUBLISHED}"
    assert await read(f"{path}/relationships/{name}") == {
        "jsonapi": VERSION,
        "data": expected,
        "links": {
            "self": f"/api/v2{path}/relationships/{name}",
            "related": f"/api/v2{path}/{name}",
        },
    }


async def test_a_relationship_that_leads_nowhere_is_null_not_missing(read):
    for path in (f"/content-items/{DRAFT}/category", f"/categories/{PLANTS}/parent"):
        assert (await read(path, "ada"))["data"] is None


@pytest.mark.parametrize(
    "path", ["", "/content-items", "/media", "/profile-image", "/relationships/media"]
)
async def test_of_what_is_not_there_nothing_is(v2, library, path):
    assert (await v2.get(f"/users/{NOBODY}{path}")).status_code == 404


@pytest.mark.parametrize("path", [
    f"/content-items/{DRAFT}", f"/content-items/{DRAFT}/author", f"/content-items/{ARCHIVED}/tags",
    f"/content-items/{DRAFT}/revisions", f"/content-items/{PUBLISHED}/revisions/1",
    f"/users/{ADA}/preferences", f"/sessions/{SESSIONS[ADA]}", f"/api-keys/{KEY}",
    f"/content-items/{TRASHED}",
])  # fmt: skip
async def test_what_is_not_for_somebody_does_not_exist(v2, library, path):
    assert (await v2.get(path, library["bob"])).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/users/me", "/sessions", "/api-keys", "/content-items/trash",
        f"/sessions/{SESSIONS[ADA]}", f"/api-keys/{KEY}",
    ],
)  # fmt: skip
async def test_what_takes_somebody_is_not_for_guests(v1, v2, library, path):
    for api in (v1, v2):
        answer = await api.get(path)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="thinkalike"'
        assert answer.json()["errors"][0]["code"] == "unauthenticated"


async def test_a_key_reads_within_its_scopes(v2, library):
    assert (await v2.get(f"/content-items/{PUBLISHED}", library["key"])).status_code == 200
    assert (await v2.get(f"/content-items/{DRAFT}", library["key"])).status_code == 404
    assert (await v2.get("/sessions", library["key"])).json()["data"] == []
    assert (await v2.get(f"/sessions/{SESSIONS[ADA]}", library["key"])).status_code == 404
    answer = await v2.get("/content-items/trash", library["key"])
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["code"] == "insufficient_permissions"


async def test_a_draft_is_shown_to_who_may_see_it(v2, library):
    path = f"/content-items/{PUBLISHED}?fields[content-items]=title,tags&viewPerspective="
    draft = await v2.get(path + "draft", library["ada"])
    assert draft.json()["data"]["attributes"] == {"title": "Oaks to come"}
    assert draft.json()["data"]["relationships"]["tags"]["data"] == [{"type": "tags", "id": OLD}]
    live = await v2.get(path + "published", library["ada"])
    assert live.json()["data"]["attributes"] == {"title": "Oaks"}
    assert (await v2.get(path + "draft", library["bob"])).status_code == 404


async def test_a_revision_is_shown_as_the_item_it_was(v1, library):
    path = f"/content-items/{PUBLISHED}?fields=title&view_revision="
    answer = await v1.get(path + "1", library["ada"])
    assert answer.json()["data"]["attributes"] == {"title": "Oaks before"}
    assert (await v1.get(path + "9", library["ada"])).status_code == 404
    assert (await v1.get(path + "1")).status_code == 404


async def test_whoever_has_a_preview_token_sees_that_item(v2, library):
    made = await v2("POST", f"/content-items/{DRAFT}/preview-tokens", library["ada"])
    token = made.json()["data"]["attributes"]["token"]
    path = "/content-items/{}?fields[content-items]=title&previewToken={}"
    answer = await v2.get(path.format(DRAFT, token))
    assert answer.json()["data"]["attributes"] == {"title": "Elms"}
    assert answer.headers["Cache-Control"] == "no-store"
    assert (await v2.get(path.format(DRAFT, "x" * 43))).status_code == 404
    assert (await v2.get(path.format(ARCHIVED, token))).status_code == 404


async def test_search_tells_how_well_each_fits(read):
    document = await read("/search?filter[query]=ada")
    (hit,) = document["data"]
    assert (hit["type"], hit["id"]) == ("users", ADA)
    assert hit["meta"]["score"] > 0
    assert {"field": "title", "html": "<mark>ada</mark> <mark>Ada</mark> Lovelace"} in hit["meta"][
        "highlights"
    ]


async def addresses(read, path, who):
    """All links in the resources at a path."""
    document = await read(path, who)
    data = document["data"]
    for one in data if isinstance(data, list) else [data]:
        yield one["links"]["self"], (one["type"], one["id"])
        for relationship in one.get("relationships", {}).values():
            for link in relationship.get("links", {}).values():
                yield link, None


@pytest.mark.parametrize(
    ("path", "who"),
    [
        ("/users?sort=username&page[size]=1", "ada"), ("/content-items", "ada"),
        ("/media", "guest"), ("/tags", "guest"), ("/categories", "guest"), ("/sessions", "ada"),
        ("/api-keys", "ada"), (f"/users/{BOB}/preferences", "bob"), ("/limits", "guest"),
    ],
)  # fmt: skip
async def test_every_link_leads_there(read, path, who):
    async for address, identity in addresses(read, path, who):
        document = await read(address, who)
        assert document["links"]["self"] == address
        if identity:
            assert (document["data"]["type"], document["data"]["id"]) == identity
