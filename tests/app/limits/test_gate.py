"""So many inside, so many waiting in their order, nobody else; and no place is ever lost."""

import asyncio
from random import Random

import pytest

from app.errors import Overloaded
from app.limits.gate import Gate


class Work:
    """Somebody who goes through the gate and stays inside until told to leave."""

    def __init__(self, gate):
        self.entered, self.leave = asyncio.Event(), asyncio.Event()
        self.task = asyncio.create_task(self._go(gate))

    async def _go(self, gate):
        async with gate:
            self.entered.set()
            await self.leave.wait()

    async def end(self):
        self.leave.set()
        await self.task


async def settled():
    for _ in range(5):
        await asyncio.sleep(0)


async def started(gate, count):
    works = [Work(gate) for _ in range(count)]
    await settled()
    return works


def inside(works):
    return [work.entered.is_set() for work in works]


async def test_who_comes_waits_in_order_until_a_place_is_free():
    gate = Gate(2, 2)
    works = await started(gate, 4)
    assert inside(works) == [True, True, False, False]

    await works[1].end()
    await settled()
    assert inside(works) == [True, True, True, False]
    for work in (works[0], works[2], works[3]):
        await work.end()
    assert (gate.inside, len(gate.waiting)) == (0, 0)


async def test_who_finds_no_bench_is_sent_away_at_once():
    gate = Gate(1, 1)
    works = await started(gate, 2)
    with pytest.raises(Overloaded) as refused:
        async with gate:
            pass

    assert refused.value.headers == {"Retry-After": "1"}
    assert gate.turned_away == 1
    for work in works:
        await work.end()
    async with gate:
        assert gate.inside == 1
    assert gate.inside == 0


async def test_who_gives_up_waiting_leaves_no_trace():
    gate = Gate(1, 2)
    works = await started(gate, 3)
    works[1].task.cancel()
    await settled()

    assert len(gate.waiting) == 1
    await works[0].end()
    await settled()
    assert inside(works) == [True, False, True]
    await works[2].end()
    assert gate.inside == 0


async def test_who_gives_up_when_the_place_is_theirs_hands_it_on():
    gate = Gate(1, 2)
    works = await started(gate, 3)
    works[0].leave.set()
    await asyncio.sleep(0)  # the second has been called, but has not moved yet
    works[1].task.cancel()
    await settled()

    assert inside(works) == [True, False, True]
    await works[2].end()
    assert gate.inside == 0


async def test_who_fails_inside_makes_room():
    gate = Gate(1, 0)
    with pytest.raises(ValueError, match="inside"):
        async with gate:
            raise ValueError("inside")
    assert gate.inside == 0


@pytest.mark.parametrize("seed", range(10))
async def test_whatever_happens_no_more_are_inside_and_all_leave(seed):
    random, gate, most = Random(seed), Gate(3, 5), 0

    async def visit():
        nonlocal most
        async with gate:
            most = max(most, gate.inside)
            for _ in range(random.randint(0, 4)):
                await asyncio.sleep(0)

    tasks = []
    for _ in range(100):
        tasks.append(asyncio.create_task(visit()))
        for _ in range(random.randint(0, 3)):
            await asyncio.sleep(0)
        if random.random() < 0.3:
            random.choice(tasks).cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)

    known = (type(None), Overloaded, asyncio.CancelledError)
    assert {type(result) for result in results} <= set(known)
    assert most == 3
    assert (gate.inside, len(gate.waiting)) == (0, 0)
    assert gate.turned_away == sum(isinstance(result, Overloaded) for result in results)


async def test_who_gives_up_while_another_leaves_is_only_cancelled():
    gate = Gate(1, 2)
    await gate.__aenter__()
    waiter = asyncio.create_task(gate.__aenter__())
    await asyncio.sleep(0)

    waiter.cancel()
    await gate.__aexit__(None, None, None)

    with pytest.raises(asyncio.CancelledError):
        await waiter
    assert (gate.inside, len(gate.waiting)) == (0, 0)
