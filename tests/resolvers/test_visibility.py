"""Who sees which items and which private data, by every way that leads to them."""

from datetime import UTC, datetime, timedelta

import pytest

from app.models import ContentStatus, Theme
from app.permissions import GUEST, Actor, Role
from tests import factories

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)

# Every state that an item can be in: its status, when it is published, when that ends.
STATES = {
    "draft": (ContentStatus.DRAFT, None, None),
    "scheduled draft": (ContentStatus.DRAFT, NOW - HOUR, None),
    "archived": (ContentStatus.ARCHIVED, NOW - HOUR, None),
    "published": (ContentStatus.PUBLISHED, NOW - HOUR, None),
    "future": (ContentStatus.PUBLISHED, NOW + HOUR, None),
    "undated": (ContentStatus.PUBLISHED, None, None),
    "over": (ContentStatus.PUBLISHED, NOW - 2 * HOUR, NOW - HOUR),
    "still on": (ContentStatus.PUBLISHED, NOW - HOUR, NOW + HOUR),
}
PUBLIC = {"published", "still on"}
ADA, BOB = f"usr_{1:026}", f"usr_{2:026}"
ACTORS = {
    "guest": (GUEST, PUBLIC),
    "author": (Actor(ADA, Role.USER), set(STATES)),
    "another user": (Actor(BOB, Role.USER), PUBLIC),
    "guest with an id": (Actor("usr_none", Role.GUEST), PUBLIC),
    "editor": (Actor(BOB, Role.EDITOR), set(STATES)),
    "admin": (Actor("usr_admin", Role.ADMIN), set(STATES)),
}


@pytest.fixture
async def ids(db):
    """Ada's item in each of STATES, all with the same tag, category and picture; their ids."""
    ada = factories.user(id=ADA, username="ada")
    bob = factories.user(id=BOB, username="bob")
    tag, category, image = factories.tag("Tag"), factories.category("Cat"), factories.image()
    items = {
        name: factories.item(
            ada,
            title=f"Secret {name}",
            body=f"secret only{n}",
            slug=name.replace(" ", "-"),
            status=status,
            published_at=published,
            scheduled_unpublish_at=over,
            category_id=category.id,
            featured_image_id=image.id,
        )
        for n, (name, (status, published, over)) in enumerate(STATES.items())
    }
    links = {item: [tag] for item in items.values()}
    await factories.add(db, ada, bob, tag, category, image, *items.values(), tags=links)
    return {name: item.id for name, item in items.items()} | {
        "tag": tag.id,
        "category": category.id,
        "image": image.id,
    }


@pytest.fixture(params=ACTORS)
def who(request):
    return ACTORS[request.param]


@pytest.fixture
def seen(data, ids, who):
    """The names of the states behind the ids that a query answers with, for the actor."""
    names = {id: name for name, id in ids.items()}

    async def seen(query, **variables):
        answer = await data(query, who[0], **variables)
        found = [names[id] for id in _ids(answer)]
        assert len(found) == len(set(found)), "repeated"
        return set(found)

    return seen


def _ids(answer):
    if isinstance(answer, list):
        return [id for one in answer for id in _ids(one)]
    if isinstance(answer, dict):
        return [id for key, one in answer.items() for id in ([one] if key == "id" else _ids(one))]
    return []


async def test_one_item_by_id_and_by_slug(seen, ids, who):
    for name in STATES:
        expected = {name} & who[1]
        slug = name.replace(" ", "-")
        for query in (
            "query($id: ID!) { contentItem(id: $id) { id } }",
            "query($id: ID!) { contentItemBy(where: {id: $id}) { id } }",
            "query($id: ID!) { node(id: $id) { id } }",
            "query($id: ID!) { nodes(ids: [$id]) { id } }",
        ):
            assert await seen(query, id=ids[name]) == expected, (name, query)
        by_slug = "query($slug: ContentItemSlug!) { contentItemBy(where: {slug: $slug}) { id } }"
        assert await seen(by_slug, slug={"slug": slug}) == expected
        assert await seen(by_slug, slug={"slug": slug, "kind": "article"}) == expected


async def test_what_is_not_seen_is_null_in_its_place(data, ids, who):
    wanted = [ids[name] for name in STATES]

    answer = await data("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", who[0], ids=wanted)

    assert answer["nodes"] == [
        {"id": ids[name]} if name in who[1] else None for name in STATES
    ]  # fmt: skip


IN_CATEGORY = "... on Category { contentItemsConnection(first: 100 FILTER) { nodes { id } } }"
LISTS = [
    "contentItems(limit: 100 FILTER) { id }",
    "contentItems(limit: 100, sortBy: PUBLISHED_AT FILTER) { id }",
    "contentItemsConnection(first: 100 FILTER) { nodes { id } }",
    "contentItemsConnection(last: 100 FILTER) { edges { node { id } } }",
    "user(id: ADA) { contentItems(limit: 100 FILTER) { id } }",
    "user(id: ADA) { contentItemsConnection(first: 100 FILTER) { nodes { id } } }",
    "tag(id: TAG) { contentItemsConnection(first: 100 FILTER) { edges { node { id } } } }",
    "category: node(id: CATEGORY) { ...InCategory }",
    'search(query: "secret" SEARCHED) { edges { node { ... on Node { id } } } }',
    "users { nodes { contentItems(limit: 100 FILTER) { id } } }",
    "users { nodes { contentItemsConnection(first: 100 FILTER) { nodes { id } } } }",
]
FILTERS = [
    None,
    {"status": ["DRAFT", "ARCHIVED", "PUBLISHED"]},
    {"authorId": {"eq": ADA}},
    {"not": {"status": []}},
    {"or": [{"query": "secret"}, {"publishedAt": {"isNull": True}}]},
    {"title": {"contains": "secret"}},
]


def written(query, ids, filtered):
    for name in ("tag", "category"):
        query = query.replace(name.upper(), f'"{ids[name]}"')
    query = query.replace("...InCategory", IN_CATEGORY).replace("ADA", f'"{ADA}"')
    query = query.replace("FILTER", ", filter: $filter" if filtered else "")
    query = query.replace("SEARCHED", ", first: 100, filter: $filter" if filtered else "")
    return ("query($filter: ContentItemFilter)" if filtered else "") + f"{{ {query} }}"


async def test_lists(seen, ids, who):
    for query in LISTS:
        for filter in FILTERS:
            text = written(query, ids, filter is not None)
            found = await seen(text, **({"filter": filter} if filter else {}))
            assert found == who[1], (query, filter)


async def test_a_filter_finds_only_what_is_seen(seen, ids, who):
    for query in LISTS:
        for n, (name, (status, _, _)) in enumerate(STATES.items()):
            filters = [
                {"slug": {"eq": name.replace(" ", "-")}},
                {"title": {"eq": f"Secret {name}"}},
                {"status": [status.name], "id": {"in": [ids[name]]}},
            ]
            for filter in ({"id": {"eq": ids[name]}}, filters[n % 3]):
                found = await seen(written(query, ids, True), filter=filter)
                assert found == {name} & who[1], (query, filter)


COUNTS = [
    ("contentItemsConnection { totalCount }", ["contentItemsConnection", "totalCount"]),
    ("user(id: ADA) { contentItemsConnection { totalCount } }",
     ["user", "contentItemsConnection", "totalCount"]),
    ("tag(id: TAG) { usageCount }", ["tag", "usageCount"]),
    ("tag(id: TAG) { contentItemsConnection(first: 0) { totalCount } }",
     ["tag", "contentItemsConnection", "totalCount"]),
    ("node(id: CATEGORY) { ... on Category { usageCount } }", ["node", "usageCount"]),
    ("node(id: CATEGORY) { ... on Category { contentItemsConnection { totalCount } } }",
     ["node", "contentItemsConnection", "totalCount"]),
    ('search(query: "secret") { totalCount }', ["search", "totalCount"]),
    ('search(query: "secret", types: [CONTENT_ITEM]) { totalCount }', ["search", "totalCount"]),
]  # fmt: skip


async def test_counts(data, ids, who):
    for query, path in COUNTS:
        answer = await data(written(query, ids, False), who[0])
        for name in path:
            answer = answer[name]
        assert answer == len(who[1]), query


async def test_facets_and_highlights(data, ids, who):
    answer = await data(
        """{ search(query: "secret", first: 100) {
            edges { highlights { html } }
            facets { field values { label count } }
        } }""",
        who[0],
    )
    count = len(who[1])
    assert {facet["field"]: facet["values"] for facet in answer["search"]["facets"]} == {
        "TYPE": [{"label": "CONTENT_ITEM", "count": count}],
        "KIND": [{"label": "article", "count": count}],
        "AUTHOR": [{"label": "ada", "count": count}],
        "CATEGORY": [{"label": "Cat", "count": count}],
        "TAG": [{"label": "Tag", "count": count}],
    }
    shown = {edge["highlights"][0]["html"] for edge in answer["search"]["edges"]}
    assert shown == {f"<mark>Secret</mark> {name}" for name in who[1]}


async def test_a_word_that_only_an_unseen_item_has_is_found_nowhere(data, ids, who):
    for n, name in enumerate(STATES):
        answer = await data(
            """query($words: String!) { search(query: $words) {
                totalCount edges { score } facets(fields: [TYPE]) { values { count } }
            } }""",
            who[0],
            words=f"only{n}",
        )
        found = answer["search"]
        count = 1 if name in who[1] else 0
        assert found["totalCount"] == len(found["edges"]) == count, name
        assert found["facets"] == [{"values": [{"count": 1}] * count}]


async def test_pages_hold_no_gaps_for_what_is_not_seen(data, ids, who):
    query = """query($after: Cursor) {
        contentItemsConnection(first: 1, after: $after, sort: [{field: PUBLISHED_AT}]) {
            nodes { id } pageInfo { hasNextPage endCursor }
        }
    }"""
    found, after, more = [], None, True
    while more:
        page = (await data(query, who[0], after=after))["contentItemsConnection"]
        found += [node["id"] for node in page["nodes"]]
        more, after = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]

    assert len(found) == len(who[1])
    assert set(found) == {ids[name] for name in who[1]}


# --- What is private of users --------------------------------------------------------------------

PRIVATE = "{ id email preferences { theme emailNotifications } }"
OF_USERS = [
    ("user(id: ADA) " + PRIVATE, lambda answer: answer["user"]),
    ("node(id: ADA) { ... on User " + PRIVATE + " }", lambda answer: answer["node"]),
    ("nodes(ids: [ADA]) { ... on User " + PRIVATE + " }", lambda answer: answer["nodes"][0]),
    ("users(filter: {id: {eq: ADA}}) { nodes " + PRIVATE + " }",
     lambda answer: answer["users"]["nodes"][0]),
    ("users(filter: {id: {eq: ADA}}) { edges { node " + PRIVATE + " } }",
     lambda answer: answer["users"]["edges"][0]["node"]),
    ("contentItems { author " + PRIVATE + " }", lambda answer: answer["contentItems"][0]["author"]),
    ('search(query: "ada") { edges { node { ... on User ' + PRIVATE + " } } }",
     lambda answer: answer["search"]["edges"][0]["node"]),
]  # fmt: skip


@pytest.fixture
async def ada(db):
    ada = factories.user(
        id=ADA,
        username="ada",
        email="hidden@example.com",
        email_key="hidden@example.com",
        preferences={"theme": Theme.DARK, "emailNotifications": False},
        import_key="wp:hidden:1",
    )
    await factories.add(db, ada, factories.user(id=BOB), factories.item(ada, title="Public"))
    return ada


async def test_email_and_preferences_are_the_owners_and_administrators(data, ada, who):
    may = who[0].user_id == ADA or who[0].role is Role.ADMIN
    private = {
        "id": ADA,
        "email": "hidden@example.com" if may else None,
        "preferences": {"theme": "DARK", "emailNotifications": False} if may else None,
    }
    for query, user in OF_USERS:
        answer = await data("{" + query.replace("ADA", f'"{ADA}"') + "}", who[0])
        assert user(answer) == private, query


async def test_what_is_hidden_cannot_be_found(data, ada, who):
    for words in ("hidden", "hidden@example.com", "example", "dark", "wp"):
        answer = await data(
            """query($words: String!) {
                users(filter: {query: $words}) { totalCount nodes { id } }
                byName: users(filter: {username: {contains: $words}}) { totalCount }
                search(query: $words) { totalCount edges { score } facets { values { count } } }
            }""",
            who[0],
            words=words,
        )
        assert answer["users"] == {"totalCount": 0, "nodes": []}
        assert answer["byName"] == {"totalCount": 0}
        assert answer["search"]["totalCount"] == 0
        assert answer["search"]["edges"] == []
        assert all(facet["values"] == [] for facet in answer["search"]["facets"])


async def test_no_filter_and_no_order_names_what_is_private(data):
    answer = await data("""{
        filter: __type(name: "UserFilter") { inputFields { name } }
        sort: __type(name: "UserSortField") { enumValues { name } }
    }""")

    assert {field["name"] for field in answer["filter"]["inputFields"]} == {
        "and", "or", "not", "id", "username", "role", "createdAt", "query",
    }  # fmt: skip
    assert {value["name"] for value in answer["sort"]["enumValues"]} == {"CREATED_AT", "USERNAME"}
