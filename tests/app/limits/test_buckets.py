"""Buckets in memory and in Redis are one: what is taken, refused, given back and forgotten."""

import asyncio
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.exceptions import TimeoutError as Late

from app.documents import RedisDocuments
from app.errors import StartupError
from app.limits import gcra
from app.limits.buckets import MemoryBuckets, RedisBuckets
from app.limits.gcra import Decision
from app.limits.plans import Plan
from tests import servers
from tests.sockets import until

SECOND = gcra.SECOND
SLOW = Plan("slow", points=60, burst=10)  # a point a minute: real time does not matter


@pytest.fixture(scope="session")
def redis():
    with servers.valkey() as address:
        yield address


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """What is given back goes along with what is taken next, and Redis has time to answer."""
    monkeypatch.setattr(RedisBuckets, "SOON", 3_600)
    monkeypatch.setattr(RedisBuckets, "TIMEOUT", 5)


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


async def test_redis_forgets_a_bucket_that_is_full_again(redis):
    buckets = RedisBuckets(redis)
    await buckets._redis.flushall()
    await buckets.take("a", SLOW, 0)
    assert await buckets._redis.keys() == []

    await buckets.take("a", SLOW, 2)
    assert 119_000 < await buckets._redis.pttl("thinkalike:limit:a") <= 120_000
    await buckets.close()


async def test_processes_share_what_redis_knows(redis):
    one, other = RedisBuckets(redis), RedisBuckets(redis)
    await one._redis.flushall()
    await one.take("a", SLOW, 8)

    assert await other.take("a", SLOW, 3) == Decision(False, 2, 480, 60)
    one.give_back("a", SLOW, 2)
    await one.take("a", SLOW, 0)  # what is given back comes with it
    assert (await other.take("a", SLOW, 3)).allowed
    await one.close()
    await other.close()


async def test_what_is_given_back_is_soon_there_for_other_processes(redis, monkeypatch):
    monkeypatch.setattr(RedisBuckets, "SOON", 0.01)
    monkeypatch.setattr(RedisBuckets, "MOST", 2)
    one, other = RedisBuckets(redis), RedisBuckets(redis)
    await one._redis.flushall()
    for key in "abc":
        await one.take(key, SLOW, 10)
        one.give_back(key, SLOW, 9)

    for key in "abc":
        decision = None
        while decision is None or not decision.allowed:
            decision = await other.take(key, SLOW, 9)
    await one.take("d", SLOW, 10)
    one.give_back("d", SLOW, 10)
    await one.close()  # not without that
    assert await other.take("d", SLOW, 0) == Decision(True, 10, 0, 0)
    await other.close()


async def test_what_is_given_back_waits_for_the_call_before_it(monkeypatch):
    monkeypatch.setattr(RedisBuckets, "SOON", 0.001)
    buckets, asked, answered = RedisBuckets("redis://127.0.0.1:1"), [], asyncio.Event()

    async def script(keys, _):
        asked.append([key[-1] for key in keys])
        await answered.wait()
        return [0, 0] * len(keys)

    monkeypatch.setattr(buckets, "_script", script)
    buckets.give_back("a", SLOW, 1)
    await until(lambda: asked)
    for key in "bc":
        buckets.give_back(key, SLOW, 1)
        await asyncio.sleep(0.01)
    assert asked == [["a"]]

    closing = asyncio.create_task(buckets.close())
    await asyncio.sleep(0)
    assert asked == [["a"]]
    answered.set()
    await closing
    assert asked == [["a"], ["b", "c"]]


async def test_who_takes_at_the_same_time_takes_one_after_the_other(redis):
    buckets, calls = RedisBuckets(redis), []
    await buckets._redis.flushall()
    await buckets.take("a", SLOW, 10)
    buckets.give_back("a", SLOW, 9)
    script = buckets._script
    buckets._script = lambda keys, numbers: calls.append(len(keys)) or script(keys, numbers)

    wanted = [("a", 4), ("b", 1), ("a", 6), ("a", 5), ("b", 9)]
    found = await asyncio.gather(*(buckets.take(key, SLOW, cost) for key, cost in wanted))
    assert calls == [5]
    assert [(one.allowed, one.remaining) for one in found] == [
        (True, 5), (True, 9), (False, 5), (True, 0), (True, 0),
    ]  # fmt: skip
    assert found[2].retry_after == 60
    await buckets.close()


async def test_what_could_not_be_given_back_is_so_later(tmp_path):
    now, socket = 0, tmp_path / "socket"
    buckets = RedisBuckets(f"unix://{socket}", clock=lambda: now)
    with servers.valkey() as address:
        buckets.give_back("a", SLOW, 2)
        assert await asyncio.gather(*(buckets.take("a", SLOW, 1) for _ in range(2))) == [None, None]
        now = SECOND
        socket.symlink_to(address.removeprefix("unix://"))
        other = RedisBuckets(address)
        await other.take("a", SLOW, 10)
        assert await buckets.take("a", SLOW, 2) == Decision(True, 0, 600, 0)
        await other.close()
    await buckets.close()


async def test_what_came_back_by_itself_is_not_given_back(redis):
    now = 0
    buckets = RedisBuckets(redis, clock=lambda: now)
    await buckets._redis.flushall()
    await buckets.take("a", SLOW, 10)
    buckets.give_back("a", SLOW, 10)
    now = SLOW.window * SECOND

    assert not (await buckets.take("a", SLOW, 1)).allowed
    await buckets.close()


async def test_the_script_is_sent_again_after_redis_forgot_it(redis):
    buckets = RedisBuckets(redis)
    await buckets._redis.flushall()
    await buckets.take("a", SLOW, 10)
    await buckets._redis.script_flush()

    assert not (await buckets.take("a", SLOW, 1)).allowed
    await buckets.close()


@pytest.mark.parametrize("address", ["redis://127.0.0.1:1", "unix:///nonexistent/redis.sock"])
async def test_while_redis_is_away_nobody_knows_and_it_is_asked_once_a_second(address, caplog):
    now = 0
    buckets = RedisBuckets(address, clock=lambda: now)

    assert [await buckets.take("a", SLOW, 1) for _ in range(3)] == [None, None, None]
    assert len(caplog.messages) == 1
    now = SECOND
    assert await buckets.take("a", SLOW, 1) is None
    assert len(caplog.messages) == 2
    assert caplog.messages[0].startswith("Redis does not say what callers may spend: ")
    await buckets.close()


async def test_redis_may_go_away_and_come_back(tmp_path):
    now, socket = 0, tmp_path / "socket"
    buckets = RedisBuckets(f"unix://{socket}", clock=lambda: now)
    for moment in (0, SECOND):
        now = moment
        with servers.valkey() as address:
            socket.symlink_to(address.removeprefix("unix://"))
            assert await buckets.take("a", SLOW, 1) == Decision(True, 9, 60, 0)
        socket.unlink()
        assert await buckets.take("a", SLOW, 1) is None
    await buckets.close()


@pytest.mark.parametrize(
    "address",
    [
        "localhost",
        "redis://host/abc",
        "redis://host?no_such=option",
        "rediss://host?ssl_cert_reqs=no_such",
    ],
)
@pytest.mark.parametrize("made", [RedisBuckets, RedisDocuments])
def test_what_is_no_address_is_said_at_once(made, address):
    with pytest.raises(StartupError, match="REDIS_URL is not an address"):
        made(address)


async def test_what_redis_may_have_given_back_is_not_given_back_again():
    with servers.valkey() as address:
        now = 0
        buckets = RedisBuckets(address, clock=lambda: now)
        plan = Plan("anonymous", 1, 100)
        await buckets.take("a", plan, 50)
        buckets.give_back("a", plan, 20)
        script = buckets._script

        async def late(*asked):
            await script(*asked)
            raise Late

        buckets._script = late
        assert await buckets.take("a", plan, 0) is None

        buckets._script, now = script, 2 * buckets.PAUSE
        decision = await buckets.take("a", plan, 0)
        assert decision.remaining == 70
        await buckets.close()
