"""What all mutations share: errors, versions, idempotency, the record of what was done."""

import asyncio

import pytest
from sqlalchemy import select

from app.models import AuditEntry, IdempotencyRecord, OutboxEvent, Tag
from app.operations import races
from app.permissions import GUEST, Actor, Role
from tests import factories as make
from tests.resolvers.tags import AUTHOR, CREATE, EDITOR, UPDATE, count, delete

ONCE = """
mutation ($input: CreateTagInput!, $key: String!) {
  createTag(input: $input) @idempotent(key: $key) {
    tag { id slug } replayed errors { field code }
  }
}
"""


async def test_an_editor_makes_a_tag_and_it_is_told(data, db):
    made = await data(CREATE, EDITOR, input={"name": " Roses ", "clientMutationId": "7"})

    assert made["createTag"] == {
        "tag": {"name": "Roses", "slug": "roses", "usageCount": 0},
        "clientMutationId": "7",
        "errors": [],
    }
    told = select(OutboxEvent.type, AuditEntry.action, AuditEntry.actor_id, AuditEntry.request_id)
    told = told.where(OutboxEvent.subject == AuditEntry.subject_id)
    assert await db.fetch(told) == [("tag.created", "tag.created", EDITOR.user_id, "test")]


@pytest.mark.parametrize(
    ("actor", "code"), [(GUEST, "UNAUTHENTICATED"), (AUTHOR, "INSUFFICIENT_PERMISSIONS")]
)
async def test_others_are_refused_and_nothing_is_made(ask, db, actor, code):
    answer = await ask(CREATE, actor, input={"name": "Roses"})

    assert [error["extensions"]["code"] for error in answer["errors"]] == [code]
    assert [await count(db, model) for model in (Tag, AuditEntry, OutboxEvent)] == [0, 0, 0]


async def test_all_problems_are_told_at_once_and_nothing_is_made(data, db):
    made = await data(CREATE, EDITOR, input={"name": "a\nb", "slug": "A b"})

    assert made["createTag"]["tag"] is None
    assert made["createTag"]["errors"] == [
        {"field": "name", "code": "INVALID", "path": ["name"]},
        {"field": "slug", "code": "INVALID", "path": ["slug"]},
    ]
    assert await count(db, Tag) == 0


async def test_of_many_who_want_a_slug_one_has_it(data, db):
    asked = [data(CREATE, EDITOR, input={"name": "Roses", "slug": "r"}) for _ in range(20)]
    answers = [answer["createTag"] for answer in await asyncio.gather(*asked)]

    assert len([answer for answer in answers if answer["tag"]]) == 1
    refused = [answer["errors"] for answer in answers if not answer["tag"]]
    assert refused == [[{"field": "slug", "code": "NOT_UNIQUE", "path": ["slug"]}]] * 19
    assert await count(db, Tag) == await count(db, OutboxEvent) == 1


async def test_a_key_makes_fifty_requests_one(data, db):
    asked = [data(ONCE, EDITOR, input={"name": "Roses"}, key="once") for _ in range(50)]
    answers = [answer["createTag"] for answer in await asyncio.gather(*asked)]

    assert len({answer["tag"]["id"] for answer in answers}) == 1
    assert sorted(answer["replayed"] for answer in answers) == [False] + [True] * 49
    assert await count(db, Tag) == await count(db, OutboxEvent) == 1


async def test_a_key_is_not_for_another_request(data, db):
    await data(ONCE, EDITOR, input={"name": "Roses"}, key="once")
    other = await data(ONCE, EDITOR, input={"name": "Tulips"}, key="once")

    assert other["createTag"]["errors"] == [{"field": None, "code": "IDEMPOTENCY_MISMATCH"}]
    assert [row.name for row in await db.fetch(select(Tag.name))] == ["Roses"]


async def test_a_key_is_one_persons(data, db):
    other = Actor("usr_00000000000000000000000002", Role.EDITOR)
    first = await data(ONCE, EDITOR, input={"name": "Roses"}, key="once")
    second = await data(ONCE, other, input={"name": "Roses"}, key="once")

    assert not second["createTag"]["replayed"]
    assert first["createTag"]["tag"]["id"] != second["createTag"]["tag"]["id"]


async def test_a_refused_request_keeps_no_key(data, db):
    refused = await data(ONCE, EDITOR, input={"name": ""}, key="once")
    made = await data(ONCE, EDITOR, input={"name": "Roses"}, key="once")

    assert [error["code"] for error in refused["createTag"]["errors"]] == ["REQUIRED"]
    assert made["createTag"]["tag"]["slug"] == "roses"
    assert await count(db, IdempotencyRecord) == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "a\nb"])
async def test_keys_that_are_none(data, db, key):
    refused = await data(ONCE, EDITOR, input={"name": "Roses"}, key=key)

    assert refused["createTag"]["errors"] == [{"field": None, "code": "INVALID"}]
    assert await count(db, Tag) == 0


async def test_fields_of_one_request_see_what_those_before_did(data, db):
    await make.add(db, tag := make.tag("Roses"))
    both = await data(
        """mutation ($id: ID!) {
          a: updateTag(input: {id: $id, name: "One"}) { tag { name } }
          b: updateTag(input: {id: $id, name: "Two", ifVersion: 2}) { tag { name } }
        }""",
        EDITOR,
        id=tag.id,
    )

    assert both == {"a": {"tag": {"name": "One"}}, "b": {"tag": {"name": "Two"}}}


async def test_absent_stays_and_null_makes_anew(data, db):
    await make.add(db, tag := make.tag("Roses", slug="old"))

    kept = await data(UPDATE, EDITOR, input={"id": tag.id, "name": "Tulips"})
    made = await data(UPDATE, EDITOR, input={"id": tag.id, "slug": None})

    assert kept["updateTag"]["tag"] == {"name": "Tulips", "slug": "old"}
    assert made["updateTag"]["tag"] == {"name": "Tulips", "slug": "tulips"}


async def test_an_old_version_is_a_conflict(data, db):
    await make.add(db, tag := make.tag("Roses"))
    await data(UPDATE, EDITOR, input={"id": tag.id, "name": "Tulips", "ifVersion": 1})
    late = await data(UPDATE, EDITOR, input={"id": tag.id, "name": "Lilies", "ifVersion": 1})

    assert late["updateTag"] == {
        "tag": None,
        "conflict": {"expected": 1, "actual": 2},
        "errors": [{"field": "ifVersion", "code": "VERSION_CONFLICT"}],
    }
    assert [row.name for row in await db.fetch(select(Tag.name))] == ["Tulips"]


async def test_nothing_changed_is_nothing_told(data, db):
    await make.add(db, tag := make.tag("Roses"))
    await data(UPDATE, EDITOR, input={"id": tag.id, "name": "Roses"})

    assert await db.fetch(select(Tag.version)) == [(1,)]
    assert await count(db, OutboxEvent) == 0


async def test_an_id_that_no_database_could_hold(data):
    gone = await data(delete("deleteTag"), EDITOR, input={"id": "tag_\0"})

    assert gone["deleteTag"]["errors"] == [{"field": "id", "code": "NOT_FOUND"}]


@pytest.mark.parametrize("migrated", ["postgresql"], indirect=True)  # SQLite has one writer
async def test_a_deadlock_is_tried_again(db):
    await make.add(db, a := make.tag("A"), b := make.tag("B"))
    both, tries = asyncio.Barrier(2), []

    def locking(*ids):
        async def transaction():
            tries.append(ids)
            first_try = len(tries) <= 2
            async with db.write() as session:
                await session.get(Tag, ids[0], with_for_update=True)
                if first_try:
                    await both.wait()
                await session.get(Tag, ids[1], with_for_update=True)
                return ids

        return races.again_after_deadlock(transaction)

    ends = await asyncio.gather(locking(a.id, b.id), locking(b.id, a.id))

    assert ends == [(a.id, b.id), (b.id, a.id)]
    assert len(tries) == 3
