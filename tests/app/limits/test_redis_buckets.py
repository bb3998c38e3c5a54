"""Buckets in Redis: shared by processes, given back to, and what happens while it is away."""

import asyncio

import pytest
from redis.exceptions import TimeoutError as Late

from app.documents import RedisDocuments
from app.errors import StartupError
from app.limits import gcra
from app.limits.buckets import RedisBuckets
from app.limits.gcra import Decision
from app.limits.plans import Plan
from tests import servers
from tests.sockets import until

SECOND = gcra.SECOND
SLOW = Plan("slow", points=60, burst=10)  # a point a minute: real time does not matter

pytestmark = pytest.mark.usefixtures("patient")


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
