"""Feature flags through the door: who sees what, who switches, and what is switched off."""

import pytest
from sqlalchemy import delete, func, select

from app import ids
from app.models import AuditEntry, FeatureFlag, FeatureFlagUser, OutboxEvent, User
from app.operations.flags import MAX_USERS
from app.permissions import GUEST, Actor, Role
from resolvers.switched import unless
from tests import factories as make
from tests.factories import NOON

ADMIN = Actor(ids.new(ids.USER), Role.ADMIN)
FLAGS = "{ featureFlags { name enabled } }"
RULES = """
{ featureFlags {
  name description enabled
  rules { environment users { user { username } enabled } percentage everyone updatedAt }
} }
"""
SET = """
mutation ($input: SetFeatureFlagInput!) {
  setFeatureFlag(input: $input) {
    featureFlag {
      enabled rules { users { user { username } enabled } percentage everyone }
    }
    errors { field message code path }
  }
}
"""
REGISTER = """
mutation {
  registerUser(input: {username: "ada", email: "ada@example.org", password: "Trillian42heart"}) {
    user { username } errors { code }
  }
}
"""
SEARCH = '{ search(query: "roses") { totalCount } }'
OFF = {"code": "FEATURE_DISABLED", "number": 1003}


@pytest.fixture
async def ada(db) -> User:
    user = make.user(username="ada", email="ada@heart.example")
    await make.add(db, user)
    return user


@pytest.fixture
def switch(data):
    async def switch(name: str, actor: Actor = ADMIN, **input):
        return (await data(SET, actor, input={"name": name, **input}))["setFeatureFlag"]

    return switch


async def stored(db) -> tuple[int, ...]:
    """How many flags, users with rules, entries of the log, and events there are."""
    models = (FeatureFlag, FeatureFlagUser, AuditEntry, OutboxEvent)
    return tuple([(await db.fetch(select(func.count()).select_from(one)))[0][0] for one in models])


async def test_everybody_sees_what_is_on_for_them(db, data, ada):
    bob = make.user()
    await make.add(db, bob, FeatureFlag(name="search_off", everyone=True))
    await make.add(db, FeatureFlagUser(flag="search_off", user_id=ada.id, enabled=False))

    shown = {
        who.user_id: {
            one["name"]: one["enabled"] for one in (await data(FLAGS, who))["featureFlags"]
        }
        for who in (GUEST, Actor(ada.id, Role.USER), Actor(bob.id, Role.USER))
    }

    assert shown == {
        None: {"registration_closed": False, "search_off": True},
        ada.id: {"registration_closed": False, "search_off": False},
        bob.id: {"registration_closed": False, "search_off": True},
    }


@pytest.mark.parametrize("role", [Role.GUEST, Role.USER, Role.EDITOR])
async def test_why_is_for_admins(db, data, ada, role):
    await make.add(db, FeatureFlag(name="search_off", percentage=10))
    actor = Actor(ada.id, role) if role is not Role.GUEST else GUEST

    assert [one["rules"] for one in (await data(RULES, actor))["featureFlags"]] == [None, None]


async def test_admins_see_what_decides(db, data, ada):
    await make.add(
        db,
        FeatureFlag(name="search_off", everyone=True, percentage=10, updated_at=NOON),
        FeatureFlagUser(flag="search_off", user_id=ada.id, enabled=True),
    )

    nothing, rules = (await data(RULES, ADMIN))["featureFlags"]

    assert nothing == {
        "name": "registration_closed", "description": "Nobody can open an account.",
        "enabled": False,
        "rules": {
            "environment": None, "users": [], "percentage": None, "everyone": False,
            "updatedAt": None,
        },
    }  # fmt: skip
    assert rules["rules"] == {
        "environment": None, "users": [{"user": {"username": "ada"}, "enabled": True}],
        "percentage": 10, "everyone": True, "updatedAt": "2026-01-01T12:00:00+00:00",
    }  # fmt: skip


async def test_what_is_set_counts_at_once_and_the_rest_stays(switch, data, ada):
    await switch("search_off", percentage=100)
    changed = await switch("search_off", users=[{"userId": ada.id, "enabled": False}])

    assert changed == {
        "featureFlag": {
            "enabled": True,
            "rules": {
                "users": [{"user": {"username": "ada"}, "enabled": False}],
                "percentage": 100, "everyone": False,
            },
        },
        "errors": [],
    }  # fmt: skip
    assert (await data(FLAGS, Actor(ada.id, Role.USER)))["featureFlags"][1]["enabled"] is False


async def test_null_takes_each_rule_away(db, switch, ada):
    users = [{"userId": ada.id, "enabled": True}]
    await switch("search_off", percentage=0, everyone=True, users=users)
    gone = await switch(
        "search_off", percentage=None, everyone=None, users=[{"userId": ada.id, "enabled": None}]
    )

    assert gone["featureFlag"] == {
        "enabled": False, "rules": {"users": [], "percentage": None, "everyone": False},
    }  # fmt: skip
    assert await stored(db) == (1, 0, 2, 2)


async def test_changes_are_in_the_log_and_what_changes_nothing_is_not(db, switch, ada):
    rules = {"percentage": 25, "users": [{"userId": ada.id, "enabled": True}]}
    for _ in range(2):
        await switch("search_off", **rules)

    (entry,) = await db.fetch(select(AuditEntry.__table__))
    assert (entry.action, entry.subject_id, entry.actor_id, entry.changed, entry.details) == (
        "feature_flag.changed", "search_off", ADMIN.user_id, ["percentage", "users"],
        {"percentage": 25, "users": {ada.id: True}},
    )  # fmt: skip
    assert await stored(db) == (1, 1, 1, 1)


async def test_all_that_is_wrong_is_told_and_nothing_is_changed(db, switch, ada):
    nobody = ids.new(ids.USER)
    refused = await switch(
        "serch_off", percentage=101,
        users=[{"userId": ada.id, "enabled": True}, {"userId": nobody, "enabled": True},
               {"userId": "a\0", "enabled": None}],
    )  # fmt: skip

    assert refused == {
        "featureFlag": None,
        "errors": [
            {"field": "name", "message": "There is no such feature flag", "code": "NOT_FOUND",
             "path": ["name"]},
            {"field": "percentage", "message": "A percentage is from 0 to 100", "code": "INVALID",
             "path": ["percentage"]},
            {"field": "users.1.userId", "message": "There is no such user", "code": "NOT_FOUND",
             "path": ["users", "1", "userId"]},
            {"field": "users.2.userId", "message": "There is no such user", "code": "NOT_FOUND",
             "path": ["users", "2", "userId"]},
        ],
    }  # fmt: skip
    assert await stored(db) == (0, 0, 0, 0)


@pytest.mark.parametrize("percentage", [-1, 101])
async def test_a_percentage_that_is_none(db, switch, percentage):
    refused = await switch("search_off", percentage=percentage)

    assert [error["code"] for error in refused["errors"]] == ["INVALID"]
    assert await stored(db) == (0, 0, 0, 0)


async def test_the_users_with_rules_of_their_own_are_counted(db, switch, ada):
    crowd = [make.user() for _ in range(MAX_USERS)]
    async with db.write() as session:
        session.add_all([*crowd, FeatureFlag(name="search_off")])
        await session.flush()
        session.add_all(
            FeatureFlagUser(flag="search_off", user_id=one.id, enabled=True) for one in crowd
        )
    one_more = {"userId": ada.id, "enabled": True}

    refused = await switch("search_off", users=[one_more])
    assert [(error["field"], error["code"]) for error in refused["errors"]] == [
        ("users", "LIMIT_EXCEEDED")
    ]
    assert await stored(db) == (1, MAX_USERS, 0, 0)
    instead = await switch("search_off", users=[one_more, {"userId": crowd[0].id}])
    assert instead["errors"] == []
    assert await stored(db) == (1, MAX_USERS, 1, 1)


@pytest.mark.parametrize("role", [Role.USER, Role.EDITOR])
async def test_nobody_but_admins_switches(db, ask, ada, role):
    refused = await ask(SET, Actor(ada.id, role), input={"name": "search_off", "everyone": True})

    assert [error["extensions"] for error in refused["errors"]] == [
        {"code": "INSUFFICIENT_PERMISSIONS", "number": 1003, "permission": "flags:manage"}
    ]
    assert await stored(db) == (0, 0, 0, 0)


async def test_a_user_who_is_erased_has_no_rule_any_more(db, switch, ada):
    await switch("search_off", users=[{"userId": ada.id, "enabled": True}])
    async with db.write() as session:
        await session.execute(delete(User).where(User.id == ada.id))

    assert (await switch("search_off"))["featureFlag"]["rules"]["users"] == []


async def test_nobody_registers_while_that_is_closed(db, ask, data, switch):
    await switch("registration_closed", everyone=True)
    refused = await ask(REGISTER)

    assert refused["errors"] == [{
        "message": "This is switched off at present", "path": ["registerUser"],
        "locations": [{"line": 3, "column": 3}],
        "extensions": {**OFF, "flag": "registration_closed"},
    }]  # fmt: skip
    assert await db.fetch(select(User.id)) == []
    await switch("registration_closed", everyone=False)
    assert (await data(REGISTER))["registerUser"] == {"user": {"username": "ada"}, "errors": []}


async def test_search_is_off_for_whom_the_flag_is_on(ask, data, switch, ada):
    await switch("search_off", everyone=True, users=[{"userId": ada.id, "enabled": False}])

    assert (await ask(SEARCH))["errors"][0]["extensions"] == {**OFF, "flag": "search_off"}
    assert (await data(SEARCH, Actor(ada.id, Role.USER)))["search"] == {"totalCount": 0}


def test_a_field_is_guarded_by_a_flag_that_is_declared():
    with pytest.raises(LookupError, match="There is no feature flag 'serch_off'"):
        unless("serch_off", None)


@pytest.mark.parametrize("query", ["{ tags { totalCount } }", "{ limits { maxCost } }"])
async def test_what_asks_for_no_flag_reads_none(db, data, query):
    asked = []
    stop = db.observe(lambda statement, _: asked.append("feature_flags" in statement))
    await data(query)
    stop()

    assert not any(asked)


async def test_rest_tells_and_refuses_alike(http, switch):
    await switch("search_off", everyone=True)

    v1 = (await http.get("/api/v1/feature-flags")).json()["data"]
    v2 = (await http.get("/api/v2/feature-flags")).json()["data"]
    refused = await http.get("/api/v1/search?q=roses")

    attributes = {"description": "Search is off, to spare the database.", "enabled": True}
    assert v1[1] == {"type": "feature-flag", "id": "search_off", "attributes": attributes}
    assert v2[1] == {"type": "feature-flags", "id": "search_off", "attributes": attributes}
    assert refused.status_code == 403
    assert refused.json()["errors"][0]["code"] == "feature_disabled"
    assert refused.json()["errors"][0]["meta"]["flag"] == "search_off"
