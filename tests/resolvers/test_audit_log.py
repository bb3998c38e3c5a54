"""The audit log: newest first, filtered, and for nobody but administrators."""

from datetime import timedelta

import pytest

from app import ids
from app.permissions import GUEST, Actor, Role
from tests import factories as make
from tests.factories import NOON

ADMIN = Actor(ids.new(ids.USER), Role.ADMIN)
LOG = """
query ($first: Int, $action: String) {
  auditLog(first: $first, action: $action) {
    totalCount
    nodes {
      id at action actorId actor { username } subjectId
      subject { __typename id } changedFields details requestId
    }
  }
}
"""
ACTIONS = """
query ($first: Int, $after: Cursor, $subject: ID, $by: ID, $action: String) {
  auditLog(
    first: $first, after: $after, subjectId: $subject, actorId: $by, action: $action
  ) { totalCount pageInfo { endCursor hasNextPage } nodes { action } }
}
"""


@pytest.fixture
async def log(db):
    """Ada makes and publishes an item, whose schedule ends it; Bob's session is not shown."""
    ada, bob = make.user(username="ada"), make.user(username="bob")
    item = make.item(ada)
    happened = [
        (ada, "content_item.created", item.id, {}),
        (ada, "content_item.published", item.id, {"changed": ["status"]}),
        (None, "content_item.unpublished", item.id, {"details": {"scheduled": True}}),
        (bob, "session.created", ids.new(ids.SESSION), {}),
    ]
    entries = [
        make.entry(actor, action, subject, created_at=NOON + timedelta(hours=n), **rest)
        for n, (actor, action, subject, rest) in enumerate(happened)
    ]
    await make.add(db, ada, bob, item, *entries)
    return entries


async def test_an_entry_says_who_did_what_to_which_thing(data, log):
    shown = (await data(LOG, ADMIN, first=3))["auditLog"]

    session, ended, published = log[3], log[2], log[1]
    assert shown["totalCount"] == 4
    assert shown["nodes"] == [
        {
            "id": session.id, "at": "2026-01-01T15:00:00+00:00", "action": "session.created",
            "actorId": session.actor_id, "actor": {"username": "bob"},
            "subjectId": session.subject_id, "subject": None,
            "changedFields": [], "details": {}, "requestId": "test",
        },
        {
            "id": ended.id, "at": "2026-01-01T14:00:00+00:00",
            "action": "content_item.unpublished", "actorId": None, "actor": None,
            "subjectId": ended.subject_id,
            "subject": {"__typename": "ContentItem", "id": ended.subject_id},
            "changedFields": [], "details": {"scheduled": True}, "requestId": "test",
        },
        {
            "id": published.id, "at": "2026-01-01T13:00:00+00:00",
            "action": "content_item.published",
            "actorId": published.actor_id, "actor": {"username": "ada"},
            "subjectId": published.subject_id,
            "subject": {"__typename": "ContentItem", "id": published.subject_id},
            "changedFields": ["status"], "details": {}, "requestId": "test",
        },
    ]  # fmt: skip


async def test_it_goes_on_from_a_cursor(data, log):
    newest = (await data(ACTIONS, ADMIN, first=3))["auditLog"]
    page = newest["pageInfo"]
    rest = (await data(ACTIONS, ADMIN, first=3, after=page["endCursor"]))["auditLog"]

    assert page["hasNextPage"]
    assert not rest["pageInfo"]["hasNextPage"]
    assert [node["action"] for node in newest["nodes"] + rest["nodes"]] == [
        "session.created", "content_item.unpublished", "content_item.published",
        "content_item.created",
    ]  # fmt: skip


async def test_it_is_filtered_by_what_by_whom_and_how(data, log):
    async def actions(**filter):
        shown = (await data(ACTIONS, ADMIN, **filter))["auditLog"]
        assert shown["totalCount"] == len(shown["nodes"])
        return [node["action"].partition(".")[2] for node in shown["nodes"]]

    item, ada = log[0].subject_id, log[0].actor_id
    assert await actions(subject=item) == ["unpublished", "published", "created"]
    assert await actions(by=ada) == ["published", "created"]
    assert await actions(action="content_item.published") == ["published"]
    assert await actions(subject=item, by=ada, action="session.created") == []
    assert await actions(subject="nothing") == []


@pytest.mark.parametrize(
    ("actor", "code"),
    [
        (GUEST, "UNAUTHENTICATED"),
        (Actor(ids.new(ids.USER), Role.USER), "INSUFFICIENT_PERMISSIONS"),
        (Actor(ids.new(ids.USER), Role.EDITOR), "INSUFFICIENT_PERMISSIONS"),
        (Actor(ADMIN.user_id, Role.ADMIN, frozenset({"content:*"})), "INSUFFICIENT_PERMISSIONS"),
    ],
    ids=["guest", "user", "editor", "key without the scope"],
)
async def test_others_see_nothing_of_it(ask, data, statements, log, actor, code):
    statements.clear()
    refused = await ask("{ auditLog { nodes { id } totalCount } }", actor)
    assert [error["extensions"]["code"] for error in refused["errors"]] == [code]
    assert refused["data"] is None
    assert statements == []


@pytest.mark.parametrize("role", [Role.GUEST, Role.USER, Role.EDITOR])
async def test_an_entry_is_nothing_to_others_by_its_id(data, log, role):
    actor = GUEST if role is Role.GUEST else Actor(log[0].actor_id, role)
    node = "query ($id: ID!) { node(id: $id) { __typename id } }"

    assert (await data(node, actor, id=log[0].id))["node"] is None
    assert (await data(node, ADMIN, id=log[0].id))["node"] == {
        "__typename": "AuditEntry", "id": log[0].id,
    }  # fmt: skip


async def test_what_is_gone_is_still_told_of_by_its_id(data, db, log):
    gone = ids.new(ids.CONTENT)
    await make.add(db, make.entry(None, "content_item.purged", gone))

    [node] = (await data(LOG, ADMIN, action="content_item.purged"))["auditLog"]["nodes"]
    assert (node["subjectId"], node["subject"]) == (gone, None)
