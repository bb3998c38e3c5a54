"""Lists are walked by their links to the end: at v2 while rows come and go, at v1 also beyond the
numbers. Every list of the table is, those of tomorrow too."""

from collections import Counter
from random import Random
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from sqlalchemy import delete

from app.models import Category, ContentItem, Media, Revision, Tag, User
from app.rest import v1 as dialect
from app.rest.v2 import V2
from resolvers.execution import GRAPHQL
from tests import factories as make
from tests.rest.library import ADA, GREEN, PLANTS, PUBLISHED, SNAPSHOT

LISTS = {plan.route.path: plan for plan in V2(GRAPHQL).plans if plan.paged}
CHANGING = [path for path in LISTS if path != "/search"]  # scores change with what is found
OWNERS = {"users": ADA, "content-items": PUBLISHED, "tags": GREEN, "categories": PLANTS}
QUERIES = {"/search": {"v1": "q=walked", "v2": "filter[query]=walked"}}
TAGGED = make.tag("Green", id=GREEN)


def item(n, **columns):
    ada = make.user(id=ADA)
    return make.item(ada, title=f"Walked {n % 4}", category_id=PLANTS, **columns, **moment(n))


def moment(n):
    """Several rows of one moment: only their ids tell them apart."""
    return {"created_at": make.NOON.replace(minute=n % 3)}


MAKERS = {
    "users": lambda n: make.user(**moment(n)),
    "content-items": item,
    "media": lambda n: make.image(uploaded_by_id=ADA, **moment(n)),
    "tags": lambda n: make.tag(f"Walked {n}", **moment(n)),
    "categories": lambda n: make.category(f"Walked {n}", position=n % 3),
    "revisions": lambda n: Revision(
        id=make.ids.new("rev"), item_id=PUBLISHED, number=n + 100, snapshot=SNAPSHOT,
        created_by_id=ADA, created_at=make.NOON,
    ),
}  # fmt: skip
TABLES = {"users": User, "content-items": ContentItem, "media": Media, "tags": Tag,
          "categories": Category, "revisions": Revision}  # fmt: skip


class Rows:
    """Rows of a list that come and go; `there` are those that did not."""

    def __init__(self, db, path, chance):
        self.db, self.chance = db, chance
        self.type = LISTS[path].resource.type
        trash = {"deleted_at": make.NOON} if path.endswith("/trash") else {}
        self.make = lambda n: MAKERS[self.type](n, **trash)
        self.there, self.known, self.made = [], set(), 0

    async def come(self, many=1):
        rows = [self.make(self.made + n) for n in range(many)]
        self.made += many
        tagged = {row: [TAGGED] for row in rows if self.type == "content-items"}
        await make.add(self.db, *rows, tags=tagged)
        self.known.update(row.id for row in rows)
        return [row.id for row in rows]

    async def go(self):
        id = self.there.pop(self.chance.randrange(len(self.there)))
        table = TABLES[self.type]
        async with self.db.write() as session:
            await session.execute(delete(table).where(table.id == id))

    async def change(self):
        happens = self.chance.random()
        if happens < 0.3:
            await self.come()
        elif happens < 0.6 and self.there:
            await self.go()


def begin(version, path, **query):
    """The address of a list's first page."""
    owner = OWNERS[path.split("/")[1]] if "{id}" in path else ""
    given = [QUERIES.get(path, {}).get(version), *(f"{key}={query[key]}" for key in query)]
    return f"/api/{version}{path.replace('{id}', owner)}?{'&'.join(filter(None, given))}"


async def walk(api, who, address, size, rel="next", between=None):
    """The ids on all pages from an address on, page after page; `size` says how many next."""
    pages, document = [], None
    while address:
        url = httpx2.URL(address)
        answer = await api.get(str(url.copy_set_param(*size())), who)
        assert answer.status_code == 200, answer.text
        document = answer.json()
        pages.append([one["id"] for one in document["data"]])
        address = document["links"][rel]
        if between:
            await between()
    return pages, document


def flat(pages):
    return [id for page in pages for id in page]


@pytest.mark.parametrize("path", LISTS)
async def test_v2_misses_and_repeats_nothing_while_rows_come_and_go(v2, db, library, path):
    chance = Random(path)
    rows, who = Rows(db, path, chance), library["eve"]
    change = rows.change if path in CHANGING else None
    sorts = [way + name for name in LISTS[path].sorts for way in ("", "-")]

    def size():
        return "page[size]", chance.randint(1, 6)

    for sort in [{}, *({"sort": one} for one in chance.sample(sorts, min(2, len(sorts))))]:
        rows.there += await rows.come(10)
        pages, last = await walk(v2, who, begin("v2", path, **sort), size, between=change)
        seen = Counter(flat(pages))
        assert max(seen.values()) == 1
        assert set(rows.there) <= seen.keys(), f"missed, with {sort}"
        back, _ = await walk(v2, who, last["links"]["prev"], size, "prev", between=change)
        again = Counter([*flat(back), *pages[-1]])
        assert max(again.values()) == 1
        assert path == "/search" or set(rows.there) <= again.keys(), f"missed back, with {sort}"


@pytest.mark.parametrize("far", [False, True])
@pytest.mark.parametrize("path", LISTS)
async def test_v1_is_walked_to_the_end_and_back(v1, db, library, monkeypatch, path, far):
    """Also where the numbers of pages end and cursors go on."""
    monkeypatch.setattr(dialect, "MAX_OFFSET", 4 if far else 10_000)
    await Rows(db, path, Random(path)).come(11)
    who, first = library["eve"], begin("v1", path)
    whole = (await v1.get(first, who)).json()
    everything = [one["id"] for one in whole["data"]]
    assert len(everything) == whole["meta"]["total"] >= 11
    for per_page in (1, 3, 4, len(everything)):
        size = ("per_page", per_page)
        pages, last = await walk(v1, who, first, lambda size=size: size)
        assert flat(pages) == everything
        assert last["meta"]["page"] == last["meta"]["pages"] == len(pages)
        back, start = await walk(v1, who, last["links"]["self"], lambda size=size: size, "prev")
        walked = flat(reversed(back))
        if path == "/search" and far:  # its cursors go forward only
            assert walked == everything[-len(walked) :]
        else:
            assert walked == everything
            assert start["meta"]["page"] == 1


@pytest.fixture
async def tags(db):
    """Seven of them, in their order."""
    rows = [make.tag(f"Tag {n}") for n in range(7)]
    await make.add(db, *rows)
    return [row.id for row in rows]


def query(link):
    return link and {name: value for name, (value,) in parse_qs(urlsplit(link).query).items()}


@pytest.mark.parametrize(
    ("page", "shown", "next", "prev"),
    [("1", slice(0, 3), "2", None), ("2", slice(3, 6), "3", "1"), ("3", slice(6, 7), None, "2")],
)
async def test_v1_numbers_its_pages(v1, tags, page, shown, next, prev):
    answer = await v1.get(f"/tags?page={page}&per_page=3")
    document = answer.json()
    assert [one["id"] for one in document["data"]] == tags[shown]
    assert document["meta"] == {"page": int(page), "per_page": 3, "total": 7, "pages": 3}
    assert {rel: query(link) for rel, link in document["links"].items()} == {
        "self": {"page": page, "per_page": "3"},
        "first": {"page": "1", "per_page": "3"},
        "last": {"page": "3", "per_page": "3"},
        "next": next and {"page": next, "per_page": "3"},
        "prev": prev and {"page": prev, "per_page": "3"},
    }
    assert answer.headers["X-Total-Count"] == "7"
    assert answer.headers["X-Pagination-Pages"] == "3"


async def test_v1_keeps_the_other_parameters_in_its_links(v1, db, library):
    path = "/content-items?status=draft,archived&sort=title&order=desc&fields=title&per_page=1"
    document = (await v1.get(path, library["ada"])).json()
    assert query(document["links"]["next"]) == {
        "status": "draft,archived", "sort": "title", "order": "desc", "fields": "title",
        "page": "2", "per_page": "1",
    }  # fmt: skip


async def test_v1_has_no_pages_beyond_the_last(v1, tags):
    answer = await v1.get("/tags?page=4&per_page=3")
    assert answer.status_code == 404
    (error,) = answer.json()["errors"]
    assert (error["detail"], error["source"]) == ("The last page is 3", {"parameter": "page"})


async def test_v1_an_empty_list_has_one_empty_page(v1, db):
    answer = await v1.get("/tags")
    assert answer.json()["meta"] == {"page": 1, "per_page": 25, "total": 0, "pages": 1}
    assert answer.json()["data"] == []
    assert answer.headers["X-Total-Count"] == "0"


async def test_v1_numbers_end_where_skipping_would_take_too_long(v1, tags, monkeypatch):
    monkeypatch.setattr(dialect, "MAX_OFFSET", 3)
    assert (await v1.get("/tags?page=4&per_page=1")).status_code == 200
    answer = await v1.get("/tags?page=5&per_page=1")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["source"] == {"parameter": "page"}
    links = (await v1.get("/tags?page=4&per_page=1")).json()["links"]
    assert query(links["next"]).keys() == {"page", "per_page", "after"}
    assert links["last"] is None  # nobody knows its cursor


async def test_v1_takes_cursors_only_where_numbers_end(v1, tags, monkeypatch):
    """Elsewhere the links of the answer, which have numbers, would lead to other items."""
    monkeypatch.setattr(dialect, "MAX_OFFSET", 3)
    links = (await v1.get("/tags?page=4&per_page=1")).json()["links"]
    for page in ("", "&page=1", "&page=4"):
        answer = await v1.get(f"/tags?per_page=1&after={query(links['next'])['after']}{page}")
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["source"] == {"parameter": "after"}


async def test_v2_pages_go_forward_and_back(v2, tags):
    first = (await v2.get("/tags?page[size]=3")).json()
    assert first["links"]["first"] == "/api/v2/tags?page%5Bsize%5D=3"
    assert first["links"]["prev"] is None
    assert "meta" not in first  # nothing is counted that nobody asked for
    second = (await v2.get(first["links"]["next"])).json()
    assert [one["id"] for one in second["data"]] == tags[3:6]
    assert query(second["links"]["next"]).keys() == {"page[size]", "page[after]"}
    assert query(second["links"]["prev"]).keys() == {"page[size]", "page[before]"}
    third = (await v2.get(second["links"]["next"])).json()
    assert ([one["id"] for one in third["data"]], third["links"]["next"]) == (tags[6:], None)
    again = (await v2.get(second["links"]["prev"])).json()
    assert [one["id"] for one in again["data"]] == tags[:3]
    assert again["links"]["prev"] is None


async def test_v2_cursors_are_of_their_list_and_order(v2, library):
    page = (await v2.get("/users?sort=username&page[size]=1")).json()
    cursor = query(page["links"]["next"])["page[after]"]
    for path in (
        "/users?sort=-username&",
        "/users?",
        "/tags?",
        "/users?filter[role]=user&sort=username&",
    ):
        answer = await v2.get(f"{path}page[after]={cursor}")
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["source"] == {"parameter": "page[after]"}
    answer = await v2.get("/users?page[before]=x")
    assert answer.json()["errors"][0]["source"] == {"parameter": "page[before]"}


@pytest.mark.parametrize("given", ["0", "101", "abc", "-1", "1.5", "", "٣", "1e1", "99999999999"])
async def test_sizes_that_no_page_has(v1, v2, db, given):
    for api, name in ((v1, "per_page"), (v2, "page[size]")):
        answer = await api.get(f"/tags?{name}={given}")
        assert answer.status_code == 400
        (error,) = answer.json()["errors"]
        assert error["source"] == {"parameter": name}
        assert error["detail"] == f"`{name}` is a whole number from 1 to 100"


@pytest.mark.parametrize("given", ["0", "abc", "-1", "2000000001", ""])
async def test_numbers_that_no_page_has(v1, db, given):
    answer = await v1.get(f"/tags?page={given}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["source"] == {"parameter": "page"}
