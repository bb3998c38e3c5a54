"""Where it is remembered how much each caller has left: in this process, or in Redis for all."""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Protocol

from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as Lost
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as Late

from app.limits import gcra
from app.limits.gcra import Decision
from app.limits.plans import Plan
from app.redis import redis
from app.together import Together

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


# What `gcra.taken` and `gcra.given_back` do, by the server's clock, for one bucket after the other.
# Lua's numbers are exact up to 2^53; as texts only when they are formatted as whole ones.
SCRIPT = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local told = {}
for i, key in ipairs(KEYS) do
  local interval, burst, cost, owed = unpack(ARGV, 4 * i - 3, 4 * i)
  local full_at = tonumber(redis.call('GET', key) or 0) - owed * interval
  full_at = math.max(full_at, now)
  local after = full_at + cost * interval
  local wait = math.max(0, after - now - burst * interval)
  if wait == 0 then full_at = after end
  if full_at > now then
    local kept = math.ceil((full_at - now) / 1000)
    redis.call('SET', key, string.format('%.0f', full_at), 'PX', string.format('%.0f', kept))
  else
    redis.call('DEL', key)
  end
  told[2 * i - 1] = string.format('%.0f', full_at - now)
  told[2 * i] = string.format('%.0f', wait)
end
return told
"""

Asked = tuple[str, Plan, int]  # key, plan and cost


class RedisBuckets:
    """Shared by all processes, with Redis' own clock. A key is gone when its bucket is full.

    What is asked at the same time is asked in one call, in which points that were given back go
    along with what is taken next, or after SOON: a caller's next request may come to another
    process. `alone` says whether there is but one request. While Redis is away nobody knows
    anything, and it is asked once a second only. Raises StartupError for an address that cannot be
    understood.
    """

    CONNECTIONS = 20  # the library makes up to 100, and takes more callers for a failure
    TIMEOUT = 0.25  # seconds; in good times it answers in a thousandth of it
    PAUSE = 1_000_000  # microseconds
    SOON = 0.01  # seconds: a call for each answer would cost more than all else here
    MOST = 500  # buckets in such a call: others wait for it

    def __init__(
        self,
        url: str,
        clock: Callable[[], int] = microseconds,
        alone: Callable[[], bool] = lambda: False,
    ) -> None:
        # One may have died since it was used. After a timeout the script may have run: not twice.
        retry = Retry(NoBackoff(), 1, supported_errors=(Lost,))
        self._redis = redis(
            url, socket_timeout=self.TIMEOUT, socket_connect_timeout=self.TIMEOUT, retry=retry
        )
        self._script = self._redis.register_script(SCRIPT)
        self._places = asyncio.Semaphore(self.CONNECTIONS)
        self._together = Together(self._in_turn, alone)
        self._clock = clock
        self._away_until = 0
        self._owed: OrderedDict[str, tuple[Plan, int, int]] = OrderedDict()
        self._later: asyncio.TimerHandle | None = None
        self._settling: asyncio.Task[None] | None = None  # kept, or it might be collected

    async def take(self, key: str, plan: Plan, cost: int) -> Decision | None:
        return await self._together((key, plan, cost))

    async def _in_turn(self, asked: Sequence[Asked]) -> Sequence[Decision | None]:
        async with self._places:
            now = self._clock()  # it may have gone away while we waited
            known = None if now < self._away_until else await self._taken(asked, now)
        return known or [None] * len(asked)

    async def _taken(self, asked: Sequence[Asked], now: int) -> Sequence[Decision] | None:
        owed = [self._due(key, now) for key, _, _ in asked]
        keys = [f"thinkalike:limit:{key}" for key, _, _ in asked]
        numbers = [
            number
            for (_, plan, cost), due in zip(asked, owed, strict=True)
            for number in (plan.interval, plan.burst, cost, due)
        ]
        try:
            told = await self._script(keys, numbers)
        except (RedisError, OSError) as error:
            logger.warning("Redis does not say what callers may spend: %s", error)
            self._away_until = self._clock() + self.PAUSE
            for (key, plan, _), due in zip(asked, owed, strict=True):
                if due and not isinstance(error, Late):  # which may have given it back: not twice
                    self.give_back(key, plan, due)
            return None
        pairs = zip(told[::2], told[1::2], strict=True)
        return [
            Decision.of(plan, int(missing), int(wait))
            for (_, plan, _), (missing, wait) in zip(asked, pairs, strict=True)
        ]

    def _due(self, key: str, now: int) -> int:
        """The points that are to be given back, from now on somebody else's to give."""
        _, points, until = self._owed.pop(key, (None, 0, 0))
        return points if now < until else 0

    def give_back(self, key: str, plan: Plan, points: int) -> None:
        """Not beyond the time in which they would have come back by themselves."""
        now = self._clock()
        self._owed[key] = (plan, points + self._due(key, now), now + plan.window * gcra.SECOND)
        if len(self._owed) > MAX_KEYS:
            self._owed.popitem(last=False)
        self._settle_soon()

    def _settle_soon(self) -> None:
        if self._later is None:
            later = asyncio.get_running_loop().call_later
            self._later = later(self.SOON, self._begin_to_settle)

    def _begin_to_settle(self) -> None:
        self._settling = asyncio.create_task(self._settle())

    async def _settle(self) -> None:
        """Give back what went along with nothing by now; while Redis is away it has to wait. What
        is given back meanwhile is another turn's, or there would be a call for each answer."""
        owed = [(key, plan, 0) for key, (plan, _, _) in self._owed.items()]
        try:
            for start in range(0, len(owed), self.MOST):
                await self._in_turn(owed[start : start + self.MOST])
        finally:
            self._later = None
        if self._owed and self._clock() >= self._away_until:
            self._settle_soon()

    async def close(self) -> None:
        if self._settling is not None:
            await asyncio.wait([self._settling])
        if self._later is not None:
            self._later.cancel()
        await self._settle()
        await self._redis.aclose()
