"""Users through REST: profiles, preferences, roles, the end of an account."""

import httpx2
import pytest
from sqlalchemy import select

from app.main import create_app
from app.models import ContentItem, User
from app.rest.names import snake
from asgi import doors
from tests.conftest import BASE_URL
from tests.resolvers.access_world import IDS, SECRETS
from tests.rest.writing import problems, shown

# It asks about the door, which is the same on both databases.
pytestmark = pytest.mark.parametrize("migrated", ["sqlite"], indirect=True)

OWNER = f"/users/{IDS['owner']}"
OTHER = f"/users/{IDS['other']}"
NEW = {"username": "Newcomer", "email": "New@Heart.example", "password": SECRETS["password"]}


def named(api, name):
    return snake(name) if api.version == "v1" else name


async def preferences(client):
    return shown(await client.raw("GET", f"{OWNER}/preferences"))


async def test_a_new_account(api, world, db):
    answer = await api.send("POST", "/users", fullName=" New Comer ", **NEW)

    assert answer.status_code == 201
    assert shown(answer)["username"] == "Newcomer"
    assert shown(answer)["fullName"] == "New Comer"
    assert shown(answer)["email"] is None  # whoever registers is not signed in yet
    assert NEW["password"] not in answer.text
    (row,) = await db.fetch(select(User.email).where(User.username == "Newcomer"))
    assert row.email == "New@Heart.example"


async def test_a_profile_is_changed_in_part(as_):
    owner = as_("owner")
    await owner.send("PATCH", OWNER, fullName="Ada", bio="Counts.", profileImageId=IDS["image"])

    changed = await owner.send("PATCH", OWNER, bio=None)

    assert (shown(changed)["fullName"], shown(changed)["bio"]) == ("Ada", None)
    linked = await owner.raw("GET", f"{OWNER}/relationships/profile-image")
    assert linked.json()["data"]["id"] == IDS["image"]


async def test_a_profile_is_replaced(as_):
    owner = as_("owner")
    await owner.send(
        "PATCH", OWNER, fullName="Ada", bio="Counts.", profileImageId=IDS["image"],
        preferences={"theme": "DARK"},
    )  # fmt: skip

    replaced = await owner.send("PUT", OWNER, fullName="Eva")

    assert (shown(replaced)["fullName"], shown(replaced)["bio"]) == ("Eva", None)
    linked = await owner.raw("GET", f"{OWNER}/relationships/profile-image")
    assert linked.json()["data"] is None
    assert await preferences(owner) == {"theme": "SYSTEM", "emailNotifications": True}


async def test_replacing_twice_changes_nothing_more(as_):
    owner = as_("owner")

    answers = [await owner.send("PUT", OWNER, fullName="Eva") for _ in range(2)]

    assert answers[0].content == answers[1].content


async def test_preferences(as_):
    owner, path = as_("owner"), f"{OWNER}/preferences"

    changed = await owner.send("PATCH", path, "preferences", theme="DARK")
    assert shown(changed) == {"theme": "DARK", "emailNotifications": True}
    assert changed.headers["ETag"] == await owner.etag(path)
    replaced = await owner.send("PUT", path, "preferences", emailNotifications=False)
    assert shown(replaced) == {"theme": "SYSTEM", "emailNotifications": False}
    wrong = await owner.send("PATCH", path, "preferences", theme="PINK", emailNotifications="no")
    assert sorted(problems(wrong)) == sorted(
        ("400", "validation_error", owner.pointer(name)) for name in ("theme", "emailNotifications")
    )
    nested = await owner.send("PATCH", OWNER, preferences={"emailNotifications": True})
    assert nested.status_code == 200
    assert await preferences(owner) == {"theme": "SYSTEM", "emailNotifications": True}


async def test_roles_and_coming_in(as_, db):
    admin, editor = as_("admin"), as_("editor")

    raised = await admin.send("POST", f"{OWNER}/assign-role", role="EDITOR")
    assert (raised.status_code, shown(raised)["role"]) == (200, "EDITOR")
    assert (await as_("owner").send("POST", "/tags", name="New")).status_code == 201

    out = await admin.send("POST", f"/users/{IDS['editor']}/deactivate")
    assert shown(out)["deactivatedAt"] is not None
    assert (await editor.raw("GET", "/users/me")).status_code == 401
    back = await admin.send("POST", f"/users/{IDS['editor']}/reactivate")
    assert shown(back)["deactivatedAt"] is None

    self = await admin.send("POST", f"/users/{IDS['admin']}/deactivate")
    assert [problem[:2] for problem in problems(self)] == [("409", "invalid_state")]


async def test_the_id_in_a_body_may_be_that_of_the_address(as_, api):
    if api.version == "v1":
        answer = await as_("admin").raw("PATCH", OWNER, {"id": IDS["owner"], "bio": "x"})
        assert problems(answer) == [("400", "validation_error", "/id")]
        return
    data = {"type": "users", "id": IDS["owner"], "attributes": {"role": "EDITOR"}}
    same = await as_("admin").raw("POST", f"{OWNER}/assign-role", {"data": data})
    other = await as_("admin").raw("POST", f"{OTHER}/assign-role", {"data": data})

    assert same.status_code == 200
    assert problems(other) == [("409", "conflict", "/data/id")]


async def test_content_is_in_the_way_of_erasing(as_, api, dump):
    before = await dump()

    answer = await as_("admin").send("DELETE", OWNER)

    parameter = named(api, "eraseContent")
    assert problems(answer) == [("409", "in_use", parameter)]
    assert answer.json()["errors"][0]["source"] == {"parameter": parameter}
    assert await dump() == before


async def test_erasing_a_user_with_their_content(as_, api, db):
    admin = as_("admin")

    answer = await admin.send("DELETE", f"{OWNER}?{named(api, 'eraseContent')}=remove")

    assert (answer.status_code, answer.content) == (204, b"")
    assert (await admin.raw("GET", OWNER)).status_code == 404
    assert await db.fetch(select(ContentItem.id)) == []


async def test_erasing_a_user_whose_content_becomes_anothers(as_, api, db):
    query = f"{named(api, 'eraseContent')}=reattribute&{named(api, 'reattributeTo')}={IDS['other']}"

    answer = await as_("admin").send("DELETE", f"{OWNER}?{query}")

    assert answer.status_code == 204
    assert set(await db.fetch(select(ContentItem.author_id))) == {(IDS["other"],)}


@pytest.mark.parametrize(
    ("query", "status", "code", "parameter"),
    [
        ("eraseContent=all", 400, "invalid_parameter", "eraseContent"),
        ("eraseContent=reattribute", 422, "required", "reattributeTo"),
        ("eraseContent=reattribute&reattributeTo=usr_x", 422, "not_found", "reattributeTo"),
        ("eraseContent=remove&eraseContent=remove", 400, "invalid_parameter", "eraseContent"),
    ],
)
async def test_parameters_of_erasing(as_, api, dump, query, status, code, parameter):
    before = await dump()
    for name in ("eraseContent", "reattributeTo"):
        query = query.replace(name, named(api, name))

    answer = await as_("admin").send("DELETE", f"{OWNER}?{query}")

    assert problems(answer) == [(str(status), code, named(api, parameter))]
    assert await dump() == before


async def test_erasing_oneself_takes_the_password(as_, api, dump):
    other, before = as_("other"), await dump()
    wrong = await other.send("POST", f"{OTHER}/erase", password="Wrong-Word-11")
    none = await other.send("POST", f"{OTHER}/erase")

    assert problems(wrong) == [("422", "invalid_credentials", api.pointer("password"))]
    assert [problem[1] for problem in problems(none)] == ["required"]
    assert await dump() == before
    right = await other.send("POST", f"{OTHER}/erase", password=SECRETS["password"])
    assert right.status_code == 204
    assert (await other.raw("GET", "/users/me")).status_code == 401


async def test_the_workflow_of_the_guidelines(resources, world, db):
    """9.3, and what 9.2 asks of creating users: attributes are in `data.attributes` here."""
    app = create_app(resources, doors=doors(resources))
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    api = f"{BASE_URL}/api/v1"
    async with httpx2.AsyncClient(transport=transport) as requests:
        signed_in = await requests.post(
            f"{api}/auth/login", json={"username": "admin", "password": SECRETS["password"]}
        )
        assert signed_in.status_code == 200
        headers = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}

        new = {"username": "testuser1", "email": "test1@example.com", "password": "SecurePass123!"}
        created = await requests.post(f"{api}/users", headers=headers, json=new)
        assert created.status_code == 201
        data = created.json()["data"]
        assert data["attributes"]["username"] == new["username"]
        assert data["attributes"]["email"] == new["email"]
        assert "password" not in created.text
        user = f"{api}/users/{data['id']}"

        found = await requests.get(user, headers=headers)
        assert found.status_code == 200
        assert found.json()["data"]["attributes"]["username"] == new["username"]

        update = {"full_name": "Test User"}
        changed = await requests.patch(user, headers=headers, json=update)
        assert changed.status_code == 200
        assert changed.json()["data"]["attributes"]["full_name"] == update["full_name"]

        assert (await requests.delete(user, headers=headers)).status_code == 204
        assert (await requests.get(user, headers=headers)).status_code == 404

        missing = await requests.post(f"{api}/users", headers=headers, json={"username": "two"})
        assert missing.status_code == 400
        assert missing.json()["errors"][0]["code"] == "validation_error"
