from dataclasses import replace

from sqlalchemy import select

from app.models import Revision
from app.permissions import GUEST
from tests import factories as make
from tests.resolvers.content.asking import (
    AUTHOR,
    DELETE,
    EDITOR,
    OTHER,
    PURGE,
    RESTORE,
    TRASH,
    UPDATE,
    VISIBLE,
)


async def test_the_trash(data, db, draft, people):
    assert await data(DELETE, AUTHOR, input={"id": draft.id}) == {
        "deleteContentItem": {"deletedId": draft.id, "errors": []}
    }
    for actor in (AUTHOR, EDITOR, GUEST):
        assert await data(VISIBLE, actor, id=draft.id) == {"contentItem": None, "node": None}
    for actor in (AUTHOR, EDITOR):
        (thrown,) = (await data(TRASH, actor))["trashedContentItems"]["nodes"]
        assert (thrown["title"], thrown["body"]) == ("Roses", {"raw": "Red."})
        assert thrown["deletedAt"] is not None
    assert (await data(TRASH, OTHER))["trashedContentItems"] == {"totalCount": 0, "nodes": []}
    changed = await data(UPDATE, AUTHOR, input={"id": draft.id, "title": "New"})
    assert changed["updateContentItem"]["errors"] == [{"field": "id", "code": "INVALID_STATE"}]

    await make.add(db, make.item(people[0], slug="roses"))
    back = (await data(RESTORE, AUTHOR, input={"id": draft.id}))["restoreContentItem"][
        "contentItem"
    ]
    assert (back["title"], back["slug"], back["version"]) == ("Roses", "roses-2", 3)

    await data(DELETE, AUTHOR, input={"id": draft.id})
    await data(PURGE, EDITOR, input={"id": draft.id})
    assert (await data(TRASH, EDITOR))["trashedContentItems"]["totalCount"] == 0
    found = await data('{ search(query: "roses", types: [CONTENT_ITEM]) { totalCount } }', EDITOR)
    assert found["search"]["totalCount"] == 0
    assert await db.fetch(select(Revision.id).where(Revision.item_id == draft.id)) == []


async def test_a_guest_has_no_trash(ask):
    body = await ask(TRASH)
    assert [error["extensions"]["code"] for error in body["errors"]] == ["UNAUTHENTICATED"]


async def test_the_trash_is_for_those_who_see_drafts(data, draft):
    await data(DELETE, AUTHOR, input={"id": draft.id})
    key = replace(EDITOR, scopes=frozenset({"content:delete"}))

    assert (await data(TRASH, key))["trashedContentItems"] == {"totalCount": 0, "nodes": []}
