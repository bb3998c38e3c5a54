"""Pages of any order and size, checked against a plain sort in Python (hypothesis)."""

from datetime import timedelta
from zlib import crc32

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, update

from app import ids, text
from app.models import ContentItem, ContentStatus, User
from app.pagination import Cursors, Direction, Window
from app.permissions import Actor, Role
from app.selects import Listing
from loaders import Loaders
from loaders.lists import ROOT, CountByParent, PageByParent, SliceByParent
from tests.factories import NOON

EDITOR = Actor("usr_editor", Role.EDITOR)
AUTHORS = [ids.make(ids.USER, n, n) for n in range(3)]

moments = st.sampled_from([NOON + timedelta(microseconds=n) for n in (-1, 0, 1, 1_000_000)])
values = st.fixed_dictionaries({
    "title": st.sampled_from(["rose", "Rose", "Rosé", "ROSES", "ros", "a", "Ω", "ﬁ", "🌹", "水"]),
    "created_at": moments,
    "updated_at": moments,
    "published_at": st.none() | moments,
    "author_id": st.sampled_from(AUTHORS),
})  # fmt: skip
FIELDS = {
    "title": "title_key",
    "created_at": "created_at",
    "updated_at": "updated_at",
    "published_at": "published_at",
}
sorts = st.lists(
    st.tuples(st.sampled_from(list(FIELDS)), st.sampled_from(list(Direction))),
    min_size=1,
    max_size=3,
    unique_by=lambda key: key[0],
).map(tuple)
changes = st.one_of(
    st.tuples(st.just("insert"), values),
    st.tuples(st.just("update"), st.integers(0, 30), values),
    st.tuples(st.just("delete"), st.integers(0, 30)),
)
tables = st.lists(values, max_size=12)
sizes = st.integers(1, 5)

# The database is not fresh for each example: `fill` empties the table.
on_db = settings(
    max_examples=50,
    phases=[Phase.reuse, Phase.generate],  # shrinking on a database takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def row(id, value):
    return {
        "id": id,
        "slug": id,
        "status": ContentStatus.DRAFT,
        "title_key": text.key(value["title"]),
        **value,
    }


class Table:
    """The rows of one example, as the database and as Python has them."""

    def __init__(self, db):
        self.db = db
        self.rows = {}
        self.changed = set()

    async def fill(self, given):
        async with self.db.write() as session:
            await session.execute(delete(ContentItem))
            await session.execute(delete(User))
            authors = [{"id": id, "username": id, "username_key": id} for id in AUTHORS]
            await session.execute(insert(User), authors)
        for value in given:
            # Ids in no order of time, so that they tell nothing of the other columns.
            id = ids.make(ids.CONTENT, crc32(repr(value).encode()) % 9, len(self.rows))
            self.rows[id] = row(id, value)
        if given:
            async with self.db.write() as session:
                await session.execute(insert(ContentItem), list(self.rows.values()))
        return self

    async def change(self, what, *how):
        existing = sorted(self.rows)
        async with self.db.write() as session:
            if what == "insert":
                id = ids.make(ids.CONTENT, 5, 1000 + len(self.changed))
                self.rows[id] = row(id, how[0])
                await session.execute(insert(ContentItem), [self.rows[id]])
            elif not existing:
                return
            else:
                id = existing[how[0] % len(existing)]
                is_it = ContentItem.id == id
                if what == "delete":
                    del self.rows[id]
                    await session.execute(delete(ContentItem).where(is_it))
                else:
                    self.rows[id] = row(id, how[1])
                    await session.execute(update(ContentItem).where(is_it).values(self.rows[id]))
        self.changed.add(id)

    def sorted(self, sort, author=None):
        """The oracle: ids in order, NULL smallest, ties by id in the last key's direction."""
        rows = [row for row in self.rows.values() if author in (None, row["author_id"])]
        rows.sort(key=lambda row: row["id"], reverse=sort[-1][1] is Direction.DESC)
        for name, direction in reversed(sort):
            field = FIELDS[name]
            rows.sort(
                key=lambda row: (row[field] is not None, row[field] or 0),
                reverse=direction is Direction.DESC,
            )
        return [row["id"] for row in rows]

    async def pages(self, sort, *windows, parents=(ROOT,), parent=None):
        load = Loaders(self.db, EDITOR, CURSORS)
        listing = Listing("content", sort=sort, parent=parent)
        return [await load(PageByParent, listing, window).many(parents) for window in windows]

    async def page(self, sort, window):
        return (await self.pages(sort, window))[0][0]


CURSORS = Cursors(b"test")


def shown(page):
    return [row.id for row in page.nodes]


async def walk(table, sort, size, *, backward=False, between=()):
    """The ids of all pages from one end to the other, with a change after each page."""
    seen, cursor, changes = [], None, list(between)
    while True:
        window = Window(size, backward, before=cursor) if backward else Window(size, after=cursor)
        page = await table.page(sort, window)
        seen = shown(page) + seen if backward else seen + shown(page)
        if not (page.has_previous_page if backward else page.has_next_page):
            return seen
        assert len(seen) < 100, "goes round in a circle"
        cursor = page.start_cursor if backward else page.end_cursor
        if changes:
            await table.change(*changes.pop(0))


@on_db
@given(tables, sorts, sizes)
async def test_forward_is_backward_is_the_sorted_list(db, given, sort, size):
    table = await Table(db).fill(given)

    assert await walk(table, sort, size) == table.sorted(sort)
    assert await walk(table, sort, size, backward=True) == table.sorted(sort)


@on_db
@given(tables, sorts, sizes, st.booleans(), st.lists(changes, max_size=6))
async def test_changes_between_pages_neither_hide_nor_repeat_rows(
    db, given, sort, size, backward, changes
):
    table = await Table(db).fill(given)

    seen = await walk(table, sort, size, backward=backward, between=changes)

    stayed = [id for id in table.sorted(sort) if id not in table.changed]
    assert [id for id in seen if id not in table.changed and id in table.rows] == stayed


@on_db
@given(tables.filter(bool), sorts, st.integers(0, 5), st.booleans(), st.data())
async def test_between_two_cursors_are_the_rows_between_them(db, given, sort, size, backward, data):
    table = await Table(db).fill(given)
    order = table.sorted(sort)
    place = st.none() | st.integers(0, len(order) - 1)
    after, before = data.draw(place), data.draw(place)
    everything = await table.page(sort, Window(100))
    cursors = [edge.cursor for edge in everything.edges]

    page = await table.page(
        sort,
        Window(
            size,
            backward,
            None if after is None else cursors[after],
            None if before is None else cursors[before],
        ),
    )

    inside = order[0 if after is None else after + 1 : before]
    more = len(inside) > size
    assert shown(page) == (inside[max(len(inside) - size, 0) :] if backward else inside[:size])
    assert page.has_next_page == (before is not None if backward else more)
    assert page.has_previous_page == (more if backward else after is not None)


@on_db
@given(tables, sorts, st.integers(0, 5), st.integers(0, 4), st.booleans())
async def test_pages_and_slices_of_all_parents_at_once(db, given, sort, size, offset, backward):
    table = await Table(db).fill(given)
    load = Loaders(db, EDITOR, CURSORS)
    listing = Listing("content", sort=sort, parent="author")

    window = Window(size, backward, offset=0 if backward else offset)
    pages = await load(PageByParent, listing, window).many(AUTHORS)
    slices = await load(SliceByParent, listing, size, offset).many(AUTHORS)
    counts = await load(CountByParent, listing).many(AUTHORS)

    for author, page, part, count in zip(AUTHORS, pages, slices, counts, strict=True):
        order = table.sorted(sort, author)
        left = order[window.offset :]
        assert shown(page) == (left[max(len(left) - size, 0) :] if backward else left[:size])
        assert (page.has_previous_page if backward else page.has_next_page) == (len(left) > size)
        assert [row.id for row in part] == order[offset : offset + size]
        assert count == len(order)


@on_db
@given(tables, sorts, sizes)
async def test_each_parent_continues_after_the_same_cursor(db, given, sort, size):
    table = await Table(db).fill(given)
    (whole,) = await table.pages(sort, Window(100), parents=AUTHORS, parent="author")

    for edge in [edge for page in whole for edge in page.edges][:3]:
        (pages,) = await table.pages(
            sort, Window(size, after=edge.cursor), parents=AUTHORS, parent="author"
        )
        later = table.sorted(sort)[table.sorted(sort).index(edge.node.id) + 1 :]
        for author, page in zip(AUTHORS, pages, strict=True):
            own = [id for id in later if table.rows[id]["author_id"] == author]
            assert shown(page) == own[:size]
