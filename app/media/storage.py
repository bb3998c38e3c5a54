"""Where files are kept: in a folder, or with an S3-compatible provider."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

from app.errors import StartupError
from app.media.keys import checked
from app.media.s3 import ObjectStorage
from app.media.threads import finished
from app.media.upload import sweep, temporary_folder
from app.settings import Settings

CHUNK = 256 * 1024


class Storage(Protocol):
    """Files by key, written once and whole. Every method raises FileNotFoundError for a key that
    is unknown or none of ours, and StorageUnavailable when the storage does not answer."""

    async def put(self, key: str, path: Path, mime_type: str) -> None:
        """Store a copy of the file at `path`."""

    async def delete(self, key: str) -> None:
        """Remove a file; one that is not there is no error."""

    async def size(self, key: str) -> int:
        """In bytes."""

    def open(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `start` up to, not including, `end`, piece by piece."""

    async def check(self) -> None:
        """Raises StartupError when files cannot be stored."""


def storage(settings: Settings) -> Storage:
    """The storage that the settings name; no connection is made yet."""
    if settings.media_storage_url is not None:
        return ObjectStorage.of(settings)
    return FileStorage(settings.media_dir)


class FileStorage:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / ".incoming"

    async def put(self, key: str, path: Path, mime_type: str) -> None:  # noqa: ARG002
        await finished(None, self._put, self._path(key), path)

    def _put(self, target: Path, path: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        with temporary_folder(self._incoming) as folder:
            fresh = folder / target.name
            with path.open("rb") as source, fresh.open("xb") as copy:
                shutil.copyfileobj(source, copy)
                copy.flush()
                os.fsync(copy.fileno())
            fresh.replace(target)
        _sync(target.parent)

    async def delete(self, key: str) -> None:
        await asyncio.to_thread(self._path(key).unlink, missing_ok=True)

    async def size(self, key: str) -> int:
        return (await asyncio.to_thread(self._path(key).stat)).st_size

    async def open(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        file = await asyncio.to_thread(self._path(key).open, "rb")
        with file:
            file.seek(start)
            while start < end:
                piece = await asyncio.to_thread(file.read, min(CHUNK, end - start))
                if not piece:
                    raise EOFError(f"{key} is shorter than {end} bytes")
                start += len(piece)
                yield piece

    async def check(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            await asyncio.to_thread(sweep, self._incoming)
            with temporary_folder(self._incoming) as folder:
                (folder / "probe").touch()
        except OSError as error:
            reason = f"Cannot store files in {self._folder}: {error.strerror}"
            raise StartupError(reason) from None

    def _path(self, key: str) -> Path:
        return self._folder / checked(key)


def _sync(folder: Path) -> None:
    """Make the entries of a folder last, beside what the files in it hold."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
