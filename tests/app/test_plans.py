"""The databases' own plans (EXPLAIN): every order and filter that is offered has its index."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import insert, text

from app import indexing
from app.models import (
    Category,
    ContentItem,
    ContentStatus,
    Media,
    MediaKind,
    Tag,
    User,
    content_tags,
)
from app.permissions import GUEST, Actor, Role
from tests.factories import NOON

EDITOR = Actor("usr_editor", Role.EDITOR)
READER = Actor(f"usr_{1:026}", Role.USER)
ITEMS = 3_000
# What would be cheaper for a small table is out of the question; what is left needs an index.
FORCED = ("enable_seqscan", "enable_sort")


def row(prefix, n, **columns):
    at = NOON + timedelta(minutes=n)
    return {"id": f"{prefix}_{n:026}", "created_at": at, "updated_at": at, **columns}


@pytest.fixture
async def full(db):
    """A database with enough rows for the planner to care, and statistics of them."""
    users = [row("usr", n, username=f"user {n}", username_key=f"user {n}") for n in range(300)]
    media = [
        row("med", n, file_name="x", kind=list(MediaKind)[n % 4], mime_type=f"{n % 50}/x",
            uploaded_by_id=users[n % 300]["id"])
        for n in range(1000)
    ]  # fmt: skip
    tags = [row("tag", n, name=f"t {n}", name_key=f"t {n}", slug=f"t-{n}") for n in range(300)]
    categories = [
        row("cat", n, name=f"c {n}", name_key=f"c {n}", slug=f"c-{n}", position=n,
            parent_id=f"cat_{n // 10:026}" if n >= 10 else None)
        for n in range(300)
    ]  # fmt: skip
    items = [
        row("cnt", n, title=f"title {n}", title_key=f"title {n}", slug=f"slug-{n}",
            kind=f"kind{n % 40}", author_id=users[n % 300]["id"], body="",
            category_id=categories[n % 300]["id"], featured_image_id=media[n * 4 % 1000]["id"],
            status=ContentStatus.DRAFT if n % 30 == 0 else ContentStatus.PUBLISHED,
            published_at=None if n % 30 == 0 else NOON + timedelta(minutes=n))
        for n in range(ITEMS)
    ]  # fmt: skip
    links = [{"item_id": item["id"], "tag_id": tags[n % 300]["id"], "position": 0}
             for n, item in enumerate(items)]  # fmt: skip
    async with db.write() as session:
        for table, rows in (
            (User, users), (Media, media), (Tag, tags), (Category, categories),
            (ContentItem, items), (content_tags, links),
        ):  # fmt: skip
            await session.execute(insert(table), rows)
        await indexing.put(session, [
            indexing.Entry(row["id"], row.get("title") or row.get("username", "other"))
            for row in [*items, *users]
        ])  # fmt: skip
    async with db.writer.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        vacuum = "VACUUM " if db.dialect == "postgresql" else ""
        await connection.exec_driver_sql(f"{vacuum}ANALYZE")
    return db


@pytest.fixture
def plan(full, data):
    """The plans of the statements behind a query, as text."""

    async def plan(query, actor=EDITOR, forced=FORCED, **variables):
        seen = []

        def observer(statement, parameters):
            if "feature_flags" not in statement:  # a few rows, once a second
                seen.append((statement, parameters))

        stop = full.observe(observer)
        answer = await data(query, actor, **variables)
        stop()
        return answer, "\n".join([await explained(full, *one, forced) for one in seen])

    return plan


async def explained(db, statement, parameters, forced):
    async with db.writer.begin() as connection:
        if db.dialect == "postgresql":
            for setting in forced:
                await connection.exec_driver_sql(f"SET LOCAL {setting} = off")
            rows = await connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
            return "\n".join(row[0] for row in rows)
        rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return "\n".join(row[3] for row in rows)


# Reading a whole table, or putting rows in order first. A table that a json_each or a list of
# values stands for is no table.
SCANS = r"Seq Scan|^SCAN (?!json_each|search_index|title_trigrams|climb|\(|anon_|\w+ USING)"
SORTS = r"(-> +|^)Sort\b|TEMP B-TREE FOR ORDER BY"


def assert_indexed(plan, index, ordered=True):
    assert not re.search(SCANS, plan, re.MULTILINE), plan
    assert re.search(index, plan), plan
    if ordered:
        assert not re.search(SORTS, plan, re.MULTILINE), plan


DIRECTIONS = ("ASC", "DESC")
ORDERS = {
    "CREATED_AT": "ix_content_items_(status_)?created_at_id",
    "UPDATED_AT": "ix_content_items_updated_at_id",
    "PUBLISHED_AT": "ix_content_items_published_at_id",
    "TITLE": "ix_content_items_title_key_id",
}
PAGE = """query(
    $first: Int, $last: Int, $after: Cursor, $before: Cursor, $sort: [ContentItemSort!]
) {
    list: contentItemsConnection(
        first: $first, last: $last, after: $after, before: $before, sort: $sort
    ) { nodes { id } pageInfo { startCursor endCursor } }
}"""


@pytest.mark.parametrize("actor", [GUEST, READER, EDITOR], ids=["guest", "reader", "editor"])
async def test_orders_of_items_come_from_an_index(plan, actor):
    for field, index in ORDERS.items():
        for direction in DIRECTIONS:
            sort = [{"field": field, "direction": direction}]
            for end in ("first", "last"):
                answer, steps = await plan(PAGE, actor, sort=sort, **{end: 20})
                assert_indexed(steps, index)
                info = answer["list"]["pageInfo"]
                go_on = (
                    {"after": info["endCursor"]}
                    if end == "first"
                    else {"before": info["startCursor"]}
                )
                _, steps = await plan(PAGE, actor, sort=sort, **{end: 20}, **go_on)
                assert_indexed(steps, index)


# The index begins at the cursor instead of walking to it. The exception is a list by the date of
# publication for those who also see items without one.
BEGINS = r"Index Cond: .*(ROW\(|[<>]=?)|^SEARCH content_items USING .*\(.*[<>]"


@pytest.mark.parametrize("actor", [GUEST, EDITOR], ids=["guest", "editor"])
async def test_a_page_begins_at_its_cursor(plan, actor):
    for field in ORDERS:
        for direction in DIRECTIONS:
            if (field, actor) == ("PUBLISHED_AT", EDITOR):
                continue
            for sort in (
                [{"field": field, "direction": direction}],
                [{"field": field, "direction": direction},
                 {"field": "TITLE" if field != "TITLE" else "CREATED_AT",
                  "direction": "ASC" if direction == "DESC" else "DESC"}],
            ):  # fmt: skip
                answer, _ = await plan(PAGE, actor, sort=sort, first=20)
                _, steps = await plan(
                    PAGE, actor, sort=sort, first=20, after=answer["list"]["pageInfo"]["endCursor"]
                )
                if len(sort) == 1:
                    assert re.search(BEGINS, steps, re.MULTILINE), steps
                assert not re.search(SCANS, steps, re.MULTILINE), steps


PLANNED = text("""
    SELECT custom_plans, generic_plans, statement FROM pg_prepared_statements
    WHERE statement LIKE 'SELECT %content_items.%'
""")
UNFILTERED = (
    "{ contentItems(limit: 50) { title author { username } } }",
    "{ contentItems(limit: 50) { title body { text } } }",
    "{ contentItems(status: PUBLISHED) { title } }",
    "{ contentItemsConnection { nodes { title } totalCount } }",
)


@pytest.mark.parametrize("migrated", ["postgresql"], indirect=True)
async def test_lists_that_nobody_filters_are_planned_once(full, data):
    for _ in range(8):  # it plans for the values of five times, then decides
        for query in UNFILTERED:
            await data(query, GUEST)
            await data(query, EDITOR)
    found = await full.fetch(PLANNED)
    assert len(found) >= len(UNFILTERED)
    assert [row for row in found if not (row.custom_plans <= 5 and row.generic_plans)] == []


OF_A_CATEGORY = """node(id: "cat_00000000000000000000000001") {
    ... on Category { contentItemsConnection { nodes { id } } }
}"""


async def test_orders_of_everything_else_come_from_an_index(plan):
    for query, index in (
        ("users { nodes { id } }", "ix_users_created_at_id"),
        ("users(last: 5) { nodes { id } }", "ix_users_created_at_id"),
        ("users(sort: [{field: USERNAME}]) { nodes { id } }", "ix_users_username_key"),
        ("users(last: 5, sort: [{field: USERNAME, direction: DESC}]) { nodes { id } }",
         "ix_users_username_key"),
        ("users(first: 5, offset: 100) { nodes { id } }", "ix_users_created_at_id"),
        ("users(filter: {role: [USER]}) { nodes { id } }", "ix_users_created_at_id"),
        ("mediaItems { nodes { id } }", "ix_media_created_at_id"),
        ("mediaItems(kind: [VIDEO]) { nodes { id } }", "ix_media_(kind_)?created_at_id"),
        ("tags { nodes { id } }", "ix_tags_name_key_id"),
        ("tags(last: 3) { nodes { id } }", "ix_tags_name_key_id"),
        (f'categories(parentId: "{f"cat_{1:026}"}") {{ id }}',
         "ix_categories_parent_id_position_name_key_id"),
        (f'categoriesConnection(parentId: {{eq: "{f"cat_{1:026}"}"}}) {{ nodes {{ id }} }}',
         "ix_categories_parent_id_position_name_key_id"),
        ("contentItems { id }", "ix_content_items_created_at_id"),
        ("contentItems(status: DRAFT) { id }", "ix_content_items_status_created_at_id"),
        ("contentItems(sortBy: TITLE, offset: 100) { id }", "ix_content_items_title_key_id"),
        ('contentItems(filter: {kind: {eq: "kind1"}}) { id }',
         "ix_content_items_kind_created_at_id"),
        (f'user(id: "{f"usr_{1:026}"}") {{ contentItems {{ id }} }}',
         "ix_content_items_author_id_created_at_id"),
        (OF_A_CATEGORY,
         "ix_content_items_category_id_created_at_id"),
    ):  # fmt: skip
        _, steps = await plan(f"{{ {query} }}")
        assert_indexed(steps, index)


ONE = {name: f"{name}_{7:026}" for name in ("cnt", "usr", "cat", "tag", "med")}
LATE = (NOON + timedelta(minutes=ITEMS - 20)).isoformat()
FILTERS = [
    ({"id": {"eq": ONE["cnt"]}}, "pk_content_items|sqlite_autoindex_content_items_1"),
    ({"id": {"in": [ONE["cnt"], "x"]}}, "pk_content_items|sqlite_autoindex_content_items_1"),
    ({"title": {"eq": "Title 7"}}, "ix_content_items_title_key_id"),
    ({"title": {"in": ["Title 7", "title 8"]}}, "ix_content_items_title_key_id"),
    ({"title": {"startsWith": "title 29"}}, "ix_content_items_title_key_id"),
    ({"title": {"contains": "tle 299"}}, "ix_content_items_title_trigrams|title_trigrams"),
    ({"slug": {"eq": "slug-7"}}, "ix_content_items_(kind_)?slug"),
    ({"slug": {"eq": "slug-7"}, "kind": {"eq": "kind7"}}, "ix_content_items_(kind_)?slug"),
    ({"slug": {"in": ["slug-7", "slug-8"]}}, "ix_content_items_slug"),
    ({"slug": {"startsWith": "slug-299"}}, "ix_content_items_slug"),
    ({"kind": {"eq": "kind7"}}, "ix_content_items_kind_(created_at_id|slug)"),
    ({"kind": {"in": ["kind7", "kind8"]}}, "ix_content_items_kind_(created_at_id|slug)"),
    ({"kind": {"startsWith": "kind7"}}, "ix_content_items_kind_(created_at_id|slug)"),
    ({"status": ["DRAFT"]}, "ix_content_items_status_created_at_id"),
    ({"authorId": {"eq": ONE["usr"]}}, "ix_content_items_author_id_created_at_id"),
    ({"authorId": {"in": [ONE["usr"], "x"]}}, "ix_content_items_author_id_created_at_id"),
    ({"categoryId": {"eq": ONE["cat"]}}, "ix_content_items_category_id_created_at_id"),
    ({"categoryId": {"isNull": True}}, "ix_content_items_category_id_created_at_id"),
    ({"tagId": {"eq": ONE["tag"]}}, "ix_content_tags_tag_id_item_id"),
    ({"tagId": {"in": [ONE["tag"], "x"]}}, "ix_content_tags_tag_id_item_id"),
    ({"createdAt": {"gt": LATE}}, "ix_content_items_created_at_id"),
    ({"updatedAt": {"gte": LATE}}, "ix_content_items_updated_at_id"),
    ({"publishedAt": {"eq": LATE}}, "ix_content_items_published_at_id"),
    ({"publishedAt": {"gt": LATE}}, "ix_content_items_published_at_id"),
    ({"publishedAt": {"isNull": True}}, "ix_content_items_published_at_id"),
    ({"query": "2999"}, "ix_search_index_vector|search_index VIRTUAL TABLE INDEX 0:M"),
]  # fmt: skip
USERS = [
    ({"id": {"eq": ONE["usr"]}}, "pk_users|sqlite_autoindex_users_1"),
    ({"username": {"eq": "User 7"}}, "ix_users_username_key"),
    ({"username": {"startsWith": "user 29"}}, "ix_users_username_key"),
    ({"username": {"contains": "er 299"}}, "ix_users_username_trigrams|title_trigrams"),
    ({"createdAt": {"lt": (NOON + timedelta(minutes=9)).isoformat()}}, "ix_users_created_at_id"),
    ({"query": "299"}, "ix_search_index_vector|search_index VIRTUAL TABLE INDEX 0:M"),
]


async def test_filters_are_answered_by_an_index(plan):
    for connection, type_, filters in (
        ("contentItemsConnection", "ContentItemFilter", FILTERS),
        ("users", "UserFilter", USERS),
    ):
        query = f"query($f: {type_}) {{ list: {connection}(filter: $f) {{ totalCount }} }}"
        for filter, index in filters:
            answer, steps = await plan(query, forced=("enable_seqscan",), f=filter)
            assert_indexed(steps, index, ordered=False)
            assert re.search(r"Index Cond|^SEARCH|VIRTUAL TABLE", steps, re.MULTILINE), steps
            expected = {"status": 100, "kind": 75, "createdAt": 9 if type_ == "UserFilter" else 19}
            if set(filter) <= set(expected) and "in" not in filter.get("kind", {}):
                assert answer["list"]["totalCount"] == expected[next(iter(filter))]


async def test_parts_of_many_lists_come_from_an_index(plan):
    """One statement for all parents, of which only those parents' rows are read."""
    for query, index in (
        ("categories { id }", "ix_categories_parent_id_position_name_key_id"),
        ("users(first: 5) { nodes { contentItems { id } } }",
         "ix_content_items_author_id_created_at_id"),
        ("tags(first: 5) { nodes { contentItemsConnection { nodes { id } } } }",
         "ix_content_tags_tag_id_item_id"),
        ("tags(first: 5) { nodes { usageCount } }", "ix_content_tags_tag_id_item_id"),
        ("categories(limit: 5) { contentItemsConnection { nodes { id } } }",
         "ix_content_items_category_id_created_at_id"),
        ("categories(limit: 5) { children { id } usageCount path { id } }",
         "ix_categories_parent_id_position_name_key_id"),
        ("contentItems(limit: 5) { tags { id } }", "content_tags"),
        ("contentItems(limit: 5) { author { id } featuredImage { id } category { id } }", "users"),
    ):  # fmt: skip
        _, steps = await plan(f"{{ {query} }}", forced=("enable_seqscan",))
        assert_indexed(steps, index, ordered=False)


async def test_a_search_reads_its_index(plan):
    for actor in (GUEST, READER, EDITOR):
        _, steps = await plan(
            """{ search(query: "title 299") {
                totalCount edges { highlights { html } node { __typename } } facets { field }
            } }""",
            actor,
            forced=("enable_seqscan",),
        )
        assert_indexed(
            steps, "ix_search_index_vector|search_index VIRTUAL TABLE INDEX 0:M", ordered=False
        )
