"""Where it is remembered how much each caller has left: in this process, or in Redis for all."""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as Lost
from redis.exceptions import RedisError

from app.errors import StartupError
from app.limits import gcra
from app.limits.gcra import Decision
from app.limits.plans import Plan

logger = logging.getLogger(__name__)

MAX_KEYS = 100_000


class Buckets(Protocol):
    """A key's bucket is full until something is taken from it."""

    async def take(self, key: str, plan: Plan, cost: int) -> Decision | None:
        """Take points, or none when there are too few. None when nobody knows how many."""

    def give_back(self, key: str, plan: Plan, points: int) -> None:
        """Put back some of those that were taken."""

    async def close(self) -> None: ...


def microseconds() -> int:
    return time.monotonic_ns() // 1_000


class MemoryBuckets:
    """One process's own; beyond `max_keys` those that nothing was taken from for longest are
    forgotten, and full again."""

    def __init__(self, max_keys: int = MAX_KEYS, clock: Callable[[], int] = microseconds) -> None:
        self._full_at: OrderedDict[str, int] = OrderedDict()
        self._max_keys = max_keys
        self._clock = clock

    async def take(self, key: str, plan: Plan, cost: int) -> Decision | None:
        full_at, decision = gcra.taken(self._full_at.get(key, 0), plan, cost, self._clock())
        self._full_at[key] = full_at
        self._full_at.move_to_end(key)
        if len(self._full_at) > self._max_keys:
            self._full_at.popitem(last=False)
        return decision

    def give_back(self, key: str, plan: Plan, points: int) -> None:
        if key in self._full_at:
            self._full_at[key] = gcra.given_back(self._full_at[key], plan, points)

    async def close(self) -> None:
        self._full_at.clear()


# What `gcra.taken` and `gcra.given_back` do, by the server's clock. Lua's numbers are exact up to
# 2^53; as texts only when they are formatted as whole ones.
SCRIPT = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local full_at = tonumber(redis.call('GET', KEYS[1]) or 0) - ARGV[4] * interval
full_at = math.max(full_at, now)
local after = full_at + ARGV[3] * interval
local wait = math.max(0, after - now - burst * interval)
if wait == 0 then full_at = after end
if full_at > now then
  local kept = math.ceil((full_at - now) / 1000)
  redis.call('SET', KEYS[1], string.format('%.0f', full_at), 'PX', string.format('%.0f', kept))
end
return {string.format('%.0f', full_at - now), string.format('%.0f', wait)}
"""


class RedisBuckets:
    """Shared by all processes, with Redis' own clock. A key is gone when its bucket is full.

    Points that are given back are so with what is taken next, in one call. While Redis is away
    nobody knows anything, and it is asked once a second only. Raises StartupError for an address
    that cannot be understood.
    """

    CONNECTIONS = 20  # the library makes up to 100, and takes more callers for a failure
    TIMEOUT = 0.25  # seconds; in good times it answers in a thousandth of it
    PAUSE = 1_000_000  # microseconds

    def __init__(self, url: str, clock: Callable[[], int] = microseconds) -> None:
        # One may have died since it was used. After a timeout the script may have run: not twice.
        retry = Retry(NoBackoff(), 1, supported_errors=(Lost,))
        try:
            self._redis = Redis.from_url(
                url, socket_timeout=self.TIMEOUT, socket_connect_timeout=self.TIMEOUT, retry=retry
            )
        except ValueError:
            raise StartupError(
                "REDIS_URL is not an address: expected redis://host:6379/0"
            ) from None
        self._script = self._redis.register_script(SCRIPT)
        self._places = asyncio.Semaphore(self.CONNECTIONS)
        self._clock = clock
        self._away_until = 0
        self._owed: OrderedDict[str, tuple[int, int]] = OrderedDict()

    async def take(self, key: str, plan: Plan, cost: int) -> Decision | None:
        async with self._places:
            now = self._clock()  # it may have gone away while we waited
            return None if now < self._away_until else await self._take(key, plan, cost, now)

    async def _take(self, key: str, plan: Plan, cost: int, now: int) -> Decision | None:
        points, until = self._owed.pop(key, (0, 0))
        owed = points if now < until else 0
        try:
            missing, wait = await self._script(
                [f"thinkalike:limit:{key}"], [plan.interval, plan.burst, cost, owed]
            )
        except (RedisError, OSError) as error:
            logger.warning("Redis does not say what callers may spend: %s", error)
            self._away_until = self._clock() + self.PAUSE
            if owed:
                self.give_back(key, plan, owed)
            return None
        return Decision.of(plan, int(missing), int(wait))

    def give_back(self, key: str, plan: Plan, points: int) -> None:
        """Not beyond the time in which they would have come back by themselves."""
        now = self._clock()
        before, until = self._owed.pop(key, (0, 0))
        self._owed[key] = (points + (before if now < until else 0), now + plan.window * gcra.SECOND)
        if len(self._owed) > MAX_KEYS:
            self._owed.popitem(last=False)

    async def close(self) -> None:
        await self._redis.aclose()
