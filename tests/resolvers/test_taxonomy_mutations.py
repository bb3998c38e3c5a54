"""Tags and categories: made, changed, merged, moved, deleted."""

import asyncio

import pytest
from sqlalchemy import select

from app.models import Category, Tag, content_tags
from tests import factories as make
from tests.resolvers.tags import CREATE, EDITOR, UPDATE, count, delete

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
