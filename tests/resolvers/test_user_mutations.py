import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.models import ApiKey, AuditEntry, MediaKind, OutboxEvent, Session, Theme, User
from app.permissions import GUEST, Actor, Role
from tests import factories as make

ADA, BOB, CLO, EVE = (f"usr_{number:026}" for number in range(1, 5))
AS_ADA, AS_ADMIN = Actor(ADA, Role.USER), Actor(CLO, Role.ADMIN)

# The guidelines' sample mutation (13.3), word for word.
SAMPLE = """
mutation UpdateUserProfile($input: UpdateUserProfileInput!) {
  updateUserProfile(input: $input) {
    # Return the updated user
    user {
      id
      username
      fullName
      bio
      preferences {
        theme
        emailNotifications
      }
    }
    # Return any validation errors
    errors {
      field
      message
    }
  }
}
"""
UPDATE = """
mutation ($input: UpdateUserProfileInput!) {
  updateUserProfile(input: $input) {
    user { fullName bio version profileImage { id } preferences { theme emailNotifications } }
    errors { field code path } conflict { expected actual } clientMutationId replayed
  }
}
"""
ASSIGN = """
mutation ($input: AssignRoleInput!) {
  assignRole(input: $input) { user { role version } errors { field code } }
}
"""
SWITCH = """
mutation ($input: UserInput!) {
  FIELD(input: $input) { user { deactivatedAt version } errors { field code } }
}
"""


@pytest.fixture
async def people(db):
    await make.add(
        db,
        make.user(
            id=ADA, username="ada", full_name="Ada Lovelace", bio="Counts",
            preferences={"theme": Theme.DARK},
        ),
        make.user(id=BOB, username="bob"),
        make.user(id=CLO, username="clo", role=Role.ADMIN),
    )  # fmt: skip


async def users(db):
    return await db.fetch(select(User.__table__).order_by(User.id))


async def told(db):
    rows = select(
        AuditEntry.action, AuditEntry.subject_id, AuditEntry.changed, OutboxEvent.data
    ).join(OutboxEvent, OutboxEvent.subject == AuditEntry.subject_id)
    return [tuple(row) for row in await db.fetch(rows.where(OutboxEvent.type == AuditEntry.action))]


# --- The profile ---------------------------------------------------------------------------------


async def test_the_sample_mutation_answers_with_the_changed_user(data, db, people):
    answer = await data(
        SAMPLE,
        AS_ADA,
        input={
            "id": ADA,
            "fullName": " Augusta Ada King ",
            "bio": "Writes\nprograms",
            "preferences": {"theme": "LIGHT", "emailNotifications": False},
        },
    )

    assert answer["updateUserProfile"] == {
        "user": {
            "id": ADA,
            "username": "ada",
            "fullName": "Augusta Ada King",
            "bio": "Writes\nprograms",
            "preferences": {"theme": "LIGHT", "emailNotifications": False},
        },
        "errors": [],
    }
    changed = ["bio", "full_name", "preferences"]
    assert await told(db) == [
        ("user.updated", ADA, changed, {"actorId": ADA, "changedFields": changed})
    ]


async def test_what_is_absent_stays_and_what_is_null_goes(data, people):
    steps = [
        ({}, ("Ada Lovelace", "Counts", "DARK", True, 1)),
        ({"bio": None}, ("Ada Lovelace", None, "DARK", True, 2)),
        ({"fullName": None, "bio": "  "}, (None, None, "DARK", True, 3)),
        ({"preferences": {"emailNotifications": False}}, (None, None, "DARK", False, 4)),
        ({"preferences": {"theme": None}}, (None, None, "SYSTEM", False, 5)),
        ({"preferences": None}, (None, None, "SYSTEM", True, 6)),
        ({"preferences": None, "bio": None}, (None, None, "SYSTEM", True, 6)),
    ]
    for given, expected in steps:
        payload = (await data(UPDATE, AS_ADA, input={"id": ADA, **given}))["updateUserProfile"]
        user, chosen = payload["user"], payload["user"]["preferences"]
        found = (user["fullName"], user["bio"], *chosen.values(), user["version"])
        assert (found, payload["errors"]) == (expected, [])


async def test_everything_that_is_wrong_is_told_and_nothing_is_changed(data, db, people):
    film = make.image(kind=MediaKind.VIDEO)
    await make.add(db, film)
    before = await users(db)
    payload = await data(
        UPDATE,
        AS_ADA,
        input={
            "id": ADA, "fullName": "x" * 101, "bio": "\0" + "x" * 5_000,
            "profileImageId": film.id, "preferences": {"theme": "LIGHT"},
            "clientMutationId": "7",
        },
    )  # fmt: skip

    assert payload["updateUserProfile"] == {
        "user": None,
        "errors": [
            {"field": "fullName", "code": "TOO_LONG", "path": ["fullName"]},
            {"field": "bio", "code": "INVALID", "path": ["bio"]},
            {"field": "bio", "code": "TOO_LONG", "path": ["bio"]},
            {"field": "profileImageId", "code": "NOT_FOUND", "path": ["profileImageId"]},
        ],
        "conflict": None,
        "clientMutationId": "7",
        "replayed": False,
    }
    assert await users(db) == before
    assert await told(db) == []


async def test_an_image_becomes_the_portrait_and_goes_again(data, db, people):
    image = make.image()
    await make.add(db, image)
    for id in (image.id, None):
        given = {"id": ADA, "profileImageId": id}
        payload = (await data(UPDATE, AS_ADA, input=given))["updateUserProfile"]
        assert payload["user"]["profileImage"] == ({"id": id} if id else None)


async def test_fifty_changes_of_one_version_are_one(data, db, people):
    given = [{"id": ADA, "bio": f"Bio {n}", "ifVersion": 1} for n in range(50)]
    answers = await asyncio.gather(*(data(UPDATE, AS_ADA, input=one) for one in given))
    payloads = [answer["updateUserProfile"] for answer in answers]

    won = [payload for payload in payloads if not payload["errors"]]
    lost = [payload for payload in payloads if payload["errors"]]
    assert len(won) == 1
    assert won[0]["user"]["version"] == 2
    assert {str(payload["conflict"]) for payload in lost} == {str({"expected": 1, "actual": 2})}
    assert (await users(db))[0].bio == won[0]["user"]["bio"]


async def test_search_finds_the_new_name_and_no_longer_the_old(data, people):
    await data(UPDATE, AS_ADA, input={"id": ADA, "fullName": "Augusta King"})
    found = await data("""{
        new: search(query: "augusta") { totalCount }
        old: search(query: "lovelace") { totalCount }
        name: search(query: "ada") { totalCount }
        bio: users(filter: {query: "counts"}) { totalCount }
    }""")
    assert {name: one["totalCount"] for name, one in found.items()} == {
        "new": 1, "old": 0, "name": 1, "bio": 1,
    }  # fmt: skip


async def test_an_admin_changes_anybody_and_a_stranger_nobody(ask, db, people):
    before = await users(db)
    for actor, code in (
        (GUEST, "UNAUTHENTICATED"),
        (Actor(BOB, Role.USER), "INSUFFICIENT_PERMISSIONS"),
        (Actor(BOB, Role.EDITOR), "INSUFFICIENT_PERMISSIONS"),
        (Actor(ADA, Role.USER, frozenset({"content:*"})), "INSUFFICIENT_PERMISSIONS"),
    ):
        body = await ask(UPDATE, actor, input={"id": ADA, "bio": "Mine"})
        assert [error["extensions"]["code"] for error in body["errors"]] == [code]
    assert await users(db) == before
    assert await told(db) == []

    body = await ask(UPDATE, AS_ADMIN, input={"id": ADA, "bio": "Theirs"})
    assert body["data"]["updateUserProfile"]["user"]["bio"] == "Theirs"


@pytest.mark.parametrize("id", ["usr_none", EVE, "", "\0", "cnt_1", "x" * 10_000])
async def test_an_unknown_user_is_not_found(data, people, id):
    errors = [{"field": "id", "code": "NOT_FOUND"}]
    payload = await data(UPDATE, AS_ADMIN, input={"id": id, "bio": "New"})
    assert [one["code"] for one in payload["updateUserProfile"]["errors"]] == ["NOT_FOUND"]
    for field in ("deactivateUser", "reactivateUser"):
        payload = await data(SWITCH.replace("FIELD", field), AS_ADMIN, input={"id": id})
        assert payload[field]["errors"] == errors
    payload = await data(ASSIGN, AS_ADMIN, input={"userId": id, "role": "EDITOR"})
    assert payload["assignRole"]["errors"] == [{"field": "userId", "code": "NOT_FOUND"}]


# --- Roles ---------------------------------------------------------------------------------------


async def test_a_role_is_assigned_and_told(data, db, people):
    for _ in range(2):  # twice is the same as once
        answer = await data(ASSIGN, AS_ADMIN, input={"userId": BOB, "role": "EDITOR"})
        assert answer["assignRole"] == {"user": {"role": "EDITOR", "version": 2}, "errors": []}
    data_ = {"actorId": CLO, "changedFields": ["role"], "role": "EDITOR"}
    assert await told(db) == [("user.role_assigned", BOB, ["role"], data_)]


async def test_nobody_becomes_a_guest(data, db, people):
    before = await users(db)
    answer = await data(ASSIGN, AS_ADMIN, input={"userId": BOB, "role": "GUEST"})
    assert answer["assignRole"]["errors"] == [{"field": "role", "code": "INVALID"}]
    assert await users(db) == before


async def test_the_last_admin_stays(data, db, people):
    await make.add(db, make.user(id=EVE, role=Role.ADMIN, deactivated_at=make.NOON))
    before = await users(db)

    demoted = await data(ASSIGN, AS_ADMIN, input={"userId": CLO, "role": "USER"})
    deactivate = SWITCH.replace("FIELD", "deactivateUser")
    by_another = await data(deactivate, Actor(EVE, Role.ADMIN), input={"id": CLO})

    assert demoted["assignRole"]["errors"] == [{"field": "role", "code": "INVALID_STATE"}]
    assert by_another["deactivateUser"]["errors"] == [{"field": "id", "code": "INVALID_STATE"}]
    assert await users(db) == before


async def test_two_admins_who_dismiss_each_other_leave_one(data, db, people):
    await make.add(db, make.user(id=EVE, role=Role.ADMIN))
    both = [(AS_ADMIN, EVE), (Actor(EVE, Role.ADMIN), CLO)]
    for _ in range(5):
        asked = (data(ASSIGN, who, input={"userId": whom, "role": "USER"}) for who, whom in both)
        answers = [answer["assignRole"]["errors"] for answer in await asyncio.gather(*asked)]
        assert sorted(map(len, answers)) == [0, 1]
        roles = [user.role for user in await users(db) if user.id in (CLO, EVE)]
        assert sorted(roles) == [Role.ADMIN, Role.USER]
        left = next(user.id for user in await users(db) if user.role is Role.ADMIN)
        back = CLO if left == EVE else EVE
        await data(ASSIGN, Actor(left, Role.ADMIN), input={"userId": back, "role": "ADMIN"})


# --- Coming in -----------------------------------------------------------------------------------


async def test_a_deactivated_user_has_nothing_left_to_come_in_with(data, db, people):
    later = datetime.now(UTC) + timedelta(days=1)
    ended = {"revoked_at": make.NOON}
    await make.add(
        db,
        Session(id="ses_old", user_id=BOB, expires_at=later, **ended),
        Session(id="ses_new", user_id=BOB, expires_at=later),
        Session(id="ses_other", user_id=ADA, expires_at=later),
        ApiKey(id="key_new", user_id=BOB, name="Key", scopes=["*"], digest="0" * 64),
    )
    gone = (await data(SWITCH.replace("FIELD", "deactivateUser"), AS_ADMIN, input={"id": BOB}))[
        "deactivateUser"
    ]

    at = (await users(db))[1].deactivated_at
    assert gone == {"user": {"deactivatedAt": at.isoformat(), "version": 2}, "errors": []}
    revoked = dict(await db.fetch(select(Session.id, Session.revoked_at)))
    assert revoked == {"ses_old": make.NOON, "ses_new": at, "ses_other": None}
    assert await db.fetch(select(ApiKey.revoked_at)) == [(at,)]

    back = await data(SWITCH.replace("FIELD", "reactivateUser"), AS_ADMIN, input={"id": BOB})
    assert back["reactivateUser"]["user"] == {"deactivatedAt": None, "version": 3}
    assert dict(await db.fetch(select(Session.id, Session.revoked_at))) == revoked
    assert [action for action, *_ in await told(db)] == ["user.deactivated", "user.reactivated"]


CONFLICTS = """
mutation ($id: ID!, $version: Int) {
  assignRole(input: {userId: $id, role: EDITOR, ifVersion: $version}) { ...on UserPayload { ...C } }
  deactivateUser(input: {id: $id, ifVersion: $version}) { ...C }
  reactivateUser(input: {id: $id, ifVersion: $version}) { ...C }
  eraseUser(input: {id: $id, content: REMOVE, ifVersion: $version}) { ...C }
}
fragment C on VersionedPayload { errors { field code } conflict { expected actual } }
"""


async def test_a_user_who_has_changed_since_is_left_alone(data, db, people):
    before = await users(db)
    answers = await data(CONFLICTS, AS_ADMIN, id=BOB, version=7)

    assert (
        list(answers.values())
        == [
            {
                "errors": [{"field": "ifVersion", "code": "VERSION_CONFLICT"}],
                "conflict": {"expected": 7, "actual": 1},
            }
        ]
        * 4
    )
    assert await users(db) == before
    assert await told(db) == []
    answer = await data(ASSIGN, AS_ADMIN, input={"userId": BOB, "role": "EDITOR", "ifVersion": 1})
    assert answer["assignRole"] == {"user": {"role": "EDITOR", "version": 2}, "errors": []}


async def test_admins_cannot_deactivate_themselves(data, db, people):
    await make.add(db, make.user(id=EVE, role=Role.ADMIN))
    before = await users(db)
    answer = await data(SWITCH.replace("FIELD", "deactivateUser"), AS_ADMIN, input={"id": CLO})
    assert answer["deactivateUser"]["errors"] == [{"field": "id", "code": "INVALID_STATE"}]
    assert await users(db) == before


async def test_what_a_viewer_can_is_told_beforehand(data, people):
    query = (
        "query ($id: ID!) { user(id: $id) { viewerCan { update assignRole deactivate erase } } }"
    )
    for actor, id, expected in (
        (GUEST, ADA, (False, False, False, False)),
        (AS_ADA, ADA, (True, False, False, True)),
        (AS_ADA, BOB, (False, False, False, False)),
        (Actor(BOB, Role.EDITOR), ADA, (False, False, False, False)),
        (AS_ADMIN, ADA, (True, True, True, True)),
        (AS_ADMIN, CLO, (True, True, False, True)),
        (Actor(ADA, Role.USER, frozenset({"public:read"})), ADA, (False, False, False, False)),
    ):
        answer = await data(query, actor, id=id)
        assert tuple(answer["user"]["viewerCan"].values()) == expected
