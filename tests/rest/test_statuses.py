"""Each status of the guidelines (3.5), and the others that are used, at both versions."""

import logging

import httpx2
import pytest

from app.errors import Unavailable
from app.main import create_app
from asgi import doors
from tests.conftest import BASE_URL
from tests.resolvers.access_world import IDS, SECRETS
from tests.rest.writing import Client, headers_of, problems

# It asks about the door, which is the same on both databases.
pytestmark = pytest.mark.parametrize("migrated", ["sqlite"], indirect=True)

ITEM = f"/content-items/{IDS['draft']}"
USER = f"/users/{IDS['owner']}"


async def test_200_for_what_is_read_or_changed(as_):
    owner = as_("owner")
    answers = [
        await owner.raw("GET", USER),
        await owner.send("PUT", USER, fullName="New"),
        await owner.send("PATCH", USER, bio="New"),
        await owner.send("POST", f"/content-items/{IDS['published']}/discard-draft"),
    ]

    assert [answer.status_code for answer in answers] == [200] * 4


@pytest.mark.parametrize(
    ("path", "input"),
    [
        ("/users", {"username": "newcomer", "email": "n@heart.example",
                    "password": SECRETS["password"]}),
        ("/content-items", {"title": "New"}),
        ("/tags", {"name": "New"}),
        ("/categories", {"name": "New"}),
        ("/api-keys", {"name": "New", "scopes": ["public:read"]}),
    ],
)  # fmt: skip
async def test_201_says_where_the_new_one_is(as_, path, input):
    admin = as_("admin")

    answer = await admin.send("POST", path, **input)

    assert answer.status_code == 201
    address = f"{admin.root}{path}/{answer.json()['data']['id']}"
    assert answer.headers["Location"] == address == answer.json()["data"]["links"]["self"]
    assert (await admin.http.get(address, headers=admin.headers)).status_code == 200


async def test_204_when_nothing_is_left_to_tell(as_):
    admin = as_("admin")

    for path in (ITEM, f"/tags/{IDS['tag']}", f"/users/{IDS['other']}", "/sessions"):
        answer = await admin.send("DELETE", path)
        assert (answer.status_code, answer.content) == (204, b"")
        assert "Content-Type" not in answer.headers


async def test_400_for_what_cannot_be_read(as_):
    assert (await as_("owner").raw("POST", "/content-items", b"{")).status_code == 400
    assert (await as_("owner").send("POST", "/content-items", title=1)).status_code == 400
    assert (await as_("owner").raw("GET", "/users?none=1")).status_code == 400


async def test_401_says_how_to_sign_in(as_, api, world):
    guest = await as_("guest").send("POST", "/content-items", title="New")
    forged = await api.with_(Authorization="Bearer x.y.z").raw("GET", USER)
    other = await api.with_(Authorization="Basic b3duZXI6cGFzcw==").raw("GET", USER)
    key = await api.with_(X_API_Key="tak_x").raw("GET", USER)

    assert problems(guest) == [("401", "unauthenticated", None)]
    assert guest.headers["WWW-Authenticate"] == 'Bearer realm="thinkalike"'
    for answer in (forged, other, key):
        assert problems(answer) == [("401", "invalid_token", None)]
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


async def test_403_names_the_permission_that_is_missing(as_):
    answer = await as_("owner").send("POST", "/tags", name="New")

    assert problems(answer) == [("403", "insufficient_permissions", None)]
    assert answer.json()["errors"][0]["meta"]["permission"] == "tags:manage"
    assert "WWW-Authenticate" not in answer.headers


async def test_404_for_what_is_not_there_or_not_for_you(as_, api):
    hidden = await as_("other").send("PATCH", ITEM, title="New")
    absent = await as_("other").send("PATCH", "/content-items/cnt_x", title="New")

    assert problems(hidden) == problems(absent) == [("404", "not_found", None)]
    assert hidden.json()["errors"][0]["detail"] == absent.json()["errors"][0]["detail"]
    for path in ("/nothing", "", "/", "/content-items//", "/users/a/b/c/d"):
        assert (await api.raw("GET", path)).status_code == 404


async def test_405_says_what_is_allowed(as_, api):
    for method, path, allowed in (
        ("DELETE", "/tags", "GET, POST, HEAD, OPTIONS"),
        ("PUT", f"{ITEM}/publish", "POST, OPTIONS"),
        ("GET", "/auth/login", "POST, OPTIONS"),
        ("PURGE", USER, "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"),
    ):
        answer = await as_("admin").raw(method, path)
        assert problems(answer) == [("405", "method_not_allowed", None)]
        assert sorted(answer.headers["Allow"].split(", ")) == sorted(allowed.split(", "))


async def test_409_for_what_the_state_does_not_allow(as_, api):
    editor = as_("editor")
    await editor.send("POST", "/tags", name="New", slug="taken")

    taken = await editor.send("POST", "/tags", name="Newer", slug="taken")
    state = await editor.send("POST", f"{ITEM}/unpublish")
    used = await as_("admin").send("DELETE", USER)

    assert problems(taken) == [("409", "not_unique", api.pointer("slug"))]
    assert [problem[:2] for problem in problems(state)] == [("409", "invalid_state")]
    assert [problem[:2] for problem in problems(used)] == [("409", "in_use")]


async def test_412_for_what_has_changed_in_between(as_):
    answer = await as_("owner").with_(If_Match='"9-AAAAAAAAAAAAAAAAAAAAAA"').send("DELETE", ITEM)

    assert problems(answer) == [("412", "version_conflict", "If-Match")]


async def test_413_415_and_406(as_):
    owner = as_("owner")
    large = await owner.raw("POST", "/content-items", b" " * 1_000_001)
    type = await owner.raw("POST", "/content-items", b"x=1", headers={"Content-Type": "text/css"})
    accept = await owner.with_(Accept="text/html").send("POST", "/content-items", title="New")

    assert problems(large) == [("413", "body_too_large", None)]
    assert problems(type) == [("415", "unsupported_media_type", "Content-Type")]
    assert problems(accept) == [("406", "not_acceptable", "Accept")]


async def test_406_does_nothing(as_, dump):
    before = await dump()
    await as_("owner").with_(Accept="text/html").send("POST", "/content-items", title="New")
    assert await dump() == before


async def test_422_for_what_makes_no_sense(as_, api):
    answer = await as_("owner").send("POST", "/content-items", title="x" * 301)

    assert problems(answer) == [("422", "too_long", api.pointer("title"))]


async def test_429_says_when_to_come_again(api, world):
    for _ in range(5):
        await api.send("POST", "/auth/login", "tokens", username="owner", password="wrong")
    answers = [
        await api.send("POST", "/auth/login", "tokens", username="owner", password="wrong")
        for _ in range(2)
    ]

    assert problems(answers[1]) == [("429", "too_many_attempts", None)]
    assert int(answers[1].headers["Retry-After"]) >= 1


@pytest.fixture(params=["v1", "v2"])
async def failing(request, resources, world, monkeypatch):
    """An editor, where looking up who is who, or storing things, fails with an error."""
    app = create_app(resources, doors=doors(resources))
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url=BASE_URL) as http:
        client = Client(http, request.param, headers_of(resources, "editor"))

        def failing(error):
            def write():
                raise error

            monkeypatch.setattr(resources.db, "write", write)
            return client

        yield failing


async def test_500_is_masked_and_can_be_found_in_the_log(failing, caplog):
    client = failing(RuntimeError("secret words"))

    with caplog.at_level(logging.ERROR):
        answer = await client.with_(X_Request_ID="mine").send("POST", "/tags", name="New")

    error = answer.json()["errors"][0]
    assert problems(answer) == [("500", "internal_server_error", None)]
    assert error["detail"] == "Internal server error"
    assert error["meta"] == {"number": 5001, client.pointer("requestId").split("/")[-1]: "mine"}
    assert answer.headers["X-Request-ID"] == "mine"
    assert "secret words" not in answer.text
    assert "mine" in caplog.text
    assert "secret words" in caplog.text


async def test_503_when_the_database_does_not_answer(failing):
    client = failing(Unavailable("The database does not answer"))

    answer = await client.send("POST", "/tags", name="New")

    assert problems(answer) == [("503", "database_unavailable", None)]
    assert answer.json()["errors"][0]["meta"]["number"] == 5002
