"""Both stores of persisted queries behave the same; the shared one is a real Valkey's."""

import asyncio
import sys

import pytest

from app.documents import MemoryDocuments, RedisDocuments
from tests import servers

HASH = "a" * 64


@pytest.fixture(scope="session")
def redis():
    with servers.valkey() as address:
        yield address


@pytest.fixture(params=["memory", "redis"])
async def store(request):
    if request.param == "memory":
        store = MemoryDocuments()
    else:
        store = RedisDocuments(request.getfixturevalue("redis"))
        await store._redis.flushall()
    yield store
    await store.close()


async def test_what_is_unknown_is_none(store):
    assert await store.get(HASH) is None


@pytest.mark.parametrize("text", ["{ a }", '{ a(b: "ü\0🌹") }', "", "x" * 50_000])
async def test_what_is_kept_is_known(store, text):
    await store.put(HASH, text)

    assert await store.get(HASH) == text
    assert await store.get("b" * 64) is None


async def test_a_text_may_be_kept_twice(store):
    await store.put(HASH, "{ a }")
    await store.put(HASH, "{ a }")

    assert await store.get(HASH) == "{ a }"


@pytest.mark.parametrize("hash", ["", "*", "a b\r\nFLUSHALL\r\n", "\0", "🌹"])
async def test_any_hash_is_only_a_key(store, hash):
    await store.put(HASH, "{ a }")
    assert await store.get(hash) is None
    await store.put(hash, "{ b }")

    assert (await store.get(hash), await store.get(HASH)) == ("{ b }", "{ a }")


async def test_processes_share_what_redis_keeps(redis):
    one, other = RedisDocuments(redis), RedisDocuments(redis)
    await one.put(HASH, "{ a }")

    assert await other.get(HASH) == "{ a }"
    await one.close()
    await other.close()


async def test_many_may_ask_at_once(redis):
    store = RedisDocuments(redis)
    await store.put(HASH, "{ a }")

    found = await asyncio.gather(*(store.get(HASH) for _ in range(300)))

    await store.close()
    assert found == ["{ a }"] * 300


async def test_redis_forgets_what_nobody_asked_for_in_thirty_days(redis):
    store = RedisDocuments(redis)
    await store.put(HASH, "{ a }")
    key = store._key(HASH)
    await store._redis.expire(key, 60)
    await store.get(HASH)

    assert await store._redis.ttl(key) == 30 * 86_400
    await store.close()


@pytest.mark.parametrize("address", ["redis://127.0.0.1:1", "unix:///nonexistent/redis.sock"])
async def test_while_redis_is_away_nothing_is_known_and_it_is_asked_once_a_second(address, caplog):
    now = 0
    store = RedisDocuments(address, clock=lambda: now)

    await store.put(HASH, "{ a }")
    assert await store.get(HASH) is None
    now = 1
    assert await store.get(HASH) is None

    await store.close()
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]
    assert caplog.messages[0].startswith("Persisted queries cannot be kept: ")
    assert caplog.messages[1].startswith("Persisted queries cannot be read: ")


async def test_redis_may_go_away_and_come_back():
    with servers.valkey() as address:
        store = RedisDocuments(address)
        await store.put(HASH, "{ a }")
        assert await store.get(HASH) == "{ a }"
    assert await store.get(HASH) is None
    await store.put(HASH, "{ a }")
    assert await store.get(HASH) is None
    await store.close()


async def test_memory_is_bounded_and_forgets_the_least_recently_used():
    texts = {name: f"{{ {name * 10_000} }}" for name in "abc"}
    one = MemoryDocuments.ENTRY_BYTES + sys.getsizeof(texts["a"])
    store = MemoryDocuments(max_bytes=2 * one)

    await store.put("a", texts["a"])
    await store.put("b", texts["b"])
    await store.get("a")
    await store.put("c", texts["c"])

    assert [await store.get(name) for name in "abc"] == [texts["a"], None, texts["c"]]


async def test_memory_counts_what_an_entry_costs_beside_its_text():
    store = MemoryDocuments(max_bytes=100_000)
    for number in range(1_000):
        await store.put(str(number), "{a}")

    kept = [number for number in range(1_000) if await store.get(str(number))]
    assert kept == list(range(1_000 - len(kept), 1_000))
    assert 100 < len(kept) < 333


async def test_a_text_larger_than_the_memory_is_not_kept():
    store = MemoryDocuments(max_bytes=1_000)
    await store.put("a", "{ a }")
    await store.put("b", "b" * 1_000)

    assert await store.get("b") is None
