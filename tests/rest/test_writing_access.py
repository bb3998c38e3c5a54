"""Who may write what: every writing route as every kind of caller. What is refused changes nothing.

`{name}` in a path or body is the id of a row of tests/resolvers/access_world.py, or a secret there.
"""

import re
from string import Template

import pytest

from app.rest.names import snake
from app.rest.routes import ROUTES
from tests.app.media.files import picture
from tests.resolvers.access_world import IDS, SECRETS, TOMORROW
from tests.rest.writing import (
    VERSIONS,
    Client,
    addressed,
    body,
    headers_of,
    identifiers,
    people,
)

CALLERS = ("guest", "owner", "other", "editor", "admin", "key")
NEW = {"username": "newcomer", "email": "new@heart.example", "password": SECRETS["password"]}
NEXT = "Zarniwoop77gate"
VALUES = {**IDS, **SECRETS, "tomorrow": TOMORROW.isoformat()}
FILE = object()

# method, path, type of the resource in the body, input, and the status for each of CALLERS
TABLE = [
    ("POST /users", "users", NEW, "201 201 201 201 201 403"),
    ("PUT /users/$owner", "users", {"fullName": "New"}, "401 200 403 403 200 403"),
    ("PATCH /users/$owner", "users", {"fullName": "New"}, "401 200 403 403 200 403"),
    ("DELETE /users/$other", "", {}, "401 403 422 403 204 403"),
    ("DELETE /users/$owner?{eraseContent}=remove", "", {}, "401 422 403 403 204 403"),
    ("POST /users/$owner/erase", "users", {"content": "REMOVE", "password": "$password"},
     "401 204 403 403 204 403"),
    ("POST /users/$owner/assign-role", "users", {"role": "EDITOR"}, "401 403 403 403 200 403"),
    ("POST /users/$owner/deactivate", "", {}, "401 403 403 403 200 403"),
    ("POST /users/$owner/reactivate", "", {}, "401 403 403 403 200 403"),
    ("PUT /users/$owner/preferences", "preferences", {"theme": "DARK"}, "401 200 403 403 200 403"),
    ("PATCH /users/$owner/preferences", "preferences", {"theme": "DARK"},
     "401 200 403 403 200 403"),
    ("PATCH /users/$owner/relationships/profile-image", "media", "$image",
     "401 200 403 403 200 403"),

    ("POST /content-items", "content-items", {"title": "New"}, "401 201 201 201 201 403"),
    ("POST /content-items", "content-items",
     {"title": "New", "body": {"value": "New"}, "publish": True}, "401 403 403 201 201 403"),
    ("PUT /content-items/$published", "content-items", {"title": "New"},
     "401 200 403 200 200 403"),
    ("PUT /content-items/$draft", "content-items", {"title": "New"}, "401 200 404 200 200 403"),
    ("PATCH /content-items/$published", "content-items", {"title": "New"},
     "401 200 403 200 200 403"),
    ("PATCH /content-items/$draft", "content-items", {"title": "New"}, "401 200 404 200 200 403"),
    ("DELETE /content-items/$published", "", {}, "401 403 403 204 204 403"),
    ("DELETE /content-items/$draft", "", {}, "401 204 404 204 204 403"),
    ("POST /content-items/$draft/publish", "", {}, "401 403 403 200 200 403"),
    ("POST /content-items/$published/unpublish", "", {}, "401 403 403 200 200 403"),
    ("POST /content-items/$published/archive", "", {}, "401 403 403 200 200 403"),
    ("POST /content-items/$draft/schedule", "content-items", {"publishAt": "$tomorrow"},
     "401 403 403 200 200 403"),
    ("POST /content-items/$published/duplicate", "", {}, "401 201 201 201 201 403"),
    ("POST /content-items/$draft/duplicate", "", {}, "401 201 404 201 201 403"),
    ("POST /content-items/$published/discard-draft", "", {}, "401 200 403 200 200 403"),
    ("POST /content-items/$trashed/restore", "", {}, "401 200 404 200 200 403"),
    ("POST /content-items/$trashed/purge", "", {}, "401 403 403 204 204 403"),
    ("POST /content-items/$published/revisions/1/restore", "", {}, "401 200 403 200 200 403"),
    ("POST /content-items/$draft/preview-tokens", "", {}, "401 201 404 201 201 403"),
    ("DELETE /content-items/$draft/preview-tokens", "", {}, "401 204 404 204 204 403"),
    ("PATCH /content-items/$draft/relationships/author", "users", "$other",
     "401 403 404 200 200 403"),
    ("PATCH /content-items/$draft/relationships/category", "categories", "$category",
     "401 200 404 200 200 403"),
    ("PATCH /content-items/$draft/relationships/featured-image", "media", "$image",
     "401 200 404 200 200 403"),
    ("PATCH /content-items/$draft/relationships/tags", "tags", ["$tag"],
     "401 200 404 200 200 403"),
    ("POST /content-items/$draft/relationships/tags", "tags", ["$tag"], "401 200 404 200 200 403"),
    ("DELETE /content-items/$draft/relationships/tags", "tags", ["$tag"],
     "401 200 404 200 200 403"),

    ("POST /media", "media", FILE, "401 201 201 201 201 403"),
    ("PUT /media/$image", "media", {"title": "New"}, "401 200 403 200 200 403"),
    ("PATCH /media/$image", "media", {"title": "New"}, "401 200 403 200 200 403"),
    ("DELETE /media/$image", "", {}, "401 204 403 204 204 403"),

    ("POST /tags", "tags", {"name": "New"}, "401 403 403 201 201 403"),
    ("PUT /tags/$tag", "tags", {"name": "New"}, "401 403 403 200 200 403"),
    ("PATCH /tags/$tag", "tags", {"name": "New"}, "401 403 403 200 200 403"),
    ("DELETE /tags/$tag", "", {}, "401 403 403 204 204 403"),
    ("POST /tags/$tag/merge", "tags", {"fromIds": ["$other_tag"]}, "401 403 403 200 200 403"),

    ("POST /categories", "categories", {"name": "New"}, "401 403 403 201 201 403"),
    ("PUT /categories/$category", "categories", {"name": "New"}, "401 403 403 200 200 403"),
    ("PATCH /categories/$category", "categories", {"name": "New"}, "401 403 403 200 200 403"),
    ("DELETE /categories/$category", "", {}, "401 403 403 204 204 403"),
    ("PATCH /categories/$category/relationships/parent", "categories", None,
     "401 403 403 200 200 403"),

    ("POST /auth/register", "users", NEW, "201 201 201 201 201 403"),
    ("POST /auth/login", "tokens", {"username": "owner", "password": "$password"},
     "200 200 200 200 200 403"),
    ("POST /auth/refresh", "tokens", {"refreshToken": "$refresh"}, "200 200 200 200 200 403"),
    ("POST /auth/logout", "", {}, "401 204 204 204 204 403"),
    ("POST /auth/verify-email", "users", {"token": "$verify"}, "200 200 200 200 200 403"),
    ("POST /auth/request-email-verification", "", {}, "401 204 204 204 204 403"),
    ("POST /auth/request-password-reset", "users", {"email": "owner@heart.example"},
     "204 204 204 204 204 403"),
    ("POST /auth/reset-password", "users", {"token": "$reset", "newPassword": NEXT},
     "204 204 204 204 204 403"),
    ("POST /auth/change-password", "users", {"currentPassword": "$password", "newPassword": NEXT},
     "401 204 204 204 204 403"),

    ("DELETE /sessions", "", {}, "401 204 204 204 204 403"),
    ("DELETE /sessions/$session", "", {}, "401 204 404 404 404 403"),
    ("POST /api-keys", "api-keys", {"name": "New", "scopes": ["public:read"]},
     "401 201 201 201 201 403"),
    ("POST /api-keys/$api_key/rotate", "", {}, "401 200 404 404 404 403"),
    ("DELETE /api-keys/$api_key", "", {}, "401 204 404 404 404 403"),
]  # fmt: skip


def filled(value):
    """With ids and secrets for their names."""
    if isinstance(value, str):
        return Template(value).substitute(VALUES)
    if isinstance(value, dict):
        return {name: filled(inner) for name, inner in value.items()}
    return [filled(inner) for inner in value] if isinstance(value, list) else value


def sent(version, method, path, type, input):
    """The request, in a version's spelling."""
    path = re.sub(r"{(\w+)}", lambda name: snake(name[1]) if version == "v1" else name[1], path)
    if input is FILE:
        return {"method": method, "path": path, "files": {"file": ("a.png", picture("PNG"))}}
    if "/relationships/" in path:
        named = identifiers(type, filled(input))
        content = {"data": named} if version == "v2" else named
        return {"method": method, "path": filled(path), "content": content or b"null"}
    id = addressed(filled(path)) if method == "PATCH" else None
    content = body(version, type, filled(input), id) if input else None
    return {"method": method, "path": filled(path), "content": content}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("version", VERSIONS)
async def test_every_caller_may_write_what_the_table_says(http, db, resources, dump, version):
    wrong = []

    async def called(name, request, expected):
        answer = await Client(http, version, headers_of(resources, name)).raw(**request)
        if answer.status_code != int(expected):
            wrong.append((version, name, request, answer.status_code, answer.text))

    for call, type, input, statuses in TABLE:
        request = sent(version, *call.split(" "), type, input)
        expected = dict(zip(CALLERS, statuses.split(), strict=True))
        refused = [name for name in CALLERS if expected[name] >= "400"]
        await people(db)
        before = await dump()
        for name in refused:
            await called(name, request, expected[name])
        assert await dump() == before, f"{call} as {refused}"
        for name in expected.keys() - refused:
            await called(name, request, expected[name])
            await people(db)
    assert wrong == []


def test_every_writing_route_is_in_the_table():
    def shape(path):
        return re.sub(r"{\w+}|\$\w+|(?<=/)\d+", "{}", path.partition("?")[0])

    called = {shape(call) for call, *_ in TABLE}
    assert called == {shape(f"{route.method} {route.path}") for route in ROUTES if route.writes}
