"""Every save is kept: listed, compared, shown and brought back, for those who see drafts."""

from sqlalchemy import select

from app.models import Revision
from app.permissions import GUEST
from tests import factories as make
from tests.resolvers.content.asking import (
    ADA,
    AUTHOR,
    EDITOR,
    OTHER,
    PUBLISH,
    RESTORE_REVISION,
    UPDATE,
    state,
    told,
)

LIST = """query ($id: ID!, $first: Int, $after: Cursor) {
  contentItem(id: $id) {
    revisions(first: $first, after: $after) {
      totalCount pageInfo { hasNextPage endCursor }
      nodes {
        number message createdBy { username } publishedAt
        snapshot { title body { raw } tags { name } } changes { field before after }
      }
    }
  }
}"""
ONE = """query ($id: ID!, $number: Int!, $against: Int) {
  contentItem(id: $id) {
    revision(number: $number) { id number changes(against: $against) { field before after } }
  }
}"""
NODE = "query ($id: ID!) { node(id: $id) { ... on Revision { number snapshot { title } } } }"
AT = """query ($id: ID!, $number: Int!) {
  contentItem(id: $id, view: { revision: $number }) { title body { raw } tags { name } }
}"""


async def test_every_save_is_kept(data, db, published):
    tag = make.tag("Tulip")
    await make.add(db, tag)
    await data(UPDATE, AUTHOR, input={"id": published.id, "title": "Second", "message": " Why. "})
    await data(UPDATE, EDITOR, input={"id": published.id, "tagIds": [tag.id]})
    first = await data(LIST, AUTHOR, id=published.id, first=2)
    page = first["contentItem"]["revisions"]
    rest = await data(LIST, AUTHOR, id=published.id, after=page["pageInfo"]["endCursor"])
    (original,) = rest["contentItem"]["revisions"]["nodes"]

    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (3, True)
    assert page["nodes"] == [
        {
            "number": 3, "message": None, "createdBy": {"username": "eve"}, "publishedAt": None,
            "snapshot": {
                "title": "Second", "body": {"raw": "Yellow."}, "tags": [{"name": "Tulip"}],
            },
            "changes": [{"field": "tagIds", "before": [], "after": [tag.id]}],
        },
        {
            "number": 2, "message": "Why.", "createdBy": {"username": "ada"}, "publishedAt": None,
            "snapshot": {"title": "Second", "body": {"raw": "Yellow."}, "tags": []},
            "changes": [{"field": "title", "before": "Tulips", "after": "Second"}],
        },
    ]  # fmt: skip
    assert (original["number"], original["createdBy"]) == (1, None)
    assert original["publishedAt"] == published.published_at.isoformat()
    assert original["changes"][0] == {"field": "title", "before": None, "after": "Tulips"}


async def test_revisions_are_compared(data, db, draft):
    for title in ("Second", "Third"):
        await data(UPDATE, AUTHOR, input={"id": draft.id, "title": title})
    ask = {"id": draft.id, "number": 3}
    answers = [await data(ONE, AUTHOR, **ask, against=n) for n in (1, 2, 3)]
    long = await data(UPDATE, AUTHOR, input={"id": draft.id, "body": {"value": "b" * 6_000}})
    cut = await data(ONE, AUTHOR, id=draft.id, number=4)

    def changes(answer):
        return [
            (one["before"], one["after"]) for one in answer["contentItem"]["revision"]["changes"]
        ]

    assert [changes(one) for one in answers] == [[("Roses", "Third")], [("Second", "Third")], []]
    assert long["updateContentItem"]["errors"] == []
    assert changes(cut) == [("Red.", "b" * 5_000 + "…")]
    assert (await data(ONE, AUTHOR, id=draft.id, number=9))["contentItem"]["revision"] is None


async def test_revisions_are_the_writers_to_see(data, db, published):
    await data(UPDATE, AUTHOR, input={"id": published.id, "title": "Secret"})
    (row,) = await db.fetch(select(Revision.id).where(Revision.number == 2))
    at = {"id": published.id, "number": 2}
    for actor in (AUTHOR, EDITOR):
        shown = await data(NODE, actor, id=row.id)
        assert shown == {"node": {"number": 2, "snapshot": {"title": "Secret"}}}
        assert (await data(AT, actor, **at))["contentItem"]["title"] == "Secret"
    for actor in (OTHER, GUEST):
        assert await data(NODE, actor, id=row.id) == {"node": None}
        listed = (await data(LIST, actor, id=published.id))["contentItem"]["revisions"]
        assert (listed["totalCount"], listed["nodes"]) == (0, [])
        assert await data(ONE, actor, **at) == {"contentItem": {"revision": None}}
        assert await data(AT, actor, **at) == {"contentItem": None}
    assert await data(AT, AUTHOR, id=published.id, number=7) == {"contentItem": None}


async def test_an_item_becomes_what_it_was(data, db, draft, people):
    await data(UPDATE, AUTHOR, input={"id": draft.id, "title": "Worse", "slug": "worse"})
    await make.add(db, make.item(people[0], slug="roses"))
    answer = await data(
        RESTORE_REVISION, AUTHOR, input={"id": draft.id, "revision": 1, "ifVersion": 2}
    )
    item = answer["restoreRevision"]["contentItem"]

    assert (item["title"], item["slug"], item["version"]) == ("Roses", "roses-2", 3)
    assert (await told(db))[-1] == ("content_item.revision_restored", ["slug", "title"])
    latest = select(Revision.number, Revision.created_by_id).order_by(Revision.number.desc())
    assert (await db.fetch(latest.limit(1))) == [(3, ADA)]


async def test_a_published_item_is_brought_back_in_its_draft(data, db, published):
    await data(UPDATE, AUTHOR, input={"id": published.id, "title": "Second"})
    await data(PUBLISH, EDITOR, input={"id": published.id})
    answer = await data(RESTORE_REVISION, AUTHOR, input={"id": published.id, "revision": 1})
    item = answer["restoreRevision"]["contentItem"]
    seen = await data("query ($id: ID!) { contentItem(id: $id) { title } }", id=published.id)

    assert (item["title"], item["hasUnpublishedChanges"]) == ("Tulips", True)
    assert seen == {"contentItem": {"title": "Second"}}


async def test_an_unknown_revision_is_not_there(data, db, draft):
    before = await state(db)
    for number in (0, 1, -1, 2**31 - 1):
        answer = await data(RESTORE_REVISION, AUTHOR, input={"id": draft.id, "revision": number})
        assert answer["restoreRevision"]["errors"] == [{"field": "revision", "code": "NOT_FOUND"}]
    assert await state(db) == before


async def test_a_page_of_revisions_costs_the_same_for_one_and_for_many(data, db, draft, statements):
    costs = []
    for number in range(1, 6):
        await data(UPDATE, AUTHOR, input={"id": draft.id, "title": f"T{number}"})
        statements.clear()
        await data(LIST, AUTHOR, id=draft.id)
        costs.append(len(statements))
    assert costs == [costs[0]] * 5


async def test_a_revision_is_brought_back_for_readers_by_who_may_publish(ask, data, db, published):
    await data(UPDATE, AUTHOR, input={"id": published.id, "title": "Second"})
    await data(PUBLISH, EDITOR, input={"id": published.id})
    before, input = await state(db), {"id": published.id, "revision": 1, "publish": True}
    refused = await ask(RESTORE_REVISION, AUTHOR, input=input)

    assert [one["extensions"]["code"] for one in refused["errors"]] == ["INSUFFICIENT_PERMISSIONS"]
    assert await state(db) == before
    await data(RESTORE_REVISION, EDITOR, input=input)
    seen = await data("query ($id: ID!) { contentItem(id: $id) { title } }", id=published.id)
    assert seen == {"contentItem": {"title": "Tulips"}}
