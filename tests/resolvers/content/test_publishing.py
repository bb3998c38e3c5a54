from datetime import UTC, datetime, timedelta

import pytest

from app.models import ContentStatus
from app.permissions import GUEST
from tests import factories as make
from tests.resolvers.content.asking import (
    ARCHIVE,
    AUTHOR,
    EDITOR,
    OTHER,
    PUBLISH,
    PURGE,
    RESTORE,
    SCHEDULE,
    UNPUBLISH,
    VISIBLE,
    state,
    told,
)

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


async def test_an_item_is_published_taken_back_and_put_away(data, db, draft):
    there = {"id": draft.id}
    shown = (await data(PUBLISH, EDITOR, input=there))["publishContentItem"]["contentItem"]
    again = (await data(PUBLISH, EDITOR, input=there))["publishContentItem"]["contentItem"]
    back = (await data(UNPUBLISH, EDITOR, input=there))["unpublishContentItem"]["contentItem"]
    away = (await data(ARCHIVE, EDITOR, input=there))["archiveContentItem"]["contentItem"]
    hidden = await data(VISIBLE, GUEST, id=draft.id)
    last = (await data(PUBLISH, EDITOR, input=there))["publishContentItem"]["contentItem"]

    assert again == shown
    assert [one["status"] for one in (shown, back, away, last)] == [
        "PUBLISHED", "DRAFT", "ARCHIVED", "PUBLISHED",
    ]  # fmt: skip
    assert [one["version"] for one in (shown, back, away, last)] == [2, 3, 4, 5]
    assert hidden["contentItem"] is None
    assert last["publishedAt"] == last["firstPublishedAt"] == shown["publishedAt"]
    assert [type for type, _ in await told(db)] == [
        "content_item.published", "content_item.unpublished", "content_item.archived",
        "content_item.published",
    ]  # fmt: skip


async def test_what_is_empty_is_not_published(data, db, people):
    item = make.item(people[0], title=" ", body="\n", status=ContentStatus.DRAFT)
    await make.add(db, item)
    before = await state(db)
    answer = await data(PUBLISH, EDITOR, input={"id": item.id})

    assert answer["publishContentItem"]["errors"] == [
        {"field": "title", "code": "REQUIRED"}, {"field": "body", "code": "REQUIRED"},
    ]  # fmt: skip
    assert await state(db) == before


@pytest.mark.parametrize(
    ("text", "which"), [(UNPUBLISH, "draft"), (RESTORE, "draft"), (PURGE, "published")]
)
async def test_the_wrong_state_is_told(data, db, draft, published, text, which):
    before = await state(db)
    id = {"draft": draft, "published": published}[which].id
    (answer,) = (await data(text, EDITOR, input={"id": id})).values()

    assert answer["errors"] == [{"field": "id", "code": "INVALID_STATE"}]
    assert await state(db) == before


@pytest.mark.parametrize(
    ("input", "field", "code"),
    [
        ({"publishAt": NOW - DAY}, "publishAt", "INVALID"),
        ({"publishAt": NOW + 4_000 * DAY}, "publishAt", "INVALID"),
        ({"publishAt": NOW + 2 * DAY, "unpublishAt": NOW + DAY}, "unpublishAt", "INVALID"),
        ({"unpublishAt": NOW + DAY}, "unpublishAt", "INVALID_STATE"),
    ],
)
async def test_a_plan_must_make_sense(data, db, draft, input, field, code):
    before = await state(db)
    moments = {name: moment.isoformat() for name, moment in input.items()}
    answer = await data(SCHEDULE, EDITOR, input={"id": draft.id, **moments})

    assert answer["scheduleContentItem"]["errors"] == [{"field": field, "code": code}]
    assert await state(db) == before


async def test_a_plan_is_the_writers_to_know(data, db, published):
    soon = (NOW + DAY).isoformat()
    made = await data(SCHEDULE, EDITOR, input={"id": published.id, "unpublishAt": soon})
    query = """query ($id: ID!) {
      contentItem(id: $id) { scheduledUnpublishAt } contentItems { scheduledUnpublishAt }
    }"""

    assert made["scheduleContentItem"]["contentItem"]["scheduledUnpublishAt"] == soon
    for actor, seen in ((EDITOR, soon), (AUTHOR, soon), (OTHER, None), (GUEST, None)):
        shown = {"scheduledUnpublishAt": seen}
        assert await data(query, actor, id=published.id) == {
            "contentItem": shown,
            "contentItems": [shown],
        }
