"""Erasing a user who has made something is refused, unless it is said what becomes of that."""

import asyncio

import pytest
from sqlalchemy import select, text

from app.models import ContentItem, ContentStatus, Media, User
from tests import factories as make
from tests.resolvers.test_erase_user import (
    ADA,
    AS_ADMIN,
    BOB,
    ERASE,
    account,
    ada,
    everything,
    left,
)

REFUSED = {"erasedId": None, "errors": [{"field": "content", "code": "IN_USE"}]}


@pytest.mark.parametrize("kind", ["trash", "draft", "media"])
async def test_who_has_anything_stays_unless_told_what_becomes_of_it(data, db, kind):
    one = ada()
    thing = {
        "trash": lambda: make.item(one, deleted_at=make.NOON),
        "draft": lambda: make.item(one, status=ContentStatus.DRAFT),
        "media": lambda: make.image(uploaded_by_id=ADA),
    }[kind]()
    await make.add(db, one, thing)
    before = await everything(db)

    for given in ({}, {"content": "REFUSE"}):
        answer = await data(ERASE, AS_ADMIN, input={"id": ADA, **given})
        assert answer["eraseUser"] == REFUSED
    assert await everything(db) == before


async def test_who_has_made_nothing_is_erased_without_a_word(data, db, resources):
    image = make.image(uploaded_by_id=BOB)
    item = make.item(bob := make.user(id=BOB))
    await make.add(db, bob, image, item)
    await make.add(db, ada(), *account())
    async with db.write() as session:
        (await session.get(User, ADA)).profile_image_id = image.id

    answer = await data(ERASE, AS_ADMIN, input={"id": ADA})

    assert answer["eraseUser"] == {"erasedId": ADA, "errors": []}
    assert await left(resources) == set()
    assert await db.fetch(select(Media.uploaded_by_id, Media.version)) == [(BOB, 1)]
    assert await db.fetch(select(ContentItem.author_id)) == [(BOB,)]


async def test_what_is_made_at_the_same_time_is_not_lost(data, db):
    await make.add(db, ada())
    if db.dialect == "sqlite":  # which has one writer
        return
    async with db.write() as session:
        session.add(make.item(User(id=ADA)))
        await session.flush()
        erasing = asyncio.create_task(data(ERASE, AS_ADMIN, input={"id": ADA}))
        while not await db.fetch(text("SELECT 1 FROM pg_locks WHERE NOT granted")):
            assert not erasing.done()

    assert (await erasing)["eraseUser"] == REFUSED
    assert await db.fetch(select(ContentItem.author_id)) == [(ADA,)]
