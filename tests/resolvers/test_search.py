"""`search` finds, counts and narrows the same on both databases, and shows it safely."""

import pytest
from sqlalchemy import text as sql

from app import indexing
from app.models import ContentStatus, MediaKind
from app.permissions import GUEST, Actor, Role
from tests import factories

EDITOR = Actor("usr_editor", Role.EDITOR)
SEARCH = """query(
    $words: String!, $types: [SearchType!], $first: Int, $after: Cursor, $offset: Int,
    $filter: ContentItemFilter
) {
    search(
        query: $words, types: $types, first: $first, after: $after, offset: $offset, filter: $filter
    ) {
        totalCount
        edges {
            cursor score highlights { field html }
            node {
                __typename
                ... on Node { id }
                ... on ContentItem { title } ... on User { username } ... on Tag { name }
                ... on Media { fileName }
            }
        }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        facets { field values { value label count } }
    }
}"""


@pytest.fixture
def find(data):
    """Search, and answer with the whole connection."""

    async def find(query, actor=GUEST, **arguments):
        return (await data(SEARCH, actor, words=query, **arguments))["search"]

    return find


def names(found):
    return [
        node.get("title") or node.get("username") or node.get("name") or node.get("fileName")
        for node in (edge["node"] for edge in found["edges"])
    ]


def facets(found):
    return {
        facet["field"]: {value["label"]: value["count"] for value in facet["values"]}
        for facet in found["facets"]
    }


@pytest.fixture
async def garden(db):
    """Roses in everything that can be found, and in drafts that guests must not find."""
    ada = factories.user(username="ada", bio="Grows roses.")
    bob = factories.user(username="rosetta")
    red, wild = factories.tag("rose red"), factories.tag("wild")
    plants = factories.category("Plants")
    image = factories.image(title="A rose", file_name="rose.png")
    film = factories.image(kind=MediaKind.VIDEO, file_name="roses.mp4", alt_text="in bloom")
    items = [
        factories.item(ada, title="Rose", category_id=plants.id, kind="page"),
        factories.item(ada, title="Garden", body="One rose among many other plants."),
        factories.item(bob, title="Rosé wine", category_id=plants.id),
        factories.item(bob, title="Tulips", body="Nothing of it."),
        factories.item(ada, title="Rose draft", status=ContentStatus.DRAFT, category_id=plants.id),
        factories.item(ada, title="Old rose", status=ContentStatus.ARCHIVED),
    ]
    links = {items[0]: [red, wild], items[2]: [wild], items[4]: [red]}
    await factories.add(db, ada, bob, red, wild, plants, image, film, *items, tags=links)
    return {"ada": ada, "bob": bob, "red": red, "wild": wild, "plants": plants, "items": items}


async def test_titles_come_before_texts(find, garden):
    found = await find("rose", types=["CONTENT_ITEM"])

    assert names(found)[-1] == "Garden"
    assert set(names(found)) == {"Rose", "Rosé wine", "Garden"}
    scores = [edge["score"] for edge in found["edges"]]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] > 0


async def test_a_title_counts_more_than_five_times_in_the_text(db, find):
    ada = factories.user()
    often = factories.item(ada, title="Often", body="rose " * 5 + "filler " * 20)
    once = factories.item(ada, title="The rose", body="filler " * 24)
    await factories.add(db, ada, once, often)

    assert names(await find("rose")) == ["The rose", "Often"]


async def test_everything_is_searched_and_the_last_word_may_be_a_beginning(find, garden):
    found = await find("rose")

    assert sorted(names(found)) == sorted([
        "Rose", "Garden", "Rosé wine", "ada", "rosetta", "rose red", "rose.png", "roses.mp4",
    ])  # fmt: skip
    assert found["totalCount"] == 8
    assert {edge["node"]["__typename"] for edge in found["edges"]} == {
        "ContentItem", "User", "Tag", "Image", "Video",
    }  # fmt: skip
    assert names(await find("ros wine")) == []  # only the last word may be a beginning
    assert names(await find("wine rosé")) == ["Rosé wine"]
    assert names(await find("WINE ROS")) == ["Rosé wine"]


async def test_facets_count_what_is_found(find, garden):
    assert facets(await find("rose")) == {
        "TYPE": {"CONTENT_ITEM": 3, "USER": 2, "MEDIA": 2, "TAG": 1},
        "KIND": {"article": 2, "page": 1},
        "AUTHOR": {"ada": 2, "rosetta": 1},
        "CATEGORY": {"Plants": 2},
        "TAG": {"wild": 2, "rose red": 1},
    }
    assert facets(await find("rose", EDITOR)) == {
        "TYPE": {"CONTENT_ITEM": 5, "USER": 2, "MEDIA": 2, "TAG": 1},
        "KIND": {"article": 4, "page": 1},
        "AUTHOR": {"ada": 4, "rosetta": 1},
        "CATEGORY": {"Plants": 3},
        "TAG": {"wild": 2, "rose red": 2},
    }
    first = (await find("rose"))["facets"][1]["values"][0]
    assert first == {"value": "article", "label": "article", "count": 2}


async def test_types_and_filters_narrow_hits_count_and_facets(find, garden):
    tags = await find("rose", types=["TAG", "USER"])
    assert sorted(names(tags)) == ["ada", "rose red", "rosetta"]
    assert tags["totalCount"] == 3
    assert facets(tags) == {
        "TYPE": {"USER": 2, "TAG": 1}, "KIND": {}, "AUTHOR": {}, "CATEGORY": {}, "TAG": {},
    }  # fmt: skip

    by_ada = await find("rose", filter={"authorId": {"eq": garden["ada"].id}})
    assert names(by_ada) == ["Rose", "Garden"]
    assert by_ada["totalCount"] == 2
    assert facets(by_ada)["TYPE"] == {"CONTENT_ITEM": 2}
    assert facets(by_ada)["AUTHOR"] == {"ada": 2}

    assert names(await find("rose", filter={"query": "among"})) == ["Garden"]
    assert names(
        await find("rose", filter={"not": {"query": "among"}, "kind": {"eq": "page"}})
    ) == ["Rose"]
    assert names(await find("rose", filter={"kind": {"eq": "page"}}, types=["USER"])) == []


async def test_drafts_are_found_by_those_who_see_them(find, garden):
    author = Actor(garden["ada"].id, Role.USER)

    for actor, count in ((GUEST, 3), (author, 5), (Actor("usr_x", Role.USER), 3), (EDITOR, 5)):
        found = await find("rose", actor, types=["CONTENT_ITEM"])
        assert found["totalCount"] == len(found["edges"]) == count
        assert sum(facets(found)["AUTHOR"].values()) == count
        assert ("Rose draft" in names(found)) == (count == 5)


async def test_hidden_texts_weigh_nothing(db, find):
    ada, bob = factories.user(), factories.user()
    mine = [
        factories.item(ada, title="Mine", body="merger news", status=ContentStatus.DRAFT),
        factories.item(ada, title="Mine, too", body="news news", status=ContentStatus.DRAFT),
    ]
    await factories.add(db, ada, bob, *mine)
    author = Actor(ada.id, Role.USER)
    before = [(await find(words, author))["edges"] for words in ("merger", "mer", "news")]

    secret = {"body": "A merger, a merger", "status": ContentStatus.DRAFT}
    await factories.add(db, *(factories.item(bob, title=f"Secret {n}", **secret) for n in range(9)))

    assert [(await find(words, author))["edges"] for words in ("merger", "mer", "news")] == before
    assert [len(edges) for edges in before] == [1, 1, 2]


async def test_a_word_counts_the_more_often_it_occurs(db, find):
    ada = factories.user()
    texts = ("прил прил word", "прил", "прил прил прил", "word прилет")
    items = [factories.item(ada, title=str(n), body=text) for n, text in enumerate(texts)]
    await factories.add(db, ada, *items)

    assert names(await find("прил"))[:2] == ["2", "0"]
    assert sorted(names(await find("word прил"))) == ["0", "3"]


async def test_pages_of_hits_are_complete_and_without_repeats(db, find):
    ada = factories.user()
    items = [factories.item(ada, title="Same" if n % 3 else f"Same {'x ' * n}") for n in range(13)]
    await factories.add(db, ada, *items)
    everything = [edge["node"]["id"] for edge in (await find("same"))["edges"]]
    seen, after = [], None
    for size in (1, 2, 3, 4, 5):
        page = await find("same", first=size, after=after)
        seen += [edge["node"]["id"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        assert page["totalCount"] == 13
        assert page["pageInfo"]["hasPreviousPage"] == (size > 1)
        assert page["pageInfo"]["hasNextPage"] == (size < 5)

    assert seen == everything
    assert sorted(seen) == sorted(item.id for item in items)
    for number in range(5):
        page = await find("same", first=3, offset=3 * number)
        assert [edge["node"]["id"] for edge in page["edges"]] == everything[3 * number :][:3]
        assert page["pageInfo"]["hasPreviousPage"] == (number > 0)
        assert page["pageInfo"]["hasNextPage"] == (number < 4)
    first = (await find("same", first=1))["pageInfo"]["endCursor"]
    (hit,) = (await find("same", first=1, offset=2, after=first))["edges"]
    assert hit["node"]["id"] == everything[3]


async def test_a_cursor_of_another_search_is_a_clear_error(ask, find, garden):
    after = (await find("rose", first=1))["pageInfo"]["endCursor"]

    for query, cursor in (("tulip", after), ("rose", "x")):
        (error,) = (await ask(SEARCH, words=query, after=cursor))["errors"]
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
        assert error["message"].startswith("This cursor is not from this list")


async def test_a_search_costs_the_same_for_one_hit_and_for_many(db, find, statements):
    costs = []
    for words in ("single", "plenty"):
        ada = factories.user()
        await factories.add(db, ada, *(factories.item(ada, title=words) for _ in range(20)))
        statements.clear()
        await find(words, first=1 if words == "single" else 20)
        costs.append(len(statements))
    # Hits, their count, five facets, the items, the documents.
    assert costs == [9, 9]


async def test_putting_again_replaces_and_removing_removes(db, find):
    tag = factories.tag("old")
    await factories.add(db, tag)
    entry = indexing.Entry(tag.id, "new words", "and text")

    async with db.write() as session:
        await indexing.put(session, [indexing.Entry(tag.id, "twice"), entry])
    assert (await find("old"))["totalCount"] == 0
    assert (await find("twice"))["totalCount"] == 0
    assert (await find("text new"))["edges"][0]["highlights"] == [
        {"field": "title", "html": "<mark>new</mark> words"},
        {"field": "text", "html": "and <mark>text</mark>"},
    ]

    async with db.write() as session:
        await indexing.put(session, [entry])
        await indexing.put(session, [])
    assert (await find("text"))["totalCount"] == 1

    async with db.write() as session:
        await indexing.remove(session, [tag.id, "tag_unknown"])
    assert (await find("text"))["totalCount"] == 0
    left = await db.fetch(sql("SELECT count(*) FROM search_index"))
    assert left[0][0] == 0


async def test_highlights_at_the_door_are_safe(db, find):
    ada = factories.user()
    item = factories.item(
        ada, title="<script>alert('rose')</script>", body="<img onerror=x> & a rose"
    )
    await factories.add(db, ada, item)

    (edge,) = (await find("rose"))["edges"]

    assert edge["highlights"] == [
        {"field": "title",
         "html": "&lt;script&gt;alert(&#x27;<mark>rose</mark>&#x27;)&lt;/script&gt;"},
        {"field": "text", "html": "&lt;img onerror=x&gt; &amp; a <mark>rose</mark>"},
    ]  # fmt: skip
