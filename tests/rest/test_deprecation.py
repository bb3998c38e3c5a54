"""A version or a route that is to be left says so: RFC 9745, RFC 8594."""

from datetime import UTC, datetime

import pytest

from app.setting_values import Deprecation
from tests.resolvers.access_world import IDS
from tests.rest.writing import Client

# It asks about the door, which is the same on both databases.
pytestmark = pytest.mark.parametrize("migrated", ["sqlite"], indirect=True)

SINCE = datetime(2027, 1, 1, tzinfo=UTC)
SUNSET = datetime(2028, 1, 1, tzinfo=UTC)
OF_VERSION = {
    "Deprecation": "@1798761600",
    "Sunset": "Sat, 01 Jan 2028 00:00:00 GMT",
    "Link": '</api/v2>; rel="successor-version", '
    '<https://content.example/leaving-v1>; rel="deprecation"; type="text/html"',
}
OF_ROUTE = {"Deprecation": "@1798761600", "Link": '</api/v2/tags>; rel="successor-version"'}
USER = f"/users/{IDS['owner']}"


@pytest.fixture
def settings(settings):
    deprecations = {
        "v1": Deprecation(
            since=SINCE,
            sunset=SUNSET,
            successor="/api/v2",
            documentation="https://content.example/leaving-v1",
        ),
        "GET /api/v1/tags/{id}": Deprecation(since=SINCE, successor="/api/v2/tags"),
        "PATCH /api/v2/users/{id}": Deprecation(since=SINCE),
    }
    return settings.model_copy(update={"deprecations": deprecations})


def told(answer):
    return {name: answer.headers[name] for name in OF_VERSION if name in answer.headers}


@pytest.fixture
def v1(http, world):
    return Client(http, "v1")


@pytest.fixture
def v2(http, world):
    return Client(http, "v2")


async def test_of_a_version_on_every_answer(v1):
    found = await v1.raw("GET", USER)
    known = await v1.with_(If_None_Match=found.headers["ETag"]).raw("GET", USER)
    answers = [
        found,
        known,
        await v1.raw("HEAD", USER),
        await v1.raw("GET", "/users"),
        await v1.raw("GET", "/users/usr_x"),
        await v1.raw("GET", "/users?page=0"),
        await v1.send("PATCH", USER, fullName="New"),
        await v1.raw("POST", "/users", b"{"),
        await v1.with_(Accept="text/html").raw("GET", USER),
    ]

    statuses = [answer.status_code for answer in answers]
    assert statuses == [200, 304, 200, 200, 404, 400, 401, 400, 406]
    assert [told(answer) for answer in answers] == [OF_VERSION] * 9


async def test_what_is_said_of_a_route_goes_before_its_version(v1):
    answer = await v1.raw("GET", f"/tags/{IDS['tag']}")
    other = await v1.raw("GET", "/tags")

    assert told(answer) == OF_ROUTE
    assert told(other) == OF_VERSION


async def test_of_one_method_of_a_route_alone(v2):
    refused = await v2.send("PATCH", USER, fullName="New")
    read = await v2.raw("GET", USER)

    assert (refused.status_code, told(refused)) == (401, {"Deprecation": "@1798761600"})
    assert (read.status_code, told(read)) == (200, {})
