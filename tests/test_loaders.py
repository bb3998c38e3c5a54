"""Loaders: one call for everybody who asks together, and nobody else's failure."""

import asyncio

import pytest

from app.pagination import Cursors, Window
from app.permissions import GUEST, Actor, Role
from app.selects import Listing
from loaders import Loader, Loaders
from loaders.lists import ROOT, PageByParent, SliceByParent
from loaders.rows import RowById
from tests import factories

CURSORS = Cursors(b"test")


class Doubled(Loader[int, int]):
    """Twice each key, once it is let go; `calls` are the keys of each call."""

    def __init__(self, scope):
        super().__init__(scope)
        self.calls = []
        self.go = asyncio.Event()
        self.error = None

    async def batch_load_fn(self, keys):
        self.calls.append(keys)
        await self.go.wait()
        if self.error:
            raise self.error
        return [ZeroDivisionError() if key == 0 else 2 * key for key in keys]


@pytest.fixture
async def doubled():
    return Loaders(None, GUEST, CURSORS)(Doubled)


async def turns(count=5):
    for _ in range(count):
        await asyncio.sleep(0)


async def test_all_keys_of_a_tick_are_one_call_and_each_is_asked_once(doubled):
    doubled.go.set()
    answers = await asyncio.gather(
        doubled.many([1, 2, None, 1]), doubled.load(3), doubled.many([3, 2]), doubled.load(1)
    )
    assert answers == [[2, 4, None, 2], 6, [6, 4], 2]
    assert doubled.calls == [[3, 1, 2]]  # `load` asks at once
    assert await doubled.many([1, 4]) == [2, 8]
    assert doubled.calls == [[3, 1, 2], [4]]


async def test_what_is_under_way_is_not_asked_again(doubled):
    first = asyncio.create_task(doubled.many([1, 2]))
    await turns()
    second = asyncio.create_task(doubled.many([2, 3]))
    await turns()
    assert doubled.calls == [[1, 2], [3]]
    doubled.go.set()
    assert (await first, await second) == ([2, 4], [4, 6])


async def test_a_failure_is_told_to_all_and_asked_again(doubled):
    doubled.go.set()
    doubled.error = OSError("away")
    answers = await asyncio.gather(
        doubled.many([1]), doubled.load(1), doubled.load(2), return_exceptions=True
    )
    assert answers == [doubled.error] * 3
    doubled.error = None
    assert await doubled.many([1, 2]) == [2, 4]


async def test_an_exception_among_the_values_is_of_its_key_alone(doubled):
    doubled.go.set()
    one, other = await doubled.many([0, 1])
    assert isinstance(one, ZeroDivisionError)
    assert other == 2
    with pytest.raises(ZeroDivisionError):
        await doubled.load(0)


async def test_who_is_cancelled_leaves_the_others_their_answer(doubled):
    first, second = (asyncio.create_task(doubled.many([1])) for _ in range(2))
    await turns()
    first.cancel()
    await turns()
    doubled.go.set()
    assert await second == [2]
    assert doubled.calls == [[1]]


@pytest.mark.parametrize("ticks", [0, 1, 2, 5])
async def test_when_all_are_cancelled_so_is_the_call(doubled, ticks):
    first = asyncio.create_task(doubled.many([1]))
    await turns(ticks)
    first.cancel()
    await turns()
    assert [batch.keys for batch in doubled._under_way] == []
    doubled.go.set()
    assert await doubled.many([1]) == [2]


async def test_a_wrong_number_of_values_is_an_error(doubled):
    async def wrong(keys):
        return [1]

    doubled.batch_load_fn = wrong
    with pytest.raises(ValueError, match="zip"):
        await doubled.many([1, 2])


async def test_who_is_alone_waits_for_nobody(doubled):
    doubled.scope.alone = True
    doubled.go.set()
    coroutine = doubled.many([1, 2, 1])
    with pytest.raises(StopIteration) as done:
        coroutine.send(None)
    assert done.value.value == [2, 4, 2]
    assert doubled.calls == [[1, 2]]


async def test_only_the_columns_that_are_read(db, statements):
    ada = factories.user()
    await factories.add(db, ada)
    await factories.add(db, factories.item(ada), factories.item(ada))
    columns = {"users": frozenset({"username", "fullName"}), "content": frozenset({"title"})}
    load = Loaders(db, GUEST, CURSORS, columns)
    del statements[:]
    (row,) = await load(RowById, "users").many([ada.id])
    assert row._fields == ("id", "username")
    (items,) = await load(SliceByParent, Listing("content"), 10, 0).many([ROOT])
    assert {item._fields for item in items} == {("id", "title")}
    (page,) = await load(PageByParent, Listing("content"), Window.of(first=1)).many([ROOT])
    assert page.nodes[0]._fields == ("id", "title", "created_at")
    after = Window.of(first=1, after=page.end_cursor)
    (next_page,) = await load(PageByParent, Listing("content"), after).many([ROOT])
    assert {page.nodes[0].id, next_page.nodes[0].id} == {item.id for item in items}
    assert len(statements) == 4


async def test_a_kept_statement_shows_each_actor_their_own(db):
    """Both have the same permissions, and so the same statement."""
    ada, bob = factories.user(email="ada@example.com"), factories.user(email="bob@example.com")
    await factories.add(db, ada, bob)
    for me in (ada, bob, ada):
        load = Loaders(db, Actor(me.id, Role.USER), CURSORS)
        found = await load(RowById, "users").many([ada.id, bob.id])
        assert [row.email for row in found] == [
            user.email if user is me else None for user in (ada, bob)
        ]
