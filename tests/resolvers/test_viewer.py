"""`viewer`: who is asking, and what belongs to nobody else."""

from datetime import UTC, datetime, timedelta

from app.models import ApiKey, Credential, Session
from app.permissions import Actor, Role
from tests import factories as make

VIEWER = """
{ viewer {
    user { username email } permissions scopes totpEnabled emailVerified
    sessions { id current } apiKeys { id name prefix scopes expiresAt lastUsedAt }
} }
"""
NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
NOW = datetime.now(UTC)
DAY = timedelta(days=1)


def session(user, **columns) -> Session:
    return Session(**{"user_id": user.id, "expires_at": NOW + DAY, **columns})


def api_key(user, **columns) -> ApiKey:
    return ApiKey(**{
        "user_id": user.id, "name": "Robot", "scopes": ["content:*"], "digest": "0" * 64, **columns,
    })  # fmt: skip


async def test_a_guest_is_nobody(data):
    assert await data("{ viewer { user { id } } }") == {"viewer": None}


async def test_a_user_sees_their_account(data, db):
    ann = make.user(username="ann", email="ann@example.org", email_verified_at=NOW)
    here, there = session(ann, created_at=NOW), session(ann, created_at=NOW - DAY)
    key = api_key(ann, id="key_00000000000000000000000000")
    credential = Credential(user_id=ann.id, totp_confirmed_at=NOW)
    await make.add(db, ann, here, there, key, credential)

    seen = await data(VIEWER, Actor(ann.id, Role.USER, session_id=here.id))

    assert seen["viewer"] == {
        "user": {"username": "ann", "email": "ann@example.org"},
        "permissions": [
            "account:enter", "account:manage", "account:read", "content:create",
            "content:delete:own", "content:read_drafts:own", "content:update:own",
            "media:delete:own", "media:update:own", "media:upload", "public:read",
            "users:erase:own", "users:read_private:own", "users:update:own",
        ],
        "scopes": ["*"],
        "totpEnabled": True,
        "emailVerified": True,
        "sessions": [{"id": here.id, "current": True}, {"id": there.id, "current": False}],
        "apiKeys": [{
            "id": key.id, "name": "Robot", "prefix": "tak_00000000000000000000000000",
            "scopes": ["content:*"], "expiresAt": None, "lastUsedAt": None,
        }],
    }  # fmt: skip


async def test_what_has_ended_is_not_shown(data, db):
    ann = make.user()
    ended = [session(ann, revoked_at=NOW), session(ann, expires_at=NOW - DAY)]
    await make.add(db, ann, *ended, api_key(ann, revoked_at=NOW), Credential(user_id=ann.id))

    viewer = (await data(VIEWER, Actor(ann.id, Role.USER)))["viewer"]

    assert (viewer["sessions"], viewer["apiKeys"]) == ([], [])
    assert (viewer["totpEnabled"], viewer["emailVerified"]) == (False, False)


async def test_nobody_sees_the_sessions_and_keys_of_others(data, db):
    ann, bob, root = make.user(), make.user(), make.user()
    rows = [session(ann), api_key(ann)]
    await make.add(db, ann, bob, root, *rows)
    ids = [row.id for row in rows]

    for actor in (Actor(), Actor(bob.id, Role.EDITOR), Actor(root.id, Role.ADMIN)):
        assert await data(NODES, actor, ids=ids) == {"nodes": [None, None]}
    own = await data(NODES, Actor(ann.id, Role.USER), ids=ids)
    assert [one["__typename"] for one in own["nodes"]] == ["Session", "ApiKey"]
    viewer = (await data(VIEWER, Actor(root.id, Role.ADMIN)))["viewer"]
    assert (viewer["sessions"], viewer["apiKeys"]) == ([], [])


async def test_a_key_sees_the_account_if_its_scopes_say_so(data, db):
    ann = make.user(email="ann@example.org", email_verified_at=NOW)
    await make.add(db, ann, session(ann), api_key(ann))

    scopes = frozenset({"public:read", "content:*"})
    viewer = (await data(VIEWER, Actor(ann.id, Role.USER, scopes)))["viewer"]
    assert viewer == {
        "user": {"username": ann.username, "email": None},
        "permissions": [
            "content:create", "content:delete:own", "content:read_drafts:own",
            "content:update:own", "public:read",
        ],
        "scopes": ["content:*", "public:read"],
        "totpEnabled": None, "emailVerified": None, "sessions": [], "apiKeys": [],
    }  # fmt: skip

    reading = frozenset({"public:read", "account:read"})
    viewer = (await data(VIEWER, Actor(ann.id, Role.USER, reading)))["viewer"]
    assert viewer["permissions"] == ["account:read", "public:read"]
    assert (len(viewer["sessions"]), len(viewer["apiKeys"])) == (1, 1)


async def test_one_session_and_one_key_of_ones_own(data, db):
    ann, bob = make.user(), make.user()
    here, key = session(ann), api_key(ann)
    gone = [session(ann, revoked_at=NOW), api_key(ann, revoked_at=NOW)]
    others = [session(bob), api_key(bob)]
    await make.add(db, ann, bob, here, key, *gone, *others)
    actor = Actor(ann.id, Role.ADMIN, session_id=here.id)
    one = """query ($session: ID!, $key: ID!) { viewer {
        session(id: $session) { id current } apiKey(id: $key) { id name }
    } }"""

    mine = await data(one, actor, session=here.id, key=key.id)
    assert mine["viewer"] == {
        "session": {"id": here.id, "current": True},
        "apiKey": {"id": key.id, "name": "Robot"},
    }
    nothing = {"session": None, "apiKey": None}
    for first, second in ((row.id for row in gone), (row.id for row in others), (key.id, here.id)):
        assert (await data(one, actor, session=first, key=second))["viewer"] == nothing
    scoped = Actor(ann.id, Role.ADMIN, frozenset({"public:read"}))
    assert (await data(one, scoped, session=here.id, key=key.id))["viewer"] == nothing


async def test_sessions_without_number_are_cut(data, db):
    ann = make.user()
    many = [session(ann, created_at=NOW - timedelta(minutes=n)) for n in range(101)]
    await make.add(db, ann, *many)

    viewer = (await data(VIEWER, Actor(ann.id, Role.USER)))["viewer"]

    assert [one["id"] for one in viewer["sessions"]] == [one.id for one in many[:100]]
