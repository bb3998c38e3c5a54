"""Every operator of every filter, on both databases, against the same in plain Python."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app import text
from app.models import ContentStatus, MediaKind
from app.permissions import Actor, Role
from tests import factories
from tests.factories import NOON

EDITOR = Actor("usr_editor", Role.EDITOR)

TITLES = [
    "Straße", "STRASSEN", "İstanbul", "istanbul ılık", "Smørrebrød", "Łódź",
    "東京タワー", "🌹 Rose", "Café", "Cafe\u0301 noir", "100%", "100 percent", "a_b", "axb",
    'He said "hi"', "it's", "back\\s", "rose red", "rosered", "  Padded  ",
    "x" * 498 + "yz", "ﬁne ½ ℌ", "(a OR b) NOT *", "NULL",
]  # fmt: skip
PARTS = [
    "", " ", "a", "%", "_", "\\", '"', "'", "é", "e", "ß", "ss", "strass", "STRASSE", "i", "İ",
    "ist", "istanbul ilik", "smørre", "smorrebrod", "lodz", "東", "京タワ", "🌹",
    "🌹 r", "cafe", "CAFÉ", "100", "100%", "a_b", "%x%", 'd "h', "t's", "back\\", "e r",
    "ed ", "xyz", "x" * 499, "x" * 501, "fi", "1⁄2", "h",
    "or b", "not *", "null", "(a", "rose\x01", "\u0301", "\U0010ffff",
]  # fmt: skip
STATUSES = list(ContentStatus)
LIST = """query($filter: ContentItemFilter) {
    contentItems(filter: $filter, limit: 100, sortBy: TITLE, sortDirection: ASC) { id }
}"""
# The database is not fresh for each example, and need not be: nothing is written.
on_db = settings(
    max_examples=60,
    phases=[Phase.reuse, Phase.generate],  # shrinking on a database takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


class World:
    """Items in every combination that filters tell apart; the same in each database."""

    def __init__(self):
        self.users = [factories.user(id=f"usr_{n:026}") for n in range(2)]
        self.tags = [factories.tag(name, id=f"tag_{name:0>26}") for name in ("red", "blue", "tan")]
        self.category = factories.category("Plants", id=f"cat_{0:026}")
        self.items = [
            factories.item(
                self.users[n % 2],
                title=title,
                kind=("article", "page", "Page_%")[n % 3],
                slug=f"slug-{n % 5}",
                id=f"cnt_{n:026}",
                status=STATUSES[n % 3],
                created_at=NOON + timedelta(microseconds=n),
                category_id=self.category.id if n % 2 else None,
                body=f"Wörter, {title} und mehr",
                published_at=None if n % 4 == 0 else NOON + timedelta(days=n % 5),
            )
            for n, title in enumerate(TITLES)
        ]
        self.links = {item: self.tags[: n % 4] for n, item in enumerate(self.items)}
        for n, item in enumerate(self.items):  # a slug is unique in its kind
            item.slug = f"{item.slug}-{n // 15}"

    async def store(self, db):
        await factories.add(
            db, *self.users, *self.tags, self.category, *self.items, tags=self.links
        )

    def values(self, field, item):
        """What of an item a filter's field looks at: several values for tags."""
        if field == "tagId":
            return [tag.id for tag in self.links[item]]
        if field == "title":
            return [item.title_key]
        snake = "".join("_" + char.lower() if char.isupper() else char for char in field)
        return [value for value in [getattr(item, snake)] if value is not None]

    def holds(self, conditions, item):
        return all(
            self.condition(field, operand, item)
            for field, operand in conditions.items()
            if operand is not None
        )

    def condition(self, field, operand, item):
        match field:
            case "and":
                return all(self.holds(part, item) for part in operand)
            case "or":
                return any(self.holds(part, item) for part in operand)
            case "not":
                return not self.holds(operand, item)
            case "status":
                return item.status.name in operand
            case "query":
                return mentions(f"{item.title} {item.body}", operand)
        values = self.values(field, item)
        operators = {name: value for name, value in operand.items() if value is not None}
        null = operators.pop("isNull", None)
        if null is not None and null != (not values):
            return False
        if not operators:
            return True
        if not values and field != "tagId":  # nothing is different from everything
            return set(operators) == {"ne"}
        return any(
            all(compare(field, *one, value) for one in operators.items()) for value in values
        )


def mentions(words, query):
    """Of a word, the first 64 characters count."""
    *whole, beginning = [word[:64] for word in text.words(query)] or [None]
    there = [word[:64] for word in text.words(words)]
    return beginning is not None and all(word in there for word in whole) and any(
        word.startswith(beginning) for word in there
    )  # fmt: skip


def compare(field, operator, operand, value):
    if field == "title":
        part = operator in ("startsWith", "contains")
        fold = text.fold if part else text.key
        operand = [fold(one) for one in operand] if operator == "in" else fold(operand)
    elif field.endswith("At"):
        operand = datetime.fromisoformat(operand)
    return {
        "eq": lambda: value == operand,
        "ne": lambda: value != operand,
        "in": lambda: value in operand,
        "startsWith": lambda: value.startswith(operand),
        "contains": lambda: operand in value,
        "gt": lambda: value > operand,
        "gte": lambda: value >= operand,
        "lt": lambda: value < operand,
        "lte": lambda: value <= operand,
    }[operator]()


WORLD = World()


@pytest.fixture
async def listed(db, data):
    """The ids that a filter lists."""
    await World().store(db)  # rows like those of WORLD, new ones for each database

    async def listed(filter, actor=EDITOR):
        answer = await data(LIST, actor, filter=filter)
        return {item["id"] for item in answer["contentItems"]}

    return listed


def expected(filter):
    return {item.id for item in WORLD.items if WORLD.holds(filter, item)}


def titles(found):
    return {item.title for item in WORLD.items if item.id in found}


texts = st.sampled_from(PARTS + TITLES) | st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), max_size=6
)
names = st.sampled_from(["article", "page", "Page_%", "PAGE", "p", "", "slug-1-0", "slug-1", "%"])
ids = st.sampled_from([
    *(row.id for row in [*WORLD.items[:5], *WORLD.users, *WORLD.tags, WORLD.category]), "x", "",
])  # fmt: skip
moments = st.sampled_from([
    "2026-01-01T12:00:00Z", "2026-01-01T13:00:00.000003+01:00", "2026-01-03T12:00:00+00:00",
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2026-01-02T11:59:59.999999Z",
])  # fmt: skip


def operators(values, *names, null=False):
    each = dict.fromkeys(names, st.none() | values)
    each["in"] = st.none() | st.lists(values, max_size=4)
    if null:
        each["isNull"] = st.none() | st.booleans()
    return each


def one_of_each(each):
    return st.fixed_dictionaries({}, optional=each)


string = operators(texts, "eq", "ne", "startsWith", "contains")
name = operators(names, "eq", "ne", "startsWith")
id = operators(ids, "eq", "ne", null=True)
moment = operators(moments, "eq", "gt", "gte", "lt", "lte", null=True)
del moment["in"]
FIELDS = {
    "id": id, "kind": name, "title": string, "slug": name, "authorId": id, "categoryId": id,
    "tagId": id, "createdAt": moment, "updatedAt": moment, "publishedAt": moment,
}  # fmt: skip
conditions = {field: one_of_each(each) for field, each in FIELDS.items()} | {
    "status": st.lists(st.sampled_from([status.name for status in STATUSES]), max_size=3),
    "query": texts,
}
filters = st.recursive(
    one_of_each(conditions),
    lambda inner: one_of_each({
        **{field: conditions[field] for field in ("title", "publishedAt", "categoryId")},
        "and": st.lists(inner, max_size=2), "or": st.lists(inner, max_size=3), "not": inner,
    }),
    max_leaves=4,
)  # fmt: skip


async def test_each_operator_of_each_field(listed):
    for field, each in FIELDS.items():
        for operator in each:
            for value in SAMPLES[field.removesuffix("At").removesuffix("Id")]:
                operand = [value, "?"] if operator == "in" and not field.endswith("At") else value
                if operator == "isNull":
                    operand = value is SAMPLES[field.removesuffix("At").removesuffix("Id")][0]
                filter = {field: {operator: operand}}
                assert await listed(filter) == expected(filter), filter


SAMPLES = {
    "title": PARTS,
    "kind": ["page", "Page_%", "PAGE", "p", "", "%", "_age", "Page\\_%"],
    "slug": ["slug-1-0", "slug", "SLUG", "slug-1%", "'"],
    "id": [WORLD.items[3].id, WORLD.users[0].id, "", "'"],
    "author": [WORLD.users[0].id, "x"],
    "category": [WORLD.category.id, "x"],
    "tag": [WORLD.tags[2].id, "x"],
    "created": ["2026-01-01T12:00:00.000005Z", "2026-01-01T13:00:00.000005+01:00"],
    "updated": ["2026-01-01T12:00:00.000005Z", "0001-01-01T00:00:00Z"],
    "published": ["2026-01-03T12:00:00Z", "9999-12-31T23:59:59.999999Z"],
}


@on_db
@given(filters)
async def test_any_filter_finds_what_python_finds(listed, filter):
    assert await listed(filter) == expected(filter)
    assert await listed({"not": filter}) == {item.id for item in WORLD.items} - expected(filter)


@on_db
@given(texts)
async def test_any_text_in_any_text_operator(listed, part):
    for operator in string:
        operand = [part] if operator == "in" else part
        filter = {"title": {operator: operand}}
        assert await listed(filter) == expected(filter), filter
    assert await listed({"query": part}) == expected({"query": part})


EXAMPLES = [
    ({"title": {"eq": "STRASSE"}}, {"Straße"}),
    ({"title": {"startsWith": "straße"}}, {"Straße", "STRASSEN"}),
    ({"title": {"contains": "ISTANBUL"}}, {"İstanbul", "istanbul ılık"}),
    ({"title": {"contains": "smorre"}}, {"Smørrebrød"}),
    ({"title": {"contains": "京"}}, {"東京タワー"}),
    ({"title": {"contains": "京タワ"}}, {"東京タワー"}),
    ({"title": {"contains": "🌹"}}, {"🌹 Rose"}),
    ({"title": {"eq": "cafe"}}, {"Café"}),
    ({"title": {"startsWith": "CAFÉ"}}, {"Café", "Cafe\u0301 noir"}),
    ({"title": {"contains": "%"}}, {"100%"}),
    ({"title": {"contains": "a_b"}}, {"a_b"}),
    ({"title": {"contains": "\\"}}, {"back\\s"}),
    ({"title": {"contains": '"'}}, {'He said "hi"'}),
    ({"title": {"contains": "e r"}}, {"rose red"}),
    ({"title": {"contains": "xyz"}}, {"x" * 498 + "yz"}),
    ({"title": {"eq": "padded"}}, {"  Padded  "}),
    ({"title": {"in": []}}, set()),
    ({"title": {"eq": ""}}, set()),
    ({"or": []}, set()),
    ({"and": []}, set(TITLES)),
    ({"not": {}}, set()),
    ({"not": {"title": {"in": []}}}, set(TITLES)),
    ({"title": {"contains": ""}}, set(TITLES)),
    ({"title": None, "or": None, "status": None}, set(TITLES)),
    ({"status": []}, set()),
    ({"query": "rose mehr"}, {"🌹 Rose", "rose red"}),
    ({"query": "東京"}, {"東京タワー"}),
    ({"query": "%"}, set()),
]  # fmt: skip


async def test_examples_to_read(listed):
    for filter, found in EXAMPLES:
        assert titles(await listed(filter)) == found, filter


async def test_nothing_is_different_from_everything(listed):
    """`ne` and `not` hold for items without a value; `isNull` asks for them."""
    plants = WORLD.category.id
    without = {item.id for item in WORLD.items if item.category_id is None}

    assert await listed({"categoryId": {"ne": plants}}) == without
    assert await listed({"not": {"categoryId": {"eq": plants}}}) == without
    assert await listed({"not": {"categoryId": {"isNull": False}}}) == without
    assert await listed({"tagId": {"isNull": True}}) == {
        item.id for item in WORLD.items if not WORLD.links[item]
    }


DEEP = {"title": {"eq": "x"}}
for _ in range(10):
    DEEP = {"not": DEEP}
LATE = "9999-12-31T23:59:59-14:00"
REFUSED = [
    ({"id": {"in": ["x"] * 101}}, "`in` holds at most 100 values, this one has 101"),
    ({"status": ["DRAFT"] * 101}, "the list holds at most 100 values, this one has 101"),
    ({"or": [{"slug": {"eq": "x"}}] * 51},
     "A filter has at most 50 conditions, this one has 51"),
    (DEEP, "A filter nests at most 10 levels"),
    ({"title": {"contains": "a\0b"}}, "Text must not contain the character U+0000"),
    ({"createdAt": {"gt": LATE}}, "`gt` must be in the years 1 to 9999 of UTC"),
    ({"createdAt": {"lt": "0001-01-01T00:00:00+14:00"}},
     "`lt` must be in the years 1 to 9999 of UTC"),
]  # fmt: skip


async def test_what_cannot_be_answered_is_a_clear_error(ask, listed):
    for filter, message in REFUSED:
        (error,) = (await ask(LIST, EDITOR, filter=filter))["errors"]
        assert error["message"] == message
        assert error["extensions"] == {"code": "BAD_USER_INPUT", "number": 2001}
    assert await listed({"or": [{"slug": {"eq": "x"}}] * 50}) == set()
    assert await listed({"id": {"in": ["x"] * 100}}) == set()


async def test_filters_of_users_media_tags_and_categories(db, data):
    anna, bob = (
        factories.user(username="Ännchen"),
        factories.user(username="bob_%", bio="Büro", role=Role.EDITOR),
    )
    film = factories.image(
        kind=MediaKind.VIDEO, mime_type="video/mp4", file_name="a.mp4", title="Ein Film"
    )
    image = factories.image(alt_text="Zwei Rosen")
    top = factories.category("Top")
    below = factories.category("Below", top)
    await factories.add(db, anna, bob, film, image, top, below, factories.tag("Größe"))

    for field, nodes in [
        ('users(filter: {username: {contains: "ANN"}})', [anna]),
        ('users(filter: {username: {contains: "_%"}})', [bob]),
        ('users(filter: {username: {contains: "ob_%"}})', [bob]),
        ('users(filter: {username: {startsWith: "ann"}, query: "ann"})', [anna]),
        ('users(filter: {not: {username: {eq: "ANNCHEN"}}})', [bob]),
        (f'users(filter: {{id: {{in: ["{bob.id}", "{film.id}"]}}}})', [bob]),
        (f'users(filter: {{createdAt: {{gt: "{anna.created_at.isoformat()}"}}}})', [bob]),
        ("users(filter: {role: [EDITOR, ADMIN]})", [bob]),
        ("users(filter: {role: []})", []),
        ("users(filter: {not: {role: [EDITOR]}})", [anna]),
        ('users(filter: {or: [{query: "buro"}, {query: "nobody"}]})', [bob]),
        ("mediaItems(kind: [VIDEO])", [film]),
        ("mediaItems(kind: [])", []),
        ('mediaItems(mimeType: "image/")', [image]),
        ('mediaItems(query: "rosen zwei")', [image]),
        ('tags(query: "GROSSE")', [None]),
        ('tags(query: "")', []),
    ]:
        answer = await data(f"{{ list: {field} {{ nodes {{ id }} totalCount }} }}")
        assert answer["list"]["totalCount"] == len(nodes), field
        if nodes != [None]:
            assert [node["id"] for node in answer["list"]["nodes"]] == [row.id for row in nodes]
    answer = await data(
        "query($id: ID) { categories { name } below: categories(parentId: $id) { name } }",
        id=top.id,
    )
    assert answer == {"categories": [{"name": "Top"}], "below": [{"name": "Below"}]}
