"""Tags and categories, and what all mutations share: errors, versions, idempotency, the record."""

import asyncio

import pytest
from sqlalchemy import func, select

from app.models import AuditEntry, Category, IdempotencyRecord, OutboxEvent, Tag, content_tags
from app.permissions import GUEST, Actor, Role
from tests import factories as make

EDITOR = Actor("usr_00000000000000000000000000", Role.EDITOR)
AUTHOR = Actor("usr_00000000000000000000000001", Role.USER)

CREATE = """
mutation ($input: CreateTagInput!) {
  createTag(input: $input) {
    tag { name slug usageCount }
    clientMutationId
    errors { field code path }
  }
}
"""
ONCE = """
mutation ($input: CreateTagInput!, $key: String!) {
  createTag(input: $input) @idempotent(key: $key) {
    tag { id slug } replayed errors { field code }
  }
}
"""
UPDATE = """
mutation ($input: UpdateTagInput!) {
  updateTag(input: $input) {
    tag { name slug }
    conflict { expected actual }
    errors { field code }
  }
}
"""
MERGE = """
mutation ($input: MergeTagsInput!) {
  mergeTags(input: $input) { tag { name usageCount } errors { field code } }
}
"""
CREATE_CATEGORY = """
mutation ($input: CreateCategoryInput!) {
  createCategory(input: $input) { category { name path { slug } } errors { field code } }
}
"""
UPDATE_CATEGORY = """
mutation ($input: UpdateCategoryInput!) {
  updateCategory(input: $input) { category { slug parent { slug } } errors { field code } }
}
"""


def delete(field: str) -> str:
    return f"""
      mutation ($input: DeleteInput!) {{
        {field}(input: $input) {{ deletedId errors {{ field code }} }}
      }}
    """


async def count(db, model):
    return (await db.fetch(select(func.count()).select_from(model)))[0][0]


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


@pytest.mark.parametrize(
    ("name", "code"),
    [("", "REQUIRED"), ("   ", "REQUIRED"), ("x" * 201, "TOO_LONG"), ("a\0b", "INVALID"),
     ("a\u2028b", "INVALID"), ("a\x1bb", "INVALID")],
)  # fmt: skip
async def test_names_that_are_none(data, name, code):
    made = await data(CREATE, EDITOR, input={"name": name})

    assert code in [error["code"] for error in made["createTag"]["errors"]]


async def test_slugs_are_made_free_or_said_to_be_taken(data, db):
    await make.add(db, make.tag("Roses"))

    free = await data(CREATE, EDITOR, input={"name": "roses!"})
    taken = await data(CREATE, EDITOR, input={"name": "Roses", "slug": "roses"})

    assert free["createTag"]["tag"]["slug"] == "roses-2"
    assert taken["createTag"]["errors"] == [
        {"field": "slug", "code": "NOT_UNIQUE", "path": ["slug"]}
    ]


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


async def test_merged_tags_leave_each_item_one(data, db):
    await make.add(db, author := make.user())
    both, one = make.item(author), make.item(author)
    old, new = make.tag("Rose"), make.tag("Roses")
    await make.add(db, old, new, both, one, tags={both: [old, new], one: [old]})

    merged = await data(MERGE, EDITOR, input={"fromIds": [old.id], "intoId": new.id})

    assert merged["mergeTags"] == {"tag": {"name": "Roses", "usageCount": 2}, "errors": []}
    assert await count(db, Tag) == 1
    assert await count(db, content_tags) == 2


async def test_merging_what_is_not_there_changes_nothing(data, db):
    await make.add(db, old := make.tag("Rose"), new := make.tag("Roses"))
    unknown = make.tag("never stored").id

    wrong = [old.id, unknown, new.id]
    merged = await data(MERGE, EDITOR, input={"fromIds": wrong, "intoId": new.id})
    assert [error["field"] for error in merged["mergeTags"]["errors"]] == ["fromIds.1", "fromIds.2"]
    assert await count(db, Tag) == 2


async def test_a_deleted_tag_is_gone_from_its_items(data, db):
    await make.add(db, author := make.user())
    item, tag = make.item(author), make.tag("Roses")
    await make.add(db, tag, item, tags={item: [tag]})

    gone = await data(delete("deleteTag"), EDITOR, input={"id": tag.id})
    again = await data(delete("deleteTag"), EDITOR, input={"id": tag.id})

    assert gone["deleteTag"] == {"deletedId": tag.id, "errors": []}
    assert again["deleteTag"]["errors"] == [{"field": "id", "code": "NOT_FOUND"}]
    assert await count(db, content_tags) == 0


async def test_a_category_below_another(data, db):
    await make.add(db, parent := make.category("Garden"))
    made = await data(CREATE_CATEGORY, EDITOR, input={"name": "Roses", "parentId": parent.id})

    assert made["createCategory"]["category"] == {
        "name": "Roses", "path": [{"slug": "garden"}, {"slug": "roses"}],
    }  # fmt: skip


async def test_a_category_is_never_below_itself(data, db):
    top = make.category("Top")
    middle = make.category("Middle", top)
    await make.add(db, top, middle, bottom := make.category("Bottom", middle))

    for parent in (top, middle, bottom):
        moved = await data(UPDATE_CATEGORY, EDITOR, input={"id": top.id, "parentId": parent.id})
        assert moved["updateCategory"]["errors"] == [{"field": "parentId", "code": "INVALID"}]
    lifted = await data(UPDATE_CATEGORY, EDITOR, input={"id": bottom.id, "parentId": None})
    assert lifted["updateCategory"]["category"] == {"slug": "bottom", "parent": None}


async def test_moves_at_once_close_no_circle(data, db):
    rows = [make.category(f"C{n}") for n in range(6)]
    await make.add(db, *rows)
    moves = [
        data(UPDATE_CATEGORY, EDITOR, input={"id": row.id, "parentId": rows[n - 1].id})
        for n, row in enumerate(rows)
    ]
    await asyncio.gather(*moves)

    above = dict(await db.fetch(select(Category.id, Category.parent_id)))
    for row in rows:
        path = [row.id]
        while path[-1] is not None:
            path.append(above[path[-1]])
            assert len(path) <= len(rows) + 1


async def test_a_category_in_use_stays(data, db):
    await make.add(db, author := make.user(), top := make.category("Top"))
    below = make.category("Below", top)
    await make.add(db, below, make.item(author, category_id=below.id))

    for category in (top, below):
        kept = await data(delete("deleteCategory"), EDITOR, input={"id": category.id})
        assert kept["deleteCategory"]["errors"] == [{"field": "id", "code": "IN_USE"}]
    assert await count(db, Category) == 2


async def test_positions_have_bounds(data):
    made = await data(CREATE_CATEGORY, EDITOR, input={"name": "Roses", "position": -1})

    assert made["createCategory"]["errors"] == [{"field": "position", "code": "INVALID"}]


async def test_an_id_that_no_database_could_hold(data):
    gone = await data(delete("deleteTag"), EDITOR, input={"id": "tag_\0"})

    assert gone["deleteTag"]["errors"] == [{"field": "id", "code": "NOT_FOUND"}]


async def test_merges_in_a_circle_at_once_lose_nothing(data, db):
    await make.add(db, a := make.tag("A"), b := make.tag("B"))
    ways = [(a, b), (b, a)] * 5
    merges = [
        data(MERGE, EDITOR, input={"fromIds": [old.id], "intoId": new.id}) for old, new in ways
    ]
    answers = [answer["mergeTags"]["tag"] for answer in await asyncio.gather(*merges)]

    assert len([tag for tag in answers if tag]) == 1
    assert await count(db, Tag) == 1


async def test_more_tags_than_are_merged_at_once(data, db):
    await make.add(db, tag := make.tag("Roses"))
    merged = await data(
        MERGE,
        EDITOR,
        input={"fromIds": ["x"] * 50 + [str(n) for n in range(100)], "intoId": tag.id},
    )

    assert [error["code"] for error in merged["mergeTags"]["errors"]] == ["LIMIT_EXCEEDED"]


async def test_a_slug_made_anew_is_made_of_the_new_name(data, db):
    await make.add(db, tag := make.tag("Old"))
    made = await data(UPDATE, EDITOR, input={"id": tag.id, "name": "New", "slug": None})

    assert made["updateTag"]["tag"] == {"name": "New", "slug": "new"}


async def test_all_that_is_wrong_with_a_category_at_once(data, db):
    await make.add(db, category := make.category("Garden"))
    changes = {"id": category.id, "parentId": category.id, "name": "", "position": -1}
    told = await data(UPDATE_CATEGORY, EDITOR, input=changes)

    assert {error["field"] for error in told["updateCategory"]["errors"]} == {
        "parentId", "name", "position",
    }  # fmt: skip


async def test_no_position_is_the_first(data, db):
    await make.add(db, category := make.category("Garden", position=3))
    await data(UPDATE_CATEGORY, EDITOR, input={"id": category.id, "position": None})

    assert await db.fetch(select(Category.position)) == [(0,)]


async def test_of_many_of_one_name_each_has_a_slug(data):
    asked = [data(CREATE, EDITOR, input={"name": "Roses"}) for _ in range(20)]
    tags = [answer["createTag"]["tag"] for answer in await asyncio.gather(*asked)]

    assert {tag["slug"] for tag in tags} == {"roses", *(f"roses-{n}" for n in range(2, 21))}
