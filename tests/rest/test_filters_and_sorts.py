"""Every filter of every list, and every order, at both versions."""

import pytest

from app.rest.names import snake
from app.rest.v2 import V2
from resolvers.execution import GRAPHQL
from tests.rest.library import (
    ADA,
    ARCHIVED,
    BOB,
    DRAFT,
    EVE,
    GREEN,
    IMAGE,
    OLD,
    PLANTS,
    PUBLISHED,
    ROOT,
    SOUND,
    TREES,
)

OWNERS = {"users": ADA, "content-items": PUBLISHED, "tags": GREEN, "categories": PLANTS}
LISTS = {plan.route.path: plan for plan in V2(GRAPHQL).plans if plan.paged}
FILTERED = [path for path, plan in LISTS.items() if plan.route.filters]
SORTED = [path for path, plan in LISTS.items() if plan.sorts and not plan.route.linkage]

ITEMS, USERS = {PUBLISHED, DRAFT, ARCHIVED}, {ADA, BOB, EVE, ROOT}
NOON, ONE = "2026-01-01T12:00:00Z", "2026-01-01T14:00:00%2B01:00"
LATER = "2026-01-02T12:00:00Z"

# By type of resource and filter: what is given, and what is found of all.
CASES = {
    ("content-items", "status"): ("draft,archived", {DRAFT, ARCHIVED}),
    ("content-items", "kind"): ("page,poem", {DRAFT}),
    ("content-items", "slug"): ("oaks,elms,none", {PUBLISHED, DRAFT}),
    ("content-items", "author"): (f"{BOB},{ADA}", ITEMS),
    ("content-items", "category"): (TREES, {PUBLISHED}),
    ("content-items", "tag"): (f"{OLD},{GREEN}", {PUBLISHED}),
    ("content-items", "title"): ("AK", {PUBLISHED}),
    ("content-items", "createdSince"): (ONE, {DRAFT, ARCHIVED}),
    ("content-items", "createdBefore"): (ONE, {PUBLISHED}),
    ("content-items", "updatedSince"): (LATER, ITEMS),
    ("content-items", "updatedBefore"): (LATER, set()),
    ("content-items", "publishedSince"): (NOON, {PUBLISHED, ARCHIVED}),
    ("content-items", "publishedBefore"): (NOON, set()),
    ("content-items", "query"): ("words", {DRAFT}),
    ("users", "role"): ("editor,ADMIN", {EVE, ROOT}),
    ("users", "username"): ("ada,bob,nobody", {ADA, BOB}),
    ("users", "createdSince"): (NOON, USERS),
    ("users", "createdBefore"): (NOON, set()),
    ("users", "query"): ("lovelace", {ADA}),
    ("media", "kind"): ("audio,video", {SOUND}),
    ("media", "mimeType"): ("image/", {IMAGE}),
    ("media", "query"): ("oak", {IMAGE}),
    ("tags", "query"): ("green", {GREEN}),
    ("categories", "parent"): (PLANTS, {TREES}),
    ("categories", "topmost"): ("true", {PLANTS}),
}


def address(path):
    return path.replace("{id}", OWNERS[path.split("/")[1]]) if "{id}" in path else path


async def ids(api, who, path, *query):
    answer = await api.get(f"{address(path)}?{'&'.join(query)}", who)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["data"]]


@pytest.mark.parametrize("path", [path for path in FILTERED if path != "/search"])
async def test_every_filter(v1, v2, library, path):
    who, plan = library["eve"], LISTS[path]
    everything = await ids(v2, who, path)
    for name in plan.route.filters:
        given, found = CASES[plan.resource.type, name]
        expected = [id for id in everything if id in found]
        assert await ids(v2, who, path, f"filter[{name}]={given}") == expected, name
        plain = "q" if name == "query" else snake(name)
        assert await ids(v1, who, path, f"{plain}={given}") == expected, name


async def test_the_filters_of_a_search(v1, v2, library):
    assert set(LISTS["/search"].route.filters) == {"query", "types"}
    assert await ids(v2, {}, "/search", "filter[query]=ada") == [ADA]
    assert await ids(v2, {}, "/search", "filter[query]=ada", "filter[types]=tag,media") == []
    assert await ids(v1, {}, "/search", "q=ada", "types=user") == [ADA]


async def test_filters_together_all_hold(v1, library):
    who = library["eve"]
    assert await ids(v1, who, "/content-items", "status=draft,published", "kind=page") == [DRAFT]
    assert await ids(v1, who, "/content-items", "status=published", "kind=page") == []


async def test_filters_show_nothing_that_is_hidden(v1, library):
    assert await ids(v1, {}, "/content-items", "status=draft") == []
    assert await ids(v1, library["bob"], "/content-items", "q=words") == []


async def test_an_empty_list_of_values_holds_nothing(v2, library):
    assert await ids(v2, library["eve"], "/content-items", "filter[status]=") == []


@pytest.mark.parametrize("given", ["false", "true"])
async def test_what_is_or_is_not(v2, library, given):
    expected = {"true": [PLANTS], "false": [TREES]}[given]
    assert await ids(v2, {}, "/categories", f"filter[topmost]={given}") == expected


def key(value):
    """As sorting has it: nothing before all else, letters whatever their size."""
    return (value is not None, (value or "").lower())


@pytest.mark.parametrize("path", SORTED)
async def test_every_order_each_way(v1, v2, library, path):
    who, plan = library["eve"], LISTS[path]
    for name in plan.sorts:
        for way, order in (("", "asc"), ("-", "desc")):
            answer = await v2.get(f"{address(path)}?sort={way}{name}", who)
            data = answer.json()["data"]
            values = [key(one["attributes"][name]) for one in data]
            assert values == sorted(values, reverse=bool(way)), name
            plain = f"sort={snake(name)}", f"order={order}"
            assert await ids(v1, who, path, *plain) == [one["id"] for one in data]


async def test_the_first_key_decides_then_the_next(v1, v2, library):
    who, path = library["eve"], "/content-items"
    by_title = [DRAFT, ARCHIVED, PUBLISHED]
    assert await ids(v2, who, path, "sort=updatedAt,title") == by_title
    assert await ids(v2, who, path, "sort=updatedAt,-title") == by_title[::-1]
    assert await ids(v2, who, path, "sort=-publishedAt,-title") == [PUBLISHED, ARCHIVED, DRAFT]
    assert await ids(v1, who, path, "sort=updated_at,title") == by_title
    assert await ids(v1, who, path, "sort=updated_at,title", "order=desc") == by_title[::-1]
