from datetime import UTC, datetime, timedelta

import pytest

from app.models import ContentStatus
from app.permissions import GUEST
from tests import factories as make
from tests.resolvers.content.asking import (
    ADA,
    ARCHIVE,
    AUTHOR,
    CREATE,
    DELETE,
    DUPLICATE,
    EDITOR,
    OTHER,
    PUBLISH,
    PURGE,
    RESTORE,
    SCHEDULE,
    UNPUBLISH,
    UPDATE,
    state,
)

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


REFUSED = [
    (CREATE, {"title": "T"}, GUEST, "UNAUTHENTICATED"),
    (CREATE, {"title": "T", "authorId": ADA}, OTHER, "INSUFFICIENT_PERMISSIONS"),
    (CREATE, {"title": "T", "publish": True}, OTHER, "INSUFFICIENT_PERMISSIONS"),
    (UPDATE, {"id": "published", "title": "T"}, OTHER, "INSUFFICIENT_PERMISSIONS"),
    (UPDATE, {"id": "published", "title": "T"}, GUEST, "UNAUTHENTICATED"),
    (PUBLISH, {"id": "draft"}, AUTHOR, "INSUFFICIENT_PERMISSIONS"),
    (UNPUBLISH, {"id": "published"}, AUTHOR, "INSUFFICIENT_PERMISSIONS"),
    (ARCHIVE, {"id": "draft"}, AUTHOR, "INSUFFICIENT_PERMISSIONS"),
    (SCHEDULE, {"id": "draft"}, AUTHOR, "INSUFFICIENT_PERMISSIONS"),
    (DELETE, {"id": "published"}, AUTHOR, "INSUFFICIENT_PERMISSIONS"),
    (DELETE, {"id": "published"}, OTHER, "INSUFFICIENT_PERMISSIONS"),
    (PURGE, {"id": "draft"}, AUTHOR, "INSUFFICIENT_PERMISSIONS"),
]


@pytest.mark.parametrize(("text", "input", "actor", "code"), REFUSED)
async def test_who_may_not_is_refused_and_nothing_changes(
    ask, db, draft, published, text, input, actor, code
):
    before = await state(db)
    ids = {"draft": draft.id, "published": published.id}
    body = await ask(text, actor, input=input | ({"id": ids[input["id"]]} if "id" in input else {}))

    assert [error["extensions"]["code"] for error in body["errors"]] == [code]
    assert await state(db) == before


@pytest.mark.parametrize("text", [UPDATE, DELETE, RESTORE, DUPLICATE])
async def test_what_somebody_cannot_see_is_not_there(data, db, draft, text):
    before = await state(db)
    for id in (draft.id, "cnt_none", f"cnt_{1:026}"):
        (answer,) = (await data(text, OTHER, input={"id": id})).values()
        assert answer["errors"] == [{"field": "id", "code": "NOT_FOUND"}]
    assert await state(db) == before


async def test_a_scheduled_draft_is_the_editors(data, ask, db, draft):
    await data(SCHEDULE, EDITOR, input={"id": draft.id, "publishAt": (NOW + DAY).isoformat()})
    before = await state(db)
    body = await ask(UPDATE, AUTHOR, input={"id": draft.id, "title": "Smuggled"})

    assert [error["extensions"]["code"] for error in body["errors"]] == ["INSUFFICIENT_PERMISSIONS"]
    assert await state(db) == before


ABLE = "viewerCan { update publish unpublish archive schedule delete restore purge }"


@pytest.mark.parametrize(
    ("actor", "of_draft", "of_published", "of_trashed"),
    [
        (GUEST, None, set(), None),
        (OTHER, None, set(), None),
        (AUTHOR, {"update", "delete"}, {"update"}, {"restore"}),
        (
            EDITOR,
            {"update", "publish", "archive", "schedule", "delete"},
            {"update", "publish", "unpublish", "archive", "schedule", "delete"},
            {"restore", "purge"},
        ),
    ],
)
async def test_what_somebody_can_do_is_told_before(
    data, db, people, draft, published, actor, of_draft, of_published, of_trashed
):
    thrown = make.item(people[0], status=ContentStatus.DRAFT, deleted_at=NOW)
    await make.add(db, thrown)
    query = f"""query ($a: ID!, $b: ID!) {{
      a: contentItem(id: $a) {{ {ABLE} }} b: contentItem(id: $b) {{ {ABLE} }}
    }}"""
    answer = await data(query, actor, a=draft.id, b=published.id)

    def able(item):
        return item and {name for name, can in item["viewerCan"].items() if can}

    assert (able(answer["a"]), able(answer["b"])) == (of_draft, of_published)
    if actor is not GUEST:
        trash = await data(f"{{ trashedContentItems {{ nodes {{ {ABLE} }} }} }}", actor)
        nodes = trash["trashedContentItems"]["nodes"]
        assert [able(item) for item in nodes] == ([] if of_trashed is None else [of_trashed])
