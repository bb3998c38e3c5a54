"""What v1 answers, to the letter: the dialect of the guidelines, 3.3 and 3.4."""

import pytest

from tests.rest.library import (
    ADA,
    ARCHIVED,
    BOB,
    CHANGED_SHOWN,
    DRAFT,
    EVE,
    GREEN,
    IMAGE,
    KEY,
    OLD,
    PLANTS,
    PUBLISHED,
    REVISION,
    ROOT,
    SESSIONS,
    SHOWN,
    SOUND,
    TRASHED,
    TREES,
)

# It asks about the door, which is the same on both databases.
pytestmark = pytest.mark.parametrize("migrated", ["sqlite"], indirect=True)

TIMES = {"created_at": SHOWN, "updated_at": CHANGED_SHOWN}
NOTHING = dict.fromkeys(("update", "assign_role", "deactivate", "erase"), False)
ABILITIES = ("update", "publish", "unpublish", "archive", "schedule", "delete", "restore", "purge")


def linked(address, *names):
    """The relationships of the resource at an address, as links."""
    return {
        name.replace("-", "_"): {
            "links": {
                "self": f"/api/v1{address}/relationships/{name}",
                "related": f"/api/v1{address}/{name}",
            }
        }
        for name in names
    }


USER = {
    "type": "user",
    "id": ADA,
    "attributes": {
        "username": "ada", "email": None, "email_verified": None, "full_name": "Ada Lovelace",
        "bio": "Counts", "role": "USER", "viewer_can": NOTHING, "deactivated_at": None,
        "version": 3, **TIMES,
    },
    "relationships": linked(
        f"/users/{ADA}", "profile-image", "preferences", "content-items", "media"
    ),
    "links": {"self": f"/api/v1/users/{ADA}"},
}  # fmt: skip
PRIVATE = {
    "email": "ada@heart.example",
    "email_verified": True,
    "viewer_can": {**NOTHING, "update": True, "erase": True},
}
ITEM = {
    "type": "content-item",
    "id": PUBLISHED,
    "attributes": {
        "kind": "article", "title": "Oaks", "slug": "oaks", "summary": "On trees",
        "body": {
            "format": "MARKDOWN", "raw": "*Tall*", "html": "<p><em>Tall</em></p>\n",
            "word_count": 1,
        },
        "status": "PUBLISHED", "published_at": SHOWN, "first_published_at": SHOWN,
        "scheduled_publish_at": None, "scheduled_unpublish_at": None, "deleted_at": None,
        "has_unpublished_changes": False, "viewer_can": dict.fromkeys(ABILITIES, False),
        "version": 4, **TIMES,
    },
    "relationships": linked(
        f"/content-items/{PUBLISHED}", "author", "category", "featured-image", "tags", "revisions"
    ),
    "links": {"self": f"/api/v1/content-items/{PUBLISHED}"},
}  # fmt: skip
PICTURE = {
    "type": "media",
    "id": IMAGE,
    "attributes": {
        "kind": "Image", "url": "https://images.example/oak.png", "mime_type": "image/png",
        "file_name": "oak.png", "size": None, "width": 640, "height": 480, "title": "An oak",
        "alt_text": "A tree", "caption": None, "placeholder": None, "sha256": None,
        "viewer_can": {"update": False, "delete": False}, "version": 2, **TIMES,
    },
    "relationships": linked(f"/media/{IMAGE}", "uploaded-by"),
    "links": {"self": f"/api/v1/media/{IMAGE}"},
}  # fmt: skip
TAG = {
    "type": "tag",
    "id": GREEN,
    "attributes": {"name": "Green", "slug": "green", "usage_count": 1, "version": 2, **TIMES},
    "relationships": linked(f"/tags/{GREEN}", "content-items"),
    "links": {"self": f"/api/v1/tags/{GREEN}"},
}
CATEGORY = {
    "type": "category",
    "id": PLANTS,
    "attributes": {
        "name": "Plants", "slug": "plants", "description": "What grows", "position": 1,
        "usage_count": 0, "version": 1, **TIMES,
    },
    "relationships": linked(f"/categories/{PLANTS}", "parent", "children", "content-items"),
    "links": {"self": f"/api/v1/categories/{PLANTS}"},
}  # fmt: skip
LIMITS = {
    "type": "limits",
    "id": "limits",
    "attributes": {
        "max_page_size": 100, "max_offset": 10_000, "max_body_bytes": 1_000_000,
        "max_upload_bytes": 50_000_000, "max_pixels": 50_000_000, "max_cost": 10_000,
        "plan": "anonymous", "points_per_hour": 100_000_000, "points_at_once": 10_000_000,
    },
    "links": {"self": "/api/v1/limits"},
}  # fmt: skip


def with_attributes(resource, **changed):
    return {**resource, "attributes": {**resource["attributes"], **changed}}


@pytest.fixture
def read(v1, library):
    """The document at a path, as somebody sees it."""

    async def read(path, who="guest"):
        answer = await v1.get(path, library[who])
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"] == "application/json"
        return answer.json()

    return read


@pytest.mark.parametrize(
    ("path", "who", "expected"),
    [
        (f"/users/{ADA}", "guest", USER),
        (f"/users/{ADA}", "ada", with_attributes(USER, **PRIVATE)),
        (f"/content-items/{PUBLISHED}", "guest", ITEM),
        (f"/media/{IMAGE}", "guest", PICTURE),
        (f"/tags/{GREEN}", "guest", TAG),
        (f"/categories/{PLANTS}", "guest", CATEGORY),
        ("/limits", "guest", LIMITS),
        (f"/content-items/{PUBLISHED}/author", "guest", USER),
        (f"/content-items/{PUBLISHED}/featured-image", "guest", PICTURE),
        (f"/users/{ADA}/profile-image", "guest", PICTURE),
        (f"/categories/{TREES}/parent", "guest", CATEGORY),
        (f"/media/{SOUND}/uploaded-by", "guest", USER),
        ("/users/me", "ada", with_attributes(USER, **PRIVATE)),
    ],
)
async def test_one(read, path, who, expected):
    assert await read(path, who) == {"data": expected, "links": {"self": f"/api/v1{path}"}}


async def test_owners_and_editors_see_what_they_may_do(read):
    def able(document):
        attributes = document["data"]["attributes"]
        return attributes["has_unpublished_changes"], {
            name for name in ABILITIES if attributes["viewer_can"][name]
        }

    path = f"/content-items/{PUBLISHED}"
    assert able(await read(path, "bob")) == (False, set())
    assert able(await read(path, "ada")) == (True, {"update"})
    everything = {"update", "publish", "unpublish", "archive", "schedule", "delete"}
    assert able(await read(path, "eve")) == (True, everything)


async def test_what_only_one_kind_of_media_has(read):
    sound = (await read(f"/media/{SOUND}"))["data"]["attributes"]
    assert (sound["kind"], sound["duration"], sound["width"]) == ("Audio", 2.5, None)


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("guest", [PUBLISHED]),
        ("bob", [PUBLISHED]),
        ("key", [PUBLISHED]),
        ("ada", [ARCHIVED, DRAFT, PUBLISHED]),
        ("eve", [ARCHIVED, DRAFT, PUBLISHED]),
        ("root", [ARCHIVED, DRAFT, PUBLISHED]),
    ],
)
@pytest.mark.parametrize("path", ["/content-items", f"/users/{ADA}/content-items"])
async def test_lists_hold_what_the_caller_may_see(read, path, who, seen):
    document = await read(path, who)
    assert [one["id"] for one in document["data"]] == seen
    assert document["meta"] == {"page": 1, "per_page": 25, "total": len(seen), "pages": 1}
    here = f"/api/v1{path}?page=1&per_page=25"
    assert document["links"] == {
        "self": here, "first": here, "last": here, "next": None, "prev": None,
    }  # fmt: skip


async def test_a_list_shows_each_as_if_it_were_alone(read):
    assert (await read("/content-items"))["data"] == [ITEM]
    assert (await read("/tags"))["data"][0] == TAG
    assert (await read("/users?sort=username&per_page=1"))["data"] == [USER]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (f"/content-items/{PUBLISHED}/tags", [OLD, GREEN]),
        (f"/categories/{PLANTS}/children", [TREES]),
        (f"/categories/{TREES}/children", []),
        (f"/categories/{TREES}/content-items", [PUBLISHED]),
        (f"/tags/{GREEN}/content-items", [PUBLISHED]),
        (f"/users/{ADA}/media", [SOUND]),
        ("/users?sort=username", [ADA, BOB, EVE, ROOT]),
        ("/categories", [TREES, PLANTS]),
        ("/media", [SOUND, IMAGE]),
    ],
)
async def test_related_lists(read, path, expected):
    assert [one["id"] for one in (await read(path))["data"]] == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (f"/content-items/{PUBLISHED}/relationships/author", {"type": "user", "id": ADA}),
        (
            f"/content-items/{PUBLISHED}/relationships/tags",
            [{"type": "tag", "id": OLD}, {"type": "tag", "id": GREEN}],
        ),
        (f"/categories/{PLANTS}/relationships/parent", None),
        (f"/categories/{PLANTS}/relationships/children", [{"type": "category", "id": TREES}]),
        (f"/users/{ADA}/relationships/profile-image", {"type": "media", "id": IMAGE}),
    ],
)
async def test_linkage(read, path, expected):
    assert await read(path) == {
        "data": expected,
        "links": {
            "self": f"/api/v1{path}", "related": f"/api/v1{path.replace('/relationships', '')}",
        },
    }  # fmt: skip


async def test_linkage_in_pages(read):
    path = f"/users/{ADA}/relationships/content-items"
    document = await read(f"{path}?per_page=1", "ada")
    assert document["data"] == [{"type": "content-item", "id": ARCHIVED}]
    assert document["meta"]["pages"] == 3
    assert document["links"]["next"] == f"/api/v1{path}?per_page=1&page=2"
    assert document["links"]["related"] == f"/api/v1/users/{ADA}/content-items"


async def test_a_relationship_that_leads_nowhere(read):
    for name in ("category", "featured-image"):
        path = f"/content-items/{DRAFT}/{name}"
        assert await read(path, "ada") == {"data": None, "links": {"self": f"/api/v1{path}"}}


@pytest.mark.parametrize(("who", "theme"), [("ada", "DARK"), ("bob", "SYSTEM")])
async def test_preferences_are_those_of_a_user(read, who, theme):
    id = {"ada": ADA, "bob": BOB}[who]
    path = f"/users/{id}/preferences"
    assert (await read(path, who))["data"] == {
        "type": "preferences",
        "id": id,
        "attributes": {"theme": theme, "email_notifications": True},
        "links": {"self": f"/api/v1{path}"},
    }


async def test_sessions_and_keys_are_the_callers_own(read):
    (session,) = (await read("/sessions", "ada"))["data"]
    expires = session["attributes"].pop("expires_at")
    assert expires
    assert session == {
        "type": "session",
        "id": SESSIONS[ADA],
        "attributes": {
            "current": True, "created_at": SHOWN, "last_seen_at": SHOWN, "ip_address": None,
            "user_agent": None,
        },
        "links": {"self": f"/api/v1/sessions/{SESSIONS[ADA]}"},
    }  # fmt: skip
    (key,) = (await read("/api-keys", "ada"))["data"]
    assert key["attributes"].pop("last_used_at")
    assert key == {
        "type": "api-key",
        "id": KEY,
        "attributes": {
            "name": "Reader", "prefix": f"tak_{KEY.removeprefix('key_')}",
            "scopes": ["public:read"], "created_at": SHOWN, "expires_at": None,
        },
        "links": {"self": f"/api/v1/api-keys/{KEY}"},
    }  # fmt: skip
    assert (await read(f"/sessions/{SESSIONS[ADA]}", "ada"))["data"]["id"] == SESSIONS[ADA]
    assert (await read(f"/api-keys/{KEY}", "ada"))["data"]["id"] == KEY
    assert (await read("/api-keys", "bob"))["data"] == []


async def test_revisions(read):
    path = f"/content-items/{PUBLISHED}/revisions"
    document = await read(path, "ada")
    assert [one["attributes"]["number"] for one in document["data"]] == [2, 1]
    first = {
        "type": "revision",
        "id": REVISION,
        "attributes": {
            "number": 1, "message": "A start", "created_at": SHOWN, "published_at": SHOWN,
        },
        "relationships": {"created_by": {"data": {"type": "user", "id": ADA}}},
    }  # fmt: skip
    assert document["data"][1] == first
    assert (await read(f"{path}/1", "ada"))["data"] == first
    assert (await read(path))["data"] == []


async def test_the_trash_is_its_owners_and_editors(read):
    for who, expected in (("ada", [TRASHED]), ("bob", []), ("eve", [TRASHED])):
        assert [one["id"] for one in (await read("/content-items/trash", who))["data"]] == expected


async def test_search(read):
    document = await read("/search?q=oaks")
    (hit,) = document["data"]
    meta = hit.pop("meta")
    assert hit == ITEM
    assert meta["score"] > 0
    assert meta["highlights"] == [{"field": "title", "html": "<mark>Oaks</mark>"}]
    assert document["meta"] == {"page": 1, "per_page": 25, "total": 1, "pages": 1}
    found = [(one["type"], one["id"]) for one in (await read("/search?q=ada oak green"))["data"]]
    assert found == []  # all words at once


@pytest.mark.parametrize(
    ("types", "expected"), [("user", [ADA]), ("tag,media", []), ("USER", [ADA])]
)
async def test_search_of_some_types(read, types, expected):
    found = (await read(f"/search?q=ada&types={types}"))["data"]
    assert [one["id"] for one in found] == expected
