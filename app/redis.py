"""Redis, or Valkey, at the address that the settings name."""

import re
from typing import Any
from urllib.parse import urlsplit

from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.errors import StartupError

DATABASE = re.compile("(/[0-9]*)?")


def redis(url: str, **options: Any) -> Redis:
    """A client; nothing is connected yet. Raises StartupError for an address that cannot be
    understood."""
    refusal = StartupError("REDIS_URL is not an address: expected redis://host:6379/0")
    try:
        parts = urlsplit(url)
        client = Redis.from_url(url, **options)
        # What this cannot take would fail every request.
        client.connection_pool.make_connection()  # type: ignore[no-untyped-call]
    except (ValueError, TypeError, RedisError):
        raise refusal from None
    if parts.scheme != "unix" and not DATABASE.fullmatch(parts.path):
        raise refusal  # the library takes it for the first
    return client
