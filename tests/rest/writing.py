"""What the tests of writing share: the world, who asks, and both spellings of one request."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import orjson
import pytest

from app.auth import opaque
from app.models import ApiKey, Attempt, Base, IdempotencyRecord, Session
from app.rest.failures import PROBLEM
from app.rest.names import camel, snake
from tests import factories as make
from tests.resolvers.access_world import IDS, TOMORROW, restore
from tests.rest import json_api

VERSIONS = ("v1", "v2")
PEOPLE = ("owner", "other", "editor", "admin")
TYPES = {"v1": "application/json", "v2": json_api.MEDIA_TYPE}
RELATIONS = {
    "authorId": ("author", "users"),
    "categoryId": ("category", "categories"),
    "featuredImageId": ("featuredImage", "media"),
    "parentId": ("parent", "categories"),
    "profileImageId": ("profileImage", "media"),
    "tagIds": ("tags", "tags"),
}
SESSIONS = {name: f"ses_{number:026}" for number, name in enumerate(PEOPLE, 100)}
KEY_ID, KEY_SECRET = f"key_{100:026}", "s" * 43


class Client:
    """One version of the API, as somebody uses it."""

    def __init__(self, http, version, headers=None):
        self.http, self.version, self.headers = http, version, headers or {}
        self.root = f"/api/{version}"

    def with_(self, **headers):
        """The same with further headers: `if_match` is `If-Match`."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return Client(self.http, self.version, {**self.headers, **given})

    async def send(self, method, path, type=None, /, **input):
        """Send an input in GraphQL's names, the resource's `type` as in v2."""
        type = type or path.split("/")[1].partition("?")[0]
        id = addressed(path) if method == "PATCH" else None
        return await self.raw(method, path, body(self.version, type, input, id) if input else None)

    async def raw(self, method, path, content=None, **options):
        """Send a body as it is: bytes, or what is to be JSON."""
        headers = {**self.headers, **options.pop("headers", {})}
        if content is not None:
            headers.setdefault("Content-Type", TYPES[self.version])
            if not isinstance(content, bytes):
                content = orjson.dumps(content)
        answer = await self.http.request(
            method, self.root + path, content=content, headers=headers, **options
        )
        if self.version == "v2" and answer.headers.get("Content-Type") != PROBLEM:
            json_api.checked(answer)
        return answer

    async def etag(self, path):
        return (await self.raw("GET", path)).headers["ETag"]

    def pointer(self, *path):
        """Where a field of GraphQL's is in a body."""
        first, *rest = path
        tail = "".join(f"/{part if self.version == 'v2' else snake(str(part))}" for part in rest)
        if self.version == "v1":
            return f"/{snake(first)}{tail}"
        if first in RELATIONS:
            return f"/data/relationships/{RELATIONS[first][0]}/data{tail}"
        return f"/data/attributes/{first}{tail}"


def addressed(path: str) -> str:
    """The id in an address: `/users/{id}…`."""
    return unquote(path.partition("?")[0].split("/")[2])


def body(version: str, type: str, input: dict[str, Any], id: str | None = None) -> Any:
    if version == "v1":
        return spelled(input, snake)
    relations = {
        RELATIONS[name][0]: {"data": identifiers(RELATIONS[name][1], value)}
        for name, value in input.items()
        if name in RELATIONS
    }
    attributes = {name: value for name, value in input.items() if name not in RELATIONS}
    data = {"type": type, "id": id, "attributes": attributes, "relationships": relations}
    return {"data": {name: value for name, value in data.items() if value}}


def identifiers(type: str, ids: Any) -> Any:
    """JSON:API's resource identifiers."""
    if isinstance(ids, list):
        return [{"type": type, "id": id} for id in ids]
    return ids and {"type": type, "id": ids}


def spelled(value: Any, name: Any) -> Any:
    """With all names of objects in another spelling."""
    if isinstance(value, dict):
        return {name(key): spelled(inner, name) for key, inner in value.items()}
    return [spelled(inner, name) for inner in value] if isinstance(value, list) else value


def shown(answer) -> Any:
    """The attributes of the resource in an answer, in GraphQL's names."""
    return spelled(answer.json()["data"]["attributes"], camel)


def problems(answer) -> list[tuple[str, str, str | None]]:
    """What is wrong: status, code and place of each error."""
    return [
        (error["status"], error["code"], next(iter(error.get("source", {}).values()), None))
        for error in answer.json()["errors"]
    ]


@pytest.fixture(params=VERSIONS)
def api(request, http):
    """Nobody, at each version."""
    return Client(http, request.param)


@pytest.fixture
async def world(db):
    """Owner, other, editor and admin, what the owner has, and sessions of all."""
    await people(db)


@pytest.fixture
def as_(api, resources, world):
    """Somebody of the world, at each version; `guest` is nobody, `key` may only read."""

    def as_(name):
        return Client(api.http, api.version, headers_of(resources, name))

    return as_


async def people(db) -> None:
    """Make the database what it was before any call, with everybody signed in."""
    await restore(db)
    await make.add(
        db,
        *(
            Session(id=id, user_id=IDS[name], expires_at=TOMORROW)
            for name, id in SESSIONS.items()
        ),
        ApiKey(
            id=KEY_ID, user_id=IDS["owner"], name="Reading", scopes=["public:read"],
            digest=opaque.digest(KEY_SECRET), last_used_at=datetime.now(UTC),
        ),
    )  # fmt: skip


def headers_of(resources, name: str) -> dict[str, str]:
    if name == "guest":
        return {}
    if name == "key":
        return {"X-API-Key": opaque.api_key(KEY_ID, KEY_SECRET)}
    token, _ = resources.tokens.issue(IDS[name], SESSIONS[name], datetime.now(UTC))
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def dump(db):
    """All that is stored, but for what refused calls may leave: counts of failures."""
    tables = [
        table
        for table in Base.metadata.sorted_tables
        if table not in (Attempt.__table__, IdempotencyRecord.__table__)
    ]

    async def dump():
        return await db.inspect(
            lambda connection: {
                table.name: sorted(map(repr, connection.execute(table.select())))
                for table in tables
            }
        )

    return dump
