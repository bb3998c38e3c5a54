"""A body takes long to render, so that is done before a transaction: SQLite has one writer, and
everybody waits for it. What is found by a search is copied from the revision afterwards."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from app import richtext
from app.db import Database
from app.models import ContentItem, ContentStatus, Revision, SearchDocument
from app.permissions import Actor, Role
from app.worker import follow_schedules
from resolvers.access import WRITES
from tests import factories as make
from tests.resolvers.content.asking import (
    AUTHOR,
    EDITOR,
    EVE,
    PUBLISH,
    RESTORE_REVISION,
    UNPUBLISH,
    UPDATE,
)

ADMIN = Actor(EVE, Role.ADMIN)
TOMORROW = (datetime.now(UTC) + timedelta(days=1)).isoformat()
MUTATIONS = {name for name, permission in WRITES.items() if permission.startswith("content:")}
SHOW = "contentItem { id body { html } } errors { code }"
SELECTIONS = {
    **dict.fromkeys(("deleteContentItem", "purgeContentItem"), "deletedId errors { code }"),
    "createPreviewToken": "previewToken { revision } errors { code }",
    "revokePreviewTokens": "count errors { code }",
    **dict.fromkeys(
        (name for name in MUTATIONS if name.endswith("Items")),
        "results { contentItem { body { html } } } errors { code }",
    ),
}
INPUTS = {
    **dict.fromkeys((name for name in MUTATIONS if name.endswith("Items")), "BulkTransitionInput"),
    **{
        name: f"{name[0].upper()}{name[1:]}Input"
        for name in (
            "createContentItem", "updateContentItem", "duplicateContentItem",
            "scheduleContentItem", "restoreRevision", "createPreviewToken", "revokePreviewTokens",
        )
    },
}  # fmt: skip


@pytest.fixture
def rendered(monkeypatch):
    """What is rendered; whatever is rendered while a transaction is open fails."""
    write, render, open_ones, seen = Database.write, richtext._rendered, [], []

    @asynccontextmanager
    async def watched(self):
        async with write(self) as session:
            open_ones.append(session)
            try:
                yield session
            finally:
                open_ones.remove(session)

    def refusing(raw, format):
        assert open_ones == [], "rendered within a transaction"
        seen.append(raw)
        return render(raw, format)

    monkeypatch.setattr(Database, "write", watched)
    monkeypatch.setattr(richtext, "_rendered", refusing)
    return seen


async def test_no_mutation_renders_within_its_transaction(
    data, db, resources, draft, published, rendered
):
    a, b, called = published.id, draft.id, set()

    async def do(name, **input):
        kind, shown = INPUTS.get(name, "TransitionInput"), SELECTIONS.get(name, SHOW)
        document = f"mutation ($input: {kind}!) {{ told: {name}(input: $input) {{ {shown} }} }}"
        answer = await data(document, ADMIN, input=input)
        called.add(name)
        assert answer["told"]["errors"] == []

    for number, then in enumerate(
        [
            [("publishContentItem", {"id": a})],
            [("discardDraft", {"id": a})],
            [("unpublishContentItem", {"id": a}), ("publishContentItem", {"id": a})],
            [("restoreRevision", {"id": a, "revision": 2, "publish": True})],
            [("scheduleContentItem", {"id": a, "publishAt": TOMORROW})],
            [("archiveContentItem", {"id": a}), ("duplicateContentItem", {"id": a})],
            [("createPreviewToken", {"id": a}), ("revokePreviewTokens", {"id": a})],
            [("publishContentItems", {"ids": [a, b]})],
            [("deleteContentItem", {"id": a}), ("restoreContentItem", {"id": a})],
            [("archiveContentItems", {"ids": [a, b]}), ("deleteContentItems", {"ids": [a, b]})],
            [],
        ]
    ):
        await do("createContentItem", title="T", body={"value": f"*new* {number}"}, publish=True)
        if then:
            await do("updateContentItem", id=a, body={"value": f"*body* {number}"})
        for name, input in then:
            await do(name, **input)
    await do("purgeContentItem", id=b)
    assert called == MUTATIONS
    assert len(rendered) > len(MUTATIONS)


async def test_what_is_planned_is_not_rendered_at_all(data, db, resources, published, rendered):
    await data(UPDATE, AUTHOR, input={"id": published.id, "body": {"value": "Some *purple* words"}})
    past = datetime.now(UTC) - timedelta(hours=1)
    async with db.write() as session:
        await session.execute(update(ContentItem).values(scheduled_publish_at=past))
    rendered.clear()

    assert await follow_schedules(resources, datetime.now(UTC))
    assert rendered == []
    assert await indexed(db, published.id) == "Some purple words"


async def indexed(db, id):
    return (await db.fetch(select(SearchDocument.text).where(SearchDocument.subject_id == id)))[0][
        0
    ]


async def test_a_revision_keeps_what_is_found(data, db, draft):
    input = {"id": draft.id, "summary": "Short", "body": {"value": "A *yellow* one"}}
    await data(UPDATE, AUTHOR, input=input)
    await data(UPDATE, AUTHOR, input={"id": draft.id, "title": "Other", "summary": "Shorter"})
    await data(PUBLISH, EDITOR, input={"id": draft.id})
    await data(UPDATE, AUTHOR, input={"id": draft.id, "body": None})
    await data(UPDATE, AUTHOR, input={"id": draft.id, "title": "Last"})
    kept = await db.fetch(select(Revision.text).order_by(Revision.number))

    assert [row.text.strip() for row in kept] == ["Red.", "A yellow one", "A yellow one", "", ""]
    assert await indexed(db, draft.id) == "Shorter\nA yellow one"
    await data(UNPUBLISH, EDITOR, input={"id": draft.id})
    assert await indexed(db, draft.id) == "Shorter\n"
    await data(RESTORE_REVISION, EDITOR, input={"id": draft.id, "revision": 2, "publish": True})
    assert await indexed(db, draft.id) == "Short\nA yellow one"


async def test_what_was_imported_stays_found_as_it_was(data, db, people):
    item = make.item(
        people[0], title="Before", summary="S", body="x" * 300_000, status=ContentStatus.DRAFT
    )
    await make.add(db, item)
    before = await indexed(db, item.id)
    await data(UPDATE, AUTHOR, input={"id": item.id, "title": "After"})

    assert await indexed(db, item.id) == before
    assert len(before) == 100_000
