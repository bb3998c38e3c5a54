"""Where the texts of automatic persisted queries are remembered, by their SHA-256 in hex."""

import asyncio
import logging
import sys
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any, Protocol

from redis.exceptions import RedisError

from app.errors import StartupError
from app.redis import redis

logger = logging.getLogger(__name__)


class DocumentStore(Protocol):
    """May forget: a client whose hash is unknown sends its text again."""

    async def get(self, hash: str) -> str | None: ...
    async def put(self, hash: str, text: str) -> None: ...
    async def check(self) -> None:
        """Raises StartupError when nothing can be kept."""

    async def close(self) -> None: ...


class MemoryDocuments:
    """One process's own; the least recently used are forgotten beyond `max_bytes`."""

    ENTRY_BYTES = 300

    def __init__(self, max_bytes: int = 8_000_000) -> None:
        self._texts: OrderedDict[str, str] = OrderedDict()
        self._left = max_bytes

    async def get(self, hash: str) -> str | None:
        if hash in self._texts:
            self._texts.move_to_end(hash)
        return self._texts.get(hash)

    async def put(self, hash: str, text: str) -> None:
        if hash in self._texts:
            return
        self._texts[hash] = text
        self._left -= self._weight(text)
        while self._left < 0:
            _, forgotten = self._texts.popitem(last=False)
            self._left += self._weight(forgotten)

    async def check(self) -> None:
        pass

    async def close(self) -> None:
        self._texts.clear()

    def _weight(self, text: str) -> int:
        return self.ENTRY_BYTES + sys.getsizeof(text)


class RedisDocuments:
    """Shared by all processes. Fails open: while Redis is away, nothing is known or kept, and it is
    asked once a second only, as each who asks waits for it.

    Raises StartupError for an address that cannot be understood.
    """

    DAYS = 30
    CONNECTIONS = 20  # the library makes up to 100, and takes more callers for a failure
    TIMEOUT = PAUSE = 1.0  # seconds

    def __init__(self, url: str, clock: Callable[[], float] = monotonic) -> None:
        self._redis = redis(url, socket_timeout=self.TIMEOUT, socket_connect_timeout=self.TIMEOUT)
        self._places = asyncio.Semaphore(self.CONNECTIONS)
        self._clock = clock
        self._away_until = float("-inf")

    async def get(self, hash: str) -> str | None:
        key, seconds = self._key(hash), self.DAYS * 86_400
        found = await self._unless_away("read", lambda: self._redis.getex(key, ex=seconds))
        return found.decode() if isinstance(found, bytes) else found

    async def put(self, hash: str, text: str) -> None:
        key, seconds = self._key(hash), self.DAYS * 86_400
        await self._unless_away("kept", lambda: self._redis.set(key, text, ex=seconds))

    async def _unless_away(self, what: str, call: Callable[[], Awaitable[Any]]) -> Any:
        async with self._places:
            if self._clock() < self._away_until:  # it may have gone away while we waited
                return None
            try:
                return await call()
            except (RedisError, OSError) as error:
                self._away_until = self._clock() + self.PAUSE
                logger.warning("Persisted queries cannot be %s: %s", what, error)
                return None

    async def check(self) -> None:
        try:
            await self._redis.echo("")
        except (RedisError, OSError) as error:
            raise StartupError(f"Redis does not answer: {error}") from None

    async def close(self) -> None:
        await self._redis.aclose()

    @staticmethod
    def _key(hash: str) -> str:
        return f"thinkalike:document:{hash}"
