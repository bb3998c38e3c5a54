"""Files with an S3-compatible provider."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from app.errors import StartupError, StorageUnavailable
from app.media.keys import checked
from app.media.threads import finished
from app.settings import Settings

if TYPE_CHECKING:
    from obstore.store import S3Config

PIECE = 2 * 1024 * 1024
"""Bytes of a request for a part of a file: a slow reader of a large file holds no connection."""

P = ParamSpec("P")
T = TypeVar("T")


class ObjectStorage:
    """Calls obstore in threads: its own asynchronous calls can abort the process at its end."""

    def __init__(self, store: S3Store) -> None:
        self._store = store

    @classmethod
    def of(cls, settings: Settings) -> "ObjectStorage":
        """Without keys in the settings obstore asks the environment or the machine it runs on."""
        place = urlsplit(settings.media_storage_url or "")
        config: S3Config = {
            "region": settings.s3_region,
            "virtual_hosted_style_request": False,
        }
        if settings.s3_endpoint:
            config["endpoint"] = settings.s3_endpoint
        if settings.s3_access_key_id and settings.s3_secret_access_key:
            config["access_key_id"] = settings.s3_access_key_id
            config["secret_access_key"] = settings.s3_secret_access_key.get_secret_value()
        return cls(
            S3Store(
                place.netloc,
                prefix=place.path.strip("/") or None,
                config=config,
                client_options={
                    "allow_http": (settings.s3_endpoint or "").startswith("http://"),
                    "connect_timeout": "5s",
                    "timeout": "30s",
                },
                retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=10)},
            )
        )

    async def put(self, key: str, path: Path, mime_type: str) -> None:
        attributes = {"Content-Type": mime_type}
        await finished(
            None, answered, obstore.put, self._store, checked(key), path, attributes=attributes
        )

    async def delete(self, key: str) -> None:
        await asyncio.to_thread(answered, obstore.delete, self._store, checked(key))

    async def size(self, key: str) -> int:
        meta = await asyncio.to_thread(answered, obstore.head, self._store, checked(key))
        return meta["size"]

    async def open(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        for first in range(start, end, PIECE):
            last = min(first + PIECE, end)
            yield await asyncio.to_thread(self._piece, checked(key), first, last)

    def _piece(self, key: str, start: int, end: int) -> bytes:
        return bytes(answered(obstore.get_range, self._store, key, start=start, end=end))

    async def check(self) -> None:
        try:
            await asyncio.to_thread(obstore.put, self._store, "probe.txt", b"")
            await asyncio.to_thread(obstore.delete, self._store, "probe.txt")
        except (BaseError, FileNotFoundError) as error:
            reason = f"Cannot store files in s3://{self._store.config['bucket']}: "
            raise StartupError(reason + str(error).partition("\n")[0]) from None


def answered(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `call` returns. Raises StorageUnavailable when the provider refuses or is not there."""
    try:
        return call(*args, **kwargs)
    except BaseError as error:
        raise StorageUnavailable("The storage does not answer") from error
