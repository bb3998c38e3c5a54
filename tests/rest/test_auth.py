"""Accounts through REST: coming in, going on, leaving, and the keys of programs."""

from datetime import UTC, datetime

import pyotp
import pytest
from sqlalchemy import func, select, update

from app.auth import totp
from app.models import Credential, RefreshToken, Session, User
from tests.accounts.conftest import (  # noqa: F401
    ANOTHER,
    PASSWORD,
    account,
    ann,
    long_waits,
    mail,
    outbox,
    resources,
    token,
)
from tests.rest.writing import Client, problems, shown

# It asks about the door, which is the same on both databases.
pytestmark = pytest.mark.parametrize("migrated", ["sqlite"], indirect=True)

SITE = "https://content.example"


@pytest.fixture
def login(api, ann):  # noqa: F811
    """Sign in; by Ann's name and password unless told otherwise."""

    async def login(**given):
        given = {"username": "ann", "password": PASSWORD} | given
        return await api.send("POST", "/auth/login", "tokens", **given)

    return login


@pytest.fixture
def tokens():
    """The tokens in an answer: at v1 as OAuth has them."""

    def tokens(answer):
        assert answer.status_code == 200, answer.text
        told = answer.json()
        given = told if "access_token" in told else told["data"]["attributes"]
        return [value for name in ("access", "refresh") for key, value in given.items()
                if key.lower().startswith(name)]  # fmt: skip

    return tokens


@pytest.fixture
async def inside(api, login, tokens):
    """Ann, signed in."""
    access, _ = tokens(await login())
    return api.with_(Authorization=f"Bearer {access}")


async def me(client):
    return (await client.raw("GET", "/users/me")).status_code


async def test_login_at_v1_answers_as_oauth_does(http, ann):  # noqa: F811
    answer = await Client(http, "v1").send("POST", "/auth/login", username="ann", password=PASSWORD)

    told = answer.json()
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers
    assert told.keys() == {"token_type", "access_token", "refresh_token", "expires_in", "data"}
    assert (told["token_type"], told["expires_in"]) == ("Bearer", 900)
    assert told["data"]["type"] == "token"
    assert told["data"]["relationships"]["user"]["data"] == {"type": "user", "id": ann.user_id}


async def test_login_at_v2_answers_with_a_resource(http, ann):  # noqa: F811
    answer = await Client(http, "v2").send(
        "POST", "/auth/login", "tokens", username="ann", password=PASSWORD
    )

    data = answer.json()["data"]
    assert data["type"] == "tokens"
    assert data["id"].startswith("ses_")
    assert data["attributes"].keys() == {"accessToken", "refreshToken", "expiresIn"}
    assert data["relationships"]["user"]["data"] == {"type": "users", "id": ann.user_id}


@pytest.mark.parametrize("name", ["ann", "ANN", "ann@example.org", "Ann@Example.ORG"])
async def test_by_name_or_address(api, login, tokens, name):
    access, _ = tokens(await login(username=name))

    answer = await api.with_(Authorization=f"Bearer {access}").raw("GET", "/users/me")
    assert shown(answer)["username"] == "ann"


@pytest.mark.parametrize(
    "given", [{"password": ANOTHER}, {"username": "bob"}, {"username": "ann@example.com"}]
)
async def test_whatever_is_wrong_the_answer_is_the_same(login, db, given):
    answer = await login(**given)

    assert problems(answer) == [("401", "invalid_credentials", None)]
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert await db.fetch(select(Session.id)) == []


async def test_too_many_failures_wait(login, long_waits):  # noqa: F811
    for _ in range(6):
        assert (await login(password=ANOTHER)).status_code == 401
    answer = await login(password=ANOTHER)

    assert problems(answer) == [("429", "too_many_attempts", None)]
    assert 3_500 < int(answer.headers["Retry-After"]) <= 3_600


async def test_with_a_second_factor(db, resources, ann, login, tokens):  # noqa: F811
    secret = totp.new_secret()
    sealed = resources.vault.seal(secret, owner=ann.user_id)
    async with db.write() as session:
        await session.execute(
            update(Credential).values(totp_secret=sealed, totp_confirmed_at=datetime.now(UTC))
        )

    without = await login()
    wrong = await login(totpCode="000-000")
    assert problems(without) == [("401", "totp_required", None)]
    assert without.json()["errors"][0]["title"] == "Second Factor Required"
    assert problems(wrong) == [("401", "invalid_credentials", None)]
    assert len(tokens(await login(totpCode=pyotp.TOTP(secret).at(datetime.now(UTC))))) == 2


async def test_refresh_tokens_are_good_once(api, login, tokens, db):
    _, first = tokens(await login())
    access, second = tokens(await api.send("POST", "/auth/refresh", "tokens", refreshToken=first))
    inside = api.with_(Authorization=f"Bearer {access}")
    assert await me(inside) == 200

    again = await api.send("POST", "/auth/refresh", "tokens", refreshToken=first)

    assert problems(again) == [("401", "invalid_credentials", api.pointer("refreshToken"))]
    assert await me(inside) == 401  # whoever has both may be a thief
    third = await api.send("POST", "/auth/refresh", "tokens", refreshToken=second)
    assert third.status_code == 401


async def test_logout_ends_the_session(inside):
    answer = await inside.raw("POST", "/auth/logout")
    after = await inside.raw("GET", "/users/me")

    assert (answer.status_code, answer.content) == (204, b"")
    assert problems(after) == [("401", "invalid_token", None)]
    assert 'error="invalid_token"' in after.headers["WWW-Authenticate"]


async def test_from_registration_to_a_verified_address(api, mail):  # noqa: F811
    given = {"username": "newcomer", "email": "new@example.org", "fullName": "New Comer"}
    answer = await api.send("POST", "/auth/register", "users", password=PASSWORD, **given)
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"{api.root}/users/{answer.json()['data']['id']}"
    assert PASSWORD not in answer.text

    (welcome,) = await mail()
    verified = await api.send("POST", "/auth/verify-email", "users", token=token(welcome))
    assert verified.status_code == 200
    again = await api.send("POST", "/auth/verify-email", "users", token=token(welcome))
    assert again.status_code == 422


async def test_a_forgotten_password(api, mail, login, inside, tokens):  # noqa: F811
    asked = await api.send("POST", "/auth/request-password-reset", "users", email="ann@example.org")
    unknown = await api.send(
        "POST", "/auth/request-password-reset", "users", email="nobody@example.org"
    )
    (letter,) = [one for one in await mail() if one.to == "ann@example.org"]
    weak = await api.send(
        "POST", "/auth/reset-password", "users", token=token(letter), newPassword="short"
    )
    reset = await api.send(
        "POST", "/auth/reset-password", "users", token=token(letter), newPassword=ANOTHER
    )

    assert [answer.status_code for answer in (asked, unknown, reset)] == [204] * 3
    assert asked.content == unknown.content
    assert set(problems(weak)) == {("422", "invalid", api.pointer("newPassword"))}
    assert await me(inside) == 401
    assert (await login()).status_code == 401
    tokens(await login(password=ANOTHER))


async def test_another_password(api, inside, login, tokens):
    change = {"currentPassword": ANOTHER, "newPassword": ANOTHER}
    wrong = await inside.send("POST", "/auth/change-password", "users", **change)
    change = {"currentPassword": PASSWORD, "newPassword": ANOTHER}
    right = await inside.send("POST", "/auth/change-password", "users", **change)

    assert problems(wrong) == [("422", "invalid_credentials", api.pointer("currentPassword"))]
    assert right.status_code == 204
    assert (await login()).status_code == 401
    tokens(await login(password=ANOTHER))


async def test_sessions_and_their_ends(api, inside, login, tokens):
    others = []
    for _ in range(2):
        access, _ = tokens(await login())
        others.append(api.with_(Authorization=f"Bearer {access}"))
    found = (await inside.raw("GET", "/sessions")).json()["data"]
    assert [one["attributes"]["current"] for one in found].count(True) == 1
    assert len(found) == 3

    ids = (await others[0].raw("GET", "/sessions")).json()["data"]
    (mine,) = [one["id"] for one in ids if one["attributes"]["current"]]
    assert (await inside.raw("DELETE", f"/sessions/{mine}")).status_code == 204
    assert [await me(one) for one in (inside, *others)] == [200, 401, 200]

    assert (await inside.raw("DELETE", "/sessions")).status_code == 204
    assert [await me(one) for one in (inside, *others)] == [200, 401, 401]
    name = "include_current" if api.version == "v1" else "includeCurrent"
    assert (await inside.raw("DELETE", f"/sessions?{name}=true")).status_code == 204
    assert await me(inside) == 401


async def test_api_keys(api, inside):
    made = await inside.send(
        "POST", "/api-keys", name="Robot", scopes=["public:read", "content:*"], expiresIn=3_600
    )
    id, secret = made.json()["data"]["id"], made.json()["meta"]["secret"]
    robot = api.with_(X_API_Key=secret)

    assert made.status_code == 201
    assert made.headers["Location"] == f"{api.root}/api-keys/{id}"
    assert (made.headers["Cache-Control"], "ETag" in made.headers) == ("no-store", False)
    assert secret not in (await inside.raw("GET", f"/api-keys/{id}")).text
    assert (await robot.send("POST", "/content-items", title="New")).status_code == 201
    assert (await robot.raw("POST", "/auth/logout")).status_code == 403

    rotated = await inside.send("POST", f"/api-keys/{id}/rotate", graceSeconds=0)
    second = rotated.json()["meta"]["secret"]
    assert (rotated.status_code, second == secret) == (200, False)
    assert await me(robot) == 401
    assert await me(api.with_(X_API_Key=second)) == 200

    assert (await inside.raw("DELETE", f"/api-keys/{id}")).status_code == 204
    assert await me(api.with_(X_API_Key=second)) == 401


async def test_a_key_that_may_write_but_not_read(api, inside):
    made = await inside.send("POST", "/api-keys", name="Writer", scopes=["content:create"])
    writer = api.with_(X_API_Key=made.json()["meta"]["secret"])

    answer = await writer.send("POST", "/content-items", title="New")

    assert (answer.status_code, answer.content) == (204, b"")
    items = (await inside.raw("GET", "/content-items")).json()["data"]
    assert [one["attributes"]["title"] for one in items] == ["New"]


async def test_cookies_only_where_the_server_uses_them(login, db):
    answer = await login(cookie=True)

    assert [(status, code) for status, code, _ in problems(answer)] == [("422", "invalid")]
    assert "Set-Cookie" not in answer.headers
    assert await db.fetch(select(func.count()).select_from(RefreshToken)) == [(0,)]


class TestCookies:
    @pytest.fixture
    def settings(self, settings):
        return settings.model_copy(update={"session_cookies": True, "public_url": SITE})

    @pytest.fixture
    def http(self, http):
        http.base_url = SITE
        return http

    async def test_a_browser_keeps_its_session_in_cookies(self, api, login, http, db):
        answer = await login(cookie=True)
        assert answer.status_code == 200
        assert set(answer.cookies) == {"thinkalike_access", "thinkalike_refresh"}
        for line in answer.headers.get_list("set-cookie"):
            assert {"HttpOnly", "Path=/", "SameSite=lax", "Secure"} <= set(line.split("; "))
        assert all(value not in answer.text for value in answer.cookies.values())
        assert await me(api) == 200

        foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
        stolen = await api.raw("POST", "/auth/logout", headers=foreign)
        assert problems(stolen) == [("403", "csrf_prevented", None)]

        refreshed = await api.raw("POST", "/auth/refresh")
        assert refreshed.status_code == 200
        assert refreshed.cookies["thinkalike_refresh"] != answer.cookies["thinkalike_refresh"]

        out = await api.raw("POST", "/auth/logout")
        assert out.status_code == 204
        assert dict(http.cookies) == {}
        assert await me(api) == 401

    async def test_a_session_that_is_over_leaves_no_cookie(self, api, login, db, http):
        await login(cookie=True)
        async with db.write() as session:
            await session.execute(update(User).values(deactivated_at=datetime.now(UTC)))

        assert await me(api) == 401
        assert "thinkalike_access" not in http.cookies
