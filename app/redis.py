"""Redis, or Valkey, at the address that the settings name."""

from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.errors import StartupError


def redis(url: str, **options: Any) -> Redis:
    """A client; nothing is connected yet. Raises StartupError for an address that cannot be
    understood."""
    try:
        client = Redis.from_url(url, **options)
        # What this cannot take would fail every request.
        client.connection_pool.make_connection()  # type: ignore[no-untyped-call]
    except (ValueError, TypeError, RedisError):
        raise StartupError("REDIS_URL is not an address: expected redis://host:6379/0") from None
    return client
