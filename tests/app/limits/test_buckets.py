"""Buckets in memory and in Redis are one: what is taken, refused, given back and forgotten."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.limits import gcra
from app.limits.buckets import MemoryBuckets, RedisBuckets
from app.limits.gcra import Decision
from app.limits.plans import Plan

SECOND = gcra.SECOND
SLOW = Plan("slow", points=60, burst=10)  # a point a minute: real time does not matter


pytestmark = pytest.mark.usefixtures("patient")


class Memory:
    """Buckets whose clock is ours."""

    def __init__(self):
        self.now = 1_000 * SECOND
        self.buckets = MemoryBuckets(clock=lambda: self.now)

    async def wait(self, seconds):
        self.now += round(seconds * SECOND)


class Redis:
    """The same in a Valkey whose clock is its own: what is kept is moved back instead."""

    def __init__(self, address):
        self.buckets = RedisBuckets(address)

    async def wait(self, seconds):
        redis = self.buckets._redis
        for key in await redis.keys("thinkalike:limit:*"):
            left = int(await redis.get(key)) - round(seconds * SECOND)
            await redis.set(key, left, keepttl=True)


@pytest.fixture(params=["memory", "redis"])
async def world(request):
    if request.param == "memory":
        world = Memory()
    else:
        world = Redis(request.getfixturevalue("redis"))
        await world.buckets._redis.flushall()
    yield world
    await world.buckets.close()


async def test_a_new_bucket_is_full(world):
    assert await world.buckets.take("a", SLOW, 0) == Decision(True, 10, 0, 0)
    assert await world.buckets.take("a", SLOW, 10) == Decision(True, 0, 600, 0)


async def test_what_is_taken_is_missing(world):
    take = world.buckets.take

    assert await take("a", SLOW, 4) == Decision(True, 6, 240, 0)
    assert await take("a", SLOW, 6) == Decision(True, 0, 600, 0)
    assert await take("b", SLOW, 1) == Decision(True, 9, 60, 0)


async def test_who_asks_for_too_much_gets_nothing_and_loses_nothing(world):
    take = world.buckets.take
    await take("a", SLOW, 7)

    assert await take("a", SLOW, 5) == Decision(False, 3, 420, 120)
    assert await take("a", SLOW, 3) == Decision(True, 0, 600, 0)
    assert await take("a", SLOW, 1) == Decision(False, 0, 600, 60)


async def test_points_come_back_one_by_one_until_the_bucket_is_full(world):
    take = world.buckets.take
    await take("a", SLOW, 10)

    await world.wait(59)
    assert not (await take("a", SLOW, 1)).allowed
    await world.wait(1.5)
    assert (await take("a", SLOW, 1)).allowed
    await world.wait(10_000)
    assert await take("a", SLOW, 1) == Decision(True, 9, 60, 0)


async def test_what_is_given_back_can_be_taken(world):
    await world.buckets.take("a", SLOW, 10)
    world.buckets.give_back("a", SLOW, 3)
    world.buckets.give_back("a", SLOW, 1)

    assert await world.buckets.take("a", SLOW, 4) == Decision(True, 0, 600, 0)
    assert (await world.buckets.take("a", SLOW, 1)).allowed is False


async def test_no_bucket_holds_more_than_its_burst(world):
    await world.buckets.take("a", SLOW, 1)
    world.buckets.give_back("a", SLOW, 9)
    world.buckets.give_back("b", SLOW, 9)

    for key in "ab":
        assert await world.buckets.take(key, SLOW, 10) == Decision(True, 0, 600, 0)


@pytest.mark.parametrize("key", ["", "a b\r\nFLUSHALL\r\n", "\0", "🌹", "*"])
async def test_any_key_is_only_a_key(world, key):
    assert (await world.buckets.take(key, SLOW, 10)).allowed
    assert not (await world.buckets.take(key, SLOW, 1)).allowed
    assert (await world.buckets.take("other", SLOW, 10)).allowed


@pytest.mark.parametrize("seed", range(5))
async def test_memory_and_redis_agree(redis, seed):
    random, one, other = Random(seed), Memory(), Redis(redis)
    await other.buckets._redis.flushall()
    for _ in range(60):
        what, key = random.choice(["take", "take", "wait", "give"]), random.choice("ab")
        if what == "take":
            cost = random.randint(0, 6)
            mine = await one.buckets.take(key, SLOW, cost)
            theirs = await other.buckets.take(key, SLOW, cost)
            assert (mine.allowed, mine.remaining) == (theirs.allowed, theirs.remaining)
            assert abs(mine.reset_after - theirs.reset_after) <= 1
            assert abs(mine.retry_after - theirs.retry_after) <= 1
        elif what == "wait":
            minutes = random.randint(0, 4) + 0.5
            await one.wait(60 * minutes)
            await other.wait(60 * minutes)
        else:
            points = random.randint(1, 2)
            for world in (one, other):
                world.buckets.give_back(key, SLOW, points)
    await other.buckets.close()


steps = st.lists(st.tuples(st.integers(0, 3_000_000), st.integers(0, 40)), max_size=60)


@given(steps, st.integers(1, 10_000_000), st.integers(1, 40))
def test_never_is_more_allowed_than_a_burst_and_what_came_back(steps, points, burst):
    """In any stretch of time, from whatever was taken first in it to what was taken last."""
    plan = Plan("any", points, burst)
    now, full_at, taken = 0, 0, []
    for pause, cost in steps:
        now += pause
        full_at, decision = gcra.taken(full_at, plan, cost, now)
        assert 0 <= decision.remaining <= burst
        assert decision.allowed == (decision.retry_after == 0)
        if decision.allowed:
            taken.append((now, cost))
        elif cost <= burst:  # and who waits as long as told gets it
            later = now + decision.retry_after * SECOND
            assert gcra.taken(full_at, plan, cost, later)[1].allowed
    for first, (start, _) in enumerate(taken):
        spent = 0
        for moment, cost in taken[first:]:
            spent += cost
            assert spent <= burst + (moment - start) / plan.interval


@given(st.lists(st.integers(0, 20), max_size=40), st.integers(1, 100_000_000))
def test_what_is_left_is_exact(costs, points):
    plan = Plan("any", points, 100)
    full_at, left = 0, 100
    for cost in costs:
        full_at, decision = gcra.taken(full_at, plan, cost, 0)
        left -= cost if decision.allowed else 0
        assert decision.allowed or cost > left
        assert decision.remaining == left


async def test_memory_forgets_whom_it_saw_longest_ago():
    buckets = MemoryBuckets(max_keys=2)
    for key in "ab":
        await buckets.take(key, SLOW, 10)
    await buckets.take("a", SLOW, 1)
    await buckets.take("c", SLOW, 10)

    assert [(await buckets.take(key, SLOW, 1)).allowed for key in "acb"] == [False, False, True]
