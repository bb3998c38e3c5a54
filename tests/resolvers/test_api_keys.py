"""API keys: what they are good for, how long, and who has them."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from app.auth.callers import Credentials
from app.errors import InvalidToken
from app.models import ApiKey, AuditEntry, OutboxEvent, User
from app.permissions import Actor, Role
from tests import factories as make

CREATE = """
mutation ($input: CreateApiKeyInput!) {
  createApiKey(input: $input) {
    secret apiKey { id name prefix scopes expiresAt } errors { field code }
  }
}
"""
ROTATE = """
mutation ($id: ID!, $grace: Int) {
  rotateApiKey(input: {id: $id, graceSeconds: $grace}) {
    secret apiKey { id } errors { field code }
  }
}
"""
REVOKE = """
mutation ($id: ID!) { revokeApiKey(input: {id: $id}) { revokedId errors { field code } } }
"""
ONCE = """
mutation ($input: CreateApiKeyInput!) {
  createApiKey(input: $input) @idempotent(key: "1") { secret errors { field code } }
}
"""
DAY = 86_400


@pytest.fixture
def created(data):
    """Make a key that works, as somebody."""

    async def created(actor, *scopes, **input):
        asked = {"name": "Robot", "scopes": scopes or ("*",), **input}
        answer = (await data(CREATE, actor, input=asked))["createApiKey"]
        assert answer["errors"] == []
        return answer["apiKey"], answer["secret"]

    return created


@pytest.fixture
def calling(resources):
    """The actor that a key speaks for."""

    async def calling(secret):
        actor = await resources.callers.actor(Credentials(api_key=secret))
        await resources.callers.close()
        return actor

    return calling


async def somebody(db, role=Role.USER) -> Actor:
    user = make.user(role=role)
    await make.add(db, user)
    return Actor(user.id, role)


async def keys(db) -> list:
    """Every column of every key; to be compared."""
    return await db.fetch(select(ApiKey.__table__).order_by(ApiKey.id))


async def test_a_program_acts_for_its_owner(created, db, http, resources):
    ann = await somebody(db)
    key, secret = await created(ann, "public:read", "content:*", expiresIn=DAY)

    asked = {"query": "{ viewer { user { id } permissions scopes } }"}
    answer = await http.post("/graphql", json=asked, headers={"X-API-Key": secret})
    await resources.callers.close()

    assert answer.json()["data"]["viewer"] == {
        "user": {"id": ann.user_id},
        "permissions": [
            "content:create", "content:delete:own", "content:read_drafts:own",
            "content:update:own", "public:read",
        ],
        "scopes": ["content:*", "public:read"],
    }  # fmt: skip
    assert secret.startswith(key["prefix"] + "_")
    row = (await keys(db))[0]
    assert row.expires_at == row.created_at + timedelta(days=1)
    assert row.last_used_at is not None


async def test_a_secret_is_told_once_and_stored_nowhere(created, ask, db, caplog):
    ann = await somebody(db)
    key, secret = await created(ann)
    asked = {"name": "Robot", "scopes": ["*"]}
    replay = (await ask(ONCE, ann, input=asked))["data"]["createApiKey"]

    hidden = secret[-43:]  # which may have underscores
    tables = [ApiKey, AuditEntry, OutboxEvent]
    stored = [await db.fetch(select(table.__table__)) for table in tables]
    assert hidden not in str(stored)
    assert hidden not in caplog.text
    told = select(AuditEntry.action, AuditEntry.subject_id, AuditEntry.details)
    details = {"user_id": ann.user_id, "scopes": ["*"]}
    assert await db.fetch(told) == [("api_key.created", key["id"], details)]
    assert replay == {"secret": None, "errors": [{"field": None, "code": "INVALID"}]}


async def test_all_that_is_wrong_is_told_and_nothing_made(data, db):
    ann = await somebody(db)

    wrong = {"name": " ", "scopes": ["content:publish", "cake:*", "tags:*", "*"], "expiresIn": 0}
    told = (await data(CREATE, ann, input=wrong))["createApiKey"]
    few = (await data(CREATE, ann, input={"name": "a\nb", "scopes": []}))["createApiKey"]
    many = await data(CREATE, ann, input={"name": "x" * 101, "scopes": ["*"] * 51})
    late = {"name": "x", "scopes": ["*"], "expiresIn": 3_650 * DAY + 1}
    late = (await data(CREATE, ann, input=late))["createApiKey"]

    assert told == {"secret": None, "apiKey": None, "errors": [
        {"field": "name", "code": "REQUIRED"},
        {"field": "scopes.0", "code": "FORBIDDEN"},
        {"field": "scopes.1", "code": "INVALID"},
        {"field": "scopes.2", "code": "FORBIDDEN"},
        {"field": "expiresIn", "code": "INVALID"},
    ]}  # fmt: skip
    assert [one["field"] for one in few["errors"]] == ["name", "scopes"]
    assert [one["field"] for one in many["createApiKey"]["errors"]] == ["name", "scopes"]
    assert [one["field"] for one in late["errors"]] == ["expiresIn"]
    assert await keys(db) == []
    assert await db.fetch(select(AuditEntry.id)) == []


async def test_a_key_never_exceeds_its_owner(created, calling, db):
    editor = await somebody(db, Role.EDITOR)
    _, secret = await created(editor, "content:publish", "content:update")
    assert (await calling(secret)).permissions == {
        "content:publish", "content:publish:own", "content:update", "content:update:own"
    }  # fmt: skip

    async with db.write() as session:
        await session.execute(update(User).values(role=Role.USER))

    assert (await calling(secret)).permissions == {"content:update:own"}


async def test_a_key_manages_no_keys_whatever_its_scopes(created, calling, ask, data, db):
    ann = await somebody(db)
    whole, secret = await created(ann, "*")
    robot, before = await calling(secret), await keys(db)

    asked = {"name": "More", "scopes": ["*"]}
    for refused in (
        await ask(CREATE, robot, input=asked),
        await ask(ROTATE, robot, id=whole["id"]),
        await ask(REVOKE, robot, id=whole["id"]),
    ):
        assert refused["errors"][0]["extensions"]["code"] == "INSUFFICIENT_PERMISSIONS"
    assert await keys(db) == before
    useless = {"name": "Manager", "scopes": ["account:manage"]}
    answer = (await data(CREATE, ann, input=useless))["createApiKey"]
    assert answer["errors"] == [{"field": "scopes.0", "code": "FORBIDDEN"}]


async def test_the_secret_before_goes_on_for_a_while(created, calling, data, db):
    ann = await somebody(db)
    key, first = await created(ann)

    second = (await data(ROTATE, ann, id=key["id"]))["rotateApiKey"]
    assert second["errors"] == []
    assert second["apiKey"] == {"id": key["id"]}
    row = (await keys(db))[0]
    assert timedelta() < row.previous_until - datetime.now(UTC) <= timedelta(days=1)
    assert await calling(first) == await calling(second["secret"])

    third = (await data(ROTATE, ann, id=key["id"], grace=0))["rotateApiKey"]
    assert (await calling(third["secret"])).user_id == ann.user_id
    for old in (first, second["secret"]):
        with pytest.raises(InvalidToken):
            await calling(old)


async def test_what_cannot_be_rotated(created, data, db):
    ann = await somebody(db)
    key, _ = await created(ann, expiresIn=60)
    before = await keys(db)

    for grace in (-1, 7 * DAY + 1):
        told = (await data(ROTATE, ann, id=key["id"], grace=grace))["rotateApiKey"]
        assert told["errors"] == [{"field": "graceSeconds", "code": "INVALID"}]
    assert await keys(db) == before

    async with db.write() as session:
        await session.execute(update(ApiKey).values(expires_at=make.NOON - timedelta(days=1)))
    told = (await data(ROTATE, ann, id=key["id"]))["rotateApiKey"]
    assert told["errors"] == [{"field": "id", "code": "INVALID_STATE"}]


async def test_a_revoked_key_is_refused_at_once(created, data, db, http):
    ann = await somebody(db)
    key, secret = await created(ann)

    assert await data(REVOKE, ann, id=key["id"]) == {
        "revokeApiKey": {"revokedId": key["id"], "errors": []}
    }

    asked = {"query": "{ viewer { scopes } }"}
    answer = await http.post("/graphql", json=asked, headers={"X-API-Key": secret})
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"]["code"] == "INVALID_TOKEN"
    again = (await data(REVOKE, ann, id=key["id"]))["revokeApiKey"]
    rotated = (await data(ROTATE, ann, id=key["id"]))["rotateApiKey"]
    assert again["errors"] == rotated["errors"] == [{"field": "id", "code": "NOT_FOUND"}]


@pytest.mark.parametrize("role", [Role.USER, Role.ADMIN])
async def test_the_keys_of_others_do_not_exist(role, created, data, db):
    ann, other = await somebody(db), await somebody(db, role)
    key, _ = await created(ann)
    before = await keys(db)

    for id in (key["id"], "key_00000000000000000000000000", "nonsense"):
        rotated = (await data(ROTATE, other, id=id))["rotateApiKey"]
        revoked = (await data(REVOKE, other, id=id))["revokeApiKey"]
        assert rotated["errors"] == revoked["errors"] == [{"field": "id", "code": "NOT_FOUND"}]
    assert await keys(db) == before


async def test_who_may_not_manage_an_account(created, calling, ask, db):
    ann = await somebody(db)
    _, secret = await created(ann, "account:read", "content:*")
    asked = {"name": "Robot", "scopes": ["*"]}

    guest = await ask(CREATE, input=asked)
    robot = await ask(CREATE, await calling(secret), input=asked)

    assert guest["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert robot["errors"][0]["extensions"]["code"] == "INSUFFICIENT_PERMISSIONS"
    assert len(await keys(db)) == 1


async def test_somebody_who_was_deactivated_makes_no_key(ask, db):
    gone = make.user(deactivated_at=make.NOON)
    await make.add(db, gone)

    asked = {"name": "Robot", "scopes": ["*"]}
    refused = await ask(CREATE, Actor(gone.id, Role.USER), input=asked)

    assert refused["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert await keys(db) == []


async def test_nobody_has_more_than_twenty_even_at_once(data, db):
    ann, asked = await somebody(db), {"name": "Robot", "scopes": ["*"]}

    answers = await asyncio.gather(*(data(CREATE, ann, input=asked) for _ in range(25)))

    refused = [one["createApiKey"]["errors"] for one in answers if one["createApiKey"]["errors"]]
    assert refused == [[{"field": None, "code": "LIMIT_EXCEEDED"}]] * 5
    assert await db.fetch(select(func.count()).select_from(ApiKey)) == [(20,)]
