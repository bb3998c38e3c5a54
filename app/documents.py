"""Where the texts of automatic persisted queries are remembered, by their SHA-256 in hex."""

import logging
import sys
from collections import OrderedDict
from typing import Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.errors import StartupError

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
    """Shared by all processes. Fails open: while Redis is away, nothing is known or kept.

    Raises StartupError for an address that cannot be understood.
    """

    DAYS = 30

    def __init__(self, url: str) -> None:
        try:
            self._redis = Redis.from_url(url, socket_timeout=1)
        except ValueError:
            raise StartupError(
                "REDIS_URL is not an address: expected redis://host:6379/0"
            ) from None

    async def get(self, hash: str) -> str | None:
        try:
            found = await self._redis.getex(self._key(hash), ex=self.DAYS * 86_400)
        except (RedisError, OSError) as error:
            logger.warning("Persisted queries cannot be read: %s", error)
            return None
        return found.decode() if isinstance(found, bytes) else found

    async def put(self, hash: str, text: str) -> None:
        try:
            await self._redis.set(self._key(hash), text, ex=self.DAYS * 86_400)
        except (RedisError, OSError) as error:
            logger.warning("Persisted queries cannot be kept: %s", error)

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
