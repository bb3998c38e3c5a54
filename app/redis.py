"""Redis, or Valkey, at the address that the settings name."""

from contextlib import suppress
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.errors import StartupError


def redis(url: str, **options: Any) -> Redis:
    """A client; nothing is connected yet. Raises StartupError for an address that cannot be
    understood."""
    if _understood(url):
        with suppress(ValueError, TypeError, RedisError):
            client = Redis.from_url(url, **options)
            # What this cannot take would fail every request.
            client.connection_pool.make_connection()  # type: ignore[no-untyped-call]
            return client
    raise StartupError("REDIS_URL is not an address: expected redis://host:6379/0")


def _understood(url: str) -> bool:
    """Whether a path says which database: the library takes any other for the first."""
    scheme, _, rest = url.partition("://")
    path = rest.partition("?")[0].partition("/")[2]
    return scheme == "unix" or not path or path.isdecimal()
