"""Who calls the REST door."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx2
import pytest

from app.auth import opaque
from app.main import create_app
from app.permissions import Role
from asgi import doors
from tests.rest import library as books
from tests.rest.json_api import MEDIA_TYPE, checked
from tests.rest.signing import signed_in
from tests.rest.writing import api, as_, dump, world  # noqa: F401

Headers = dict[str, str]
Signed = Callable[[Role], Awaitable[Headers]]


@dataclass(frozen=True, slots=True)
class Api:
    """One version, through the whole application. `who` are headers; `path` begins after the
    version, unless it is a link."""

    http: httpx2.AsyncClient
    prefix: str
    look: Callable[[httpx2.Response], httpx2.Response]

    async def __call__(
        self, method: str, path: str, who: Mapping[str, str] = {}, **options: Any
    ) -> httpx2.Response:
        address = path if path.startswith(self.prefix) else self.prefix + path
        headers = {**who, **options.pop("headers", {})}
        return self.look(await self.http.request(method, address, headers=headers, **options))

    async def get(self, path: str, who: Mapping[str, str] = {}, **headers: str) -> httpx2.Response:
        """`If_None_Match="*"` sends a header."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self("GET", path, who, headers=named)


def followed(answer: httpx2.Response) -> httpx2.Response:
    """An answer in the media type of JSON:API, which follows it; or one in another."""
    if answer.headers.get("Content-Type") == MEDIA_TYPE:
        checked(answer)
    return answer


@pytest.fixture
def signed(resources) -> Signed:
    """Headers of somebody with a role who is signed in; a guest has none."""
    return partial(signed_in, resources)


@pytest.fixture
def application(resources):
    return create_app(resources, doors=doors(resources))


@pytest.fixture
def v1(http) -> Api:
    return Api(http, "/api/v1", lambda answer: answer)


@pytest.fixture
def v2(http) -> Api:
    """Every answer of it is held to the MUSTs of JSON:API."""
    return Api(http, "/api/v2", followed)


@pytest.fixture
async def library(resources) -> Mapping[str, Headers]:
    """Fills the database; the headers of everybody in it."""
    await books.fill(resources.db)
    now = datetime.now(UTC)
    return {
        "guest": {},
        "key": {"X-API-Key": opaque.api_key(books.KEY, books.SECRET)},
        **{
            name: {"Authorization": f"Bearer {resources.tokens.issue(user, session, now)[0]}"}
            for name, (user, session) in zip(
                ("ada", "bob", "eve", "root"), books.SESSIONS.items(), strict=True
            )
        },
    }
