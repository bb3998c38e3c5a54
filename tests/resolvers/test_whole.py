"""Lists and users that one statement answers whole are what graphql-core makes of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import orjson
import pytest
from sqlalchemy import text

from app.http.caller import Caller
from app.models import ContentStatus, MediaKind
from app.permissions import GUEST, Actor, Role
from resolvers.endpoint.parameters import Parameters
from resolvers.execution import Operations
from resolvers.whole import MOST_TREES, SIGHTS
from tests import factories as make
from tests.conftest import BASE_URL

DOCUMENTS = 12
ODD = '"quoted" \\ \n\t\x01 \u2028 é 🦊 </script> \' % :name'
LEAVES = {
    "ContentItem": "id kind title slug summary status publishedAt firstPublishedAt "
    "scheduledPublishAt scheduledUnpublishAt deletedAt version createdAt updatedAt __typename",
    "User": "id username email fullName bio role deactivatedAt version createdAt __typename",
    "Image": "id url mimeType fileName size width height title altText caption placeholder sha256 "
    "version createdAt __typename",
    "Category": "id name slug description position version createdAt __typename",
    "Tag": "id name slug version updatedAt __typename",
}
EDGES = {
    "ContentItem": {
        "author": "User", "featuredImage": "Image", "category": "Category", "tags": "Tag",
    },
    "User": {"profileImage": "Image", "contentItems": "ContentItem"},
    "Image": {"uploadedBy": "User"},
    "Category": {"parent": "Category", "children": "Category"},
    "Tag": {},
}  # fmt: skip


@pytest.fixture
async def world(db):
    """Rows with all that is hard to write; the answer is their authors' ids."""
    ada, eve = (
        make.user(username=name, email=f"{name}@example.org", full_name=full, bio=ODD)
        for name, full in (("ada", ODD), ("eve", None))
    )
    ours = make.image(
        external_url=None, storage_key="2026/11/06evn8.jpg", size=2**40, uploaded_by_id=ada.id
    )
    film = make.image(kind=MediaKind.VIDEO, mime_type="video/mp4")
    pictures = [make.image(uploaded_by_id=None, title=ODD, width=None), ours, film]
    eve.profile_image_id, ada.profile_image_id = pictures[0].id, film.id
    top = make.category("Top", description=ODD)
    below = [make.category(f"Below {n}", top, position=2 - n) for n in range(3)]
    tags = [make.tag(name) for name in ("b", "a", "c" + ODD)]
    later = datetime.now(UTC) + timedelta(days=1)
    odd = [
        {"title": ODD, "summary": ODD},
        {"created_at": make.NOON + timedelta(microseconds=120_000)},
        {"created_at": make.NOON + timedelta(microseconds=1), "first_published_at": make.NOON},
        {"status": ContentStatus.DRAFT, "scheduled_publish_at": later},
        {"scheduled_unpublish_at": later},
        {"published_at": later},
        {"deleted_at": make.NOON},
        {"status": ContentStatus.ARCHIVED},
    ]
    items = [
        make.item(
            (ada, eve)[n % 2],
            featured_image_id=None if n % 4 == 3 else pictures[n % 4].id,
            category_id=None if n % 3 == 2 else [top, *below][n % 4].id,
            **(odd[n // 2] if n // 2 < len(odd) else {}),
        )
        for n in range(20)
    ]
    chosen = {item: [tags[n % 3], tags[(n + 1) % 3]][: n % 3] for n, item in enumerate(items)}
    await make.add(db, *pictures[:1], film, ada, eve, ours, top, *below, *tags, *items, tags=chosen)
    return ada.id, eve.id


@pytest.fixture
def resources(resources):
    """With plans, whatever the other tests are run with."""
    planned = {"engine": "plan", "engine_plan_after": 0}
    return replace(resources, settings=resources.settings.model_copy(update=planned))


@pytest.fixture
def eager(monkeypatch):
    """What variables ask for below is answered whole from the second time on."""
    monkeypatch.setattr("resolvers.whole.SIGHTS", 1)


@pytest.fixture
def answers(resources, statements, eager):
    """What is answered whole, and field by field; the first must take a statement a root field."""

    off = resources.settings.model_copy(update={"engine": "off"})
    ours, right = Operations(resources), Operations(replace(resources, settings=off))

    async def answers(text, actor, variables, roots, *, varied=False):
        asked, caller = Parameters(text, variables=variables), Caller(actor, BASE_URL, "test")
        expected = (await right.run(asked, caller)).body
        if varied:  # below a root field: what is asked for the first time is read level by level
            found = (await ours.run(asked, caller, finished=True)).body
            assert orjson.loads(orjson.dumps(found)) == orjson.loads(orjson.dumps(expected)), text
        statements.clear()
        found = (await ours.run(asked, caller, finished=True)).body
        assert len(statements) == roots, (text, statements)
        return orjson.loads(orjson.dumps(found)), orjson.loads(orjson.dumps(expected))

    return answers


class Writer:
    """Random selections that a statement can answer; `values` are those of their variables."""

    def __init__(self, random):
        self.random = random
        self.values, self.types = {}, {}

    def selection(self, type, depth=3):
        leaves = LEAVES[type].split()
        parts = self.random.sample(leaves, self.random.randint(1, min(5, len(leaves))))
        for name, below in EDGES[type].items():
            if depth and self.random.random() < 0.5:
                parts.append(f"{name}{self.arguments(name)} {self.selection(below, depth - 1)}")
        self.random.shuffle(parts)
        aliased = [f"a{n}: {p}" if self.random.random() < 0.2 else p for n, p in enumerate(parts)]
        return f"{{ {' '.join(aliased)} }}"

    def arguments(self, name):
        if name != "contentItems":
            return ""
        given = {"limit": ("Int", self.random.choice((1, 3, 20)))}
        more = {
            "sortDirection": ("SortDirection", "ASC"),
            "sortBy": ("ContentItemSortField", "TITLE"),
            "status": ("ContentStatus", "PUBLISHED"),
            "offset": ("Int", 1),
        }
        chosen = self.random.sample(list(more), self.random.randint(0, 2))
        given |= {name: more[name] for name in chosen}
        told = (f"{name}: {self.value(*one)}" for name, one in given.items())
        return f"({', '.join(told)})"

    def value(self, type, value):
        """A literal, or a variable, which may be missing."""
        if self.random.random() < 0.6:
            return value
        name = f"v{len(self.types)}"
        self.types[name] = type
        if self.random.random() < 0.8:
            self.values[name] = value
        return f"${name}"

    def document(self, users):
        roots, self.values, self.types = [], {}, {}
        for n in range(self.random.randint(1, 2)):
            if self.random.random() < 0.5:
                roots.append(f"r{n}: user(id: $id) {self.selection('User')}")
            else:
                arguments = self.arguments("contentItems")
                roots.append(f"r{n}: contentItems{arguments} {self.selection('ContentItem')}")
        if any("$id" in root for root in roots):
            self.types["id"], self.values["id"] = "ID!", self.random.choice(users)
        types = ", ".join(f"${name}: {type}" for name, type in self.types.items())
        header = f"query ({types})" if types else "query"
        return f"{header} {{ {' '.join(roots)} }}", self.values, len(roots)


@pytest.mark.parametrize("who", ["guest", "author", "editor", "admin"])
async def test_any_selection_answered_whole_is_what_it_is_field_by_field(world, answers, who):
    actor = {
        "guest": GUEST,
        "author": Actor(world[0], Role.USER),
        "editor": Actor(world[1], Role.EDITOR),
        "admin": Actor(world[1], Role.ADMIN),
    }[who]
    writer = Writer(Random(f"whole {who}"))

    for _ in range(DOCUMENTS):
        text, variables, roots = writer.document(world)
        found, expected = await answers(text, actor, variables, roots, varied=True)
        assert found == expected, text
        assert "errors" not in found, text
        assert order(found["data"]) == order(expected["data"]), text


def order(value):
    """Keys in their order, all the way down."""
    if isinstance(value, dict):
        return [(key, order(below)) for key, below in value.items()]
    return [order(one) for one in value] if isinstance(value, list) else None


@pytest.mark.parametrize("migrated", ["postgresql"], indirect=True)
async def test_moments_are_in_utc_whatever_a_connection_is_set_to(db, resources):
    ada = make.user()
    moments = (make.NOON, make.NOON + timedelta(microseconds=120))
    await make.add(db, ada, *(make.item(ada, created_at=moment) for moment in moments))
    await db.fetch(text("SET timezone TO 'Asia/Kathmandu'"))
    assert await db.fetch(text("SHOW timezone")) == [("Asia/Kathmandu",)]

    asked = Parameters("{ contentItems { createdAt } }")
    answer = await Operations(resources).run(asked, Caller(GUEST, BASE_URL, "t"), finished=True)

    assert orjson.dumps(answer.body["data"]["contentItems"]) == (
        b'[{"createdAt" : "2026-01-01T12:00:00.000120+00:00"}, '
        b'{"createdAt" : "2026-01-01T12:00:00+00:00"}]'
    )


NESTED = """query ($n: Int, $sort: ContentItemSortField) {
    contentItems(limit: 3) { id author { contentItems(limit: $n, sortBy: $sort) { id } } }
}"""


async def test_what_variables_ask_for_below_is_answered_whole_the_second_time(
    world, resources, statements, eager
):
    operations, caller = Operations(resources), Caller(GUEST, BASE_URL, "test")

    async def taken(**variables):
        statements.clear()
        asked = Parameters(NESTED, variables=variables)
        answer = await operations.run(asked, caller, finished=True)
        assert "errors" not in answer.body
        return len(statements)

    assert [await taken(n=2) for _ in range(3)] == [3, 1, 1]
    assert [await taken(n=4) for _ in range(2)] == [3, 1]
    assert [await taken(n=4, sort="TITLE") for _ in range(2)] == [3, 1]
    assert await taken(n=2) == 1
    for n in range(10, 10 + MOST_TREES):
        assert [await taken(n=n) for _ in range(2)] == [3, 1]
    assert [await taken(n=2) for _ in range(2)] == [3, 1]  # forgotten meanwhile


async def test_a_statement_is_made_of_what_is_often_asked_for_alone(world, resources, statements):
    operations, caller = Operations(resources), Caller(GUEST, BASE_URL, "test")

    async def taken(n):
        statements.clear()
        await operations.run(Parameters(NESTED, variables={"n": n}), caller, finished=True)
        return len(statements)

    assert [await taken(2) for _ in range(SIGHTS + 2)] == [3] * SIGHTS + [1, 1]
    for _ in range(2):  # more than are kept: each costs what it did without them
        assert [await taken(n) for n in range(10, 10 + 2 * MOST_TREES)] == [3] * 2 * MOST_TREES
    assert await taken(2) == 1


async def test_a_size_that_is_wrong_is_an_error_where_the_list_is(world, answers):
    for _ in range(2):
        found, expected = await answers(NESTED, GUEST, {"n": 101}, 2)

        assert found == expected
        assert {tuple(error["path"][2:]) for error in found["errors"]} == {
            ("author", "contentItems")
        }


@pytest.mark.parametrize("id", ["usr_00000000000000000000000000", "nonsense", "a\0b", ""])
async def test_nobody_is_null(answers, world, id):
    roots = int(id.startswith("usr_"))

    found, _ = await answers("query ($id: ID!) { user(id: $id) { id } }", GUEST, {"id": id}, roots)

    assert found["data"] == {"user": None}


@pytest.mark.parametrize("limit", [-1, 101])
async def test_what_is_out_of_bounds_is_told_as_ever(answers, world, limit):
    text = """query ($n: Int) {
        contentItems(limit: $n) { id }
        user(id: 1) { contentItems(limit: 101) { id } }
    }"""

    found, expected = await answers(text, GUEST, {"n": limit}, 0)

    assert found == expected
    assert [error["path"] for error in found["errors"]] == [["contentItems"]]


@pytest.mark.parametrize(
    "selection",
    [
        "body { raw }",
        "viewerCan { publish }",
        "tags { usageCount }",
        "author { preferences { theme } }",
        "revisions { totalCount }",
        "hasUnpublishedChanges",
        'author { contentItems(filter: {kind: {eq: "article"}}) { id } }',
        "author { contentItems(filter: $filter) { id } }",
        "author { contentItems(limit: 1, filter: {kind: {eq: $kind}}) { id } }",
    ],
)
async def test_what_no_statement_answers_is_read_level_by_level(world, resources, eager, selection):
    kinds = {"filter": "ContentItemFilter", "kind": "String"}
    types = ", ".join(f"${name}: {type}" for name, type in kinds.items() if f"${name}" in selection)
    header = f"query ({types})" if types else "query"
    variables = {"filter": {"kind": {"eq": "article"}}, "kind": "article"}
    text = f"{header} {{ contentItems(limit: 5) {{ id title {selection} }} }}"
    asked = Parameters(text, variables=variables)
    operations, caller = Operations(resources), Caller(GUEST, BASE_URL, "t")

    for _ in range(3):
        answer = await operations.run(asked, caller, finished=True)

    assert len(answer.body["data"]["contentItems"]) == 5  # rows, not JSON


@pytest.mark.parametrize(
    "text",
    [
        "{ contentItems { author { contentItems { author { contentItems { id } } } } } }",
        "{ contentItems { id category { parent { parent { parent { parent { id } } } } } } }",
        "{ contentItems { category { children { parent { children { id } } } } } }",
        "{ contentItems { author { contentItems { featuredImage { uploadedBy { id } } } } } }",
    ],
)
async def test_what_is_too_deep_for_a_statement_is_read_level_by_level(world, resources, text):
    asked, caller = Parameters(text), Caller(GUEST, BASE_URL, "test")

    answer = await Operations(resources).run(asked, caller, finished=True)

    assert "errors" not in answer.body
    assert len(answer.body["data"]["contentItems"]) == 10  # rows, not JSON


async def test_a_filtered_list_is_read_level_by_level(world, resources):
    asked = Parameters('{ contentItems(filter: {kind: {eq: "article"}}) { id } }')

    answer = await Operations(resources).run(asked, Caller(GUEST, BASE_URL, "t"), finished=True)

    assert len(answer.body["data"]["contentItems"]) == 10  # rows, not JSON


async def test_a_setting_turns_it_off(world, resources):
    changed = resources.settings.model_copy(update={"engine_json": False})
    operations = Operations(replace(resources, settings=changed))
    asked = Parameters("{ contentItems(limit: 3) { __typename } }")

    answer = await operations.run(asked, Caller(GUEST, BASE_URL, "test"), finished=True)

    assert answer.body["data"] == {"contentItems": [{"__typename": "ContentItem"}] * 3}
