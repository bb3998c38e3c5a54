"""A token shows one item to whoever has it, for a while, and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.auth import opaque
from app.models import PreviewToken
from app.permissions import GUEST
from tests import factories as make
from tests.resolvers.content.asking import (
    AUTHOR,
    DELETE,
    EDITOR,
    OTHER,
    PUBLISH,
    REVOKE,
    TOKEN,
    UPDATE,
    told,
)

SHOW = """query ($id: ID!, $token: String) {
  contentItem(id: $id, view: { previewToken: $token }) {
    title version status body { raw } tags { name } author { username } scheduledPublishAt
    hasUnpublishedChanges revisions { totalCount } viewerCan { update }
  }
}"""
BY_SLUG = """query ($slug: String!, $token: String) {
  contentItemBy(where: { slug: { slug: $slug } }, view: { previewToken: $token }) { title }
}"""


async def token_for(data, item, actor=AUTHOR, **input):
    answer = (await data(TOKEN, actor, input={"id": item.id, **input}))["createPreviewToken"]
    assert answer["errors"] == []
    return answer["previewToken"]["token"]


async def test_a_draft_is_shown_to_whoever_has_the_token(data, db, draft):
    tag = make.tag("Red")
    await make.add(db, tag, tags={draft: [tag]})
    token = await token_for(data, draft)

    for actor in (GUEST, OTHER):
        assert await data(SHOW, actor, id=draft.id, token=token) == {
            "contentItem": {
                "title": "Roses", "version": 1, "status": "DRAFT", "body": {"raw": "Red."},
                "tags": [{"name": "Red"}], "author": {"username": "ada"},
                "scheduledPublishAt": None, "hasUnpublishedChanges": False,
                "revisions": {"totalCount": 0}, "viewerCan": {"update": False},
            }
        }  # fmt: skip
    assert await data(BY_SLUG, slug="roses", token=token) == {"contentItemBy": {"title": "Roses"}}
    assert await data(BY_SLUG, slug="tulips", token=token) == {"contentItemBy": None}


async def test_it_follows_the_draft_or_stays_at_a_revision(data, db, published):
    await data(UPDATE, AUTHOR, input={"id": published.id, "title": "Second"})
    newest, second = await token_for(data, published), await token_for(data, published, revision=2)
    await data(UPDATE, AUTHOR, input={"id": published.id, "title": "Third"})

    async def title(token):
        return (await data(SHOW, id=published.id, token=token))["contentItem"]["title"]

    assert [await title(newest), await title(second)] == ["Third", "Second"]
    await data(PUBLISH, EDITOR, input={"id": published.id})
    assert [await title(newest), await title(second)] == ["Third", "Second"]


async def test_it_shows_one_item_only(data, db, draft, published, people):
    token = await token_for(data, published)
    for wrong in (token + "x", token[:-1], "", " ", "\0", "ä"):
        assert await data(SHOW, id=draft.id, token=wrong) == {"contentItem": None}
    assert await data(SHOW, id=draft.id, token=token) == {"contentItem": None}


async def test_it_ends(data, db, draft):
    token = await token_for(data, draft, expiresIn=60)
    async with db.write() as session:
        past = datetime.now(UTC) - timedelta(seconds=1)
        await session.execute(update(PreviewToken).values(expires_at=past))
    assert await data(SHOW, id=draft.id, token=token) == {"contentItem": None}

    await token_for(data, draft)
    assert len(await db.fetch(select(PreviewToken.digest))) == 1  # the old one is gone


async def test_the_trash_is_not_shown(data, db, draft):
    token = await token_for(data, draft)
    await data(DELETE, AUTHOR, input={"id": draft.id})
    assert await data(SHOW, id=draft.id, token=token) == {"contentItem": None}


async def test_only_a_digest_is_stored(data, db, draft):
    token = await token_for(data, draft)
    assert await db.fetch(select(PreviewToken.digest)) == [(opaque.digest(token),)]


@pytest.mark.parametrize(
    ("input", "field", "code"),
    [
        ({"expiresIn": 59}, "expiresIn", "INVALID"),
        ({"expiresIn": 30 * 86_400 + 1}, "expiresIn", "INVALID"),
        ({"revision": 7}, "revision", "NOT_FOUND"),
    ],
)
async def test_what_cannot_be_made_is_refused(data, db, draft, input, field, code):
    answer = await data(TOKEN, AUTHOR, input={"id": draft.id, **input})
    assert answer["createPreviewToken"] == {
        "previewToken": None, "errors": [{"field": field, "code": code}],
    }  # fmt: skip
    assert await db.fetch(select(PreviewToken.digest)) == []


async def test_who_does_not_see_drafts_makes_no_token(ask, data, db, draft, published):
    hidden = await data(TOKEN, OTHER, input={"id": draft.id})
    body = await ask(TOKEN, OTHER, input={"id": published.id})

    assert hidden["createPreviewToken"]["errors"] == [{"field": "id", "code": "NOT_FOUND"}]
    assert [error["extensions"]["code"] for error in body["errors"]] == ["INSUFFICIENT_PERMISSIONS"]
    assert await db.fetch(select(PreviewToken.digest)) == []


async def test_all_tokens_of_an_item_are_taken_back(data, db, draft, published):
    tokens = [await token_for(data, draft) for _ in range(2)]
    other = await token_for(data, published)
    hidden = await data(REVOKE, OTHER, input={"id": draft.id})
    assert hidden["revokePreviewTokens"]["errors"] == [{"field": "id", "code": "NOT_FOUND"}]
    counts = [
        (await data(REVOKE, AUTHOR, input={"id": draft.id}))["revokePreviewTokens"]["count"]
        for _ in range(2)
    ]

    assert counts == [2, 0]
    for token in tokens:
        assert await data(SHOW, id=draft.id, token=token) == {"contentItem": None}
    assert (await data(SHOW, id=published.id, token=other))["contentItem"]["title"] == "Tulips"
    assert [type for type, _ in await told(db)][3:] == ["content_item.previews_revoked"]
