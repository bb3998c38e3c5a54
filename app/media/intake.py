"""From an upload to what is kept of it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from app.errors import ErrorCode, Invalid, Overloaded
from app.media import pictures
from app.media.sniff import ENOUGH, sniffed
from app.media.threads import finished
from app.media.upload import Upload
from app.models.media import MediaKind

THREADS = 2
"""Few: a picture of 50 million pixels takes 0.2 to 1.5 GB and a processor for up to 20 seconds."""

MAX_WAITING = 16


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file as it is to be stored, at `path` beside the upload; `size` in bytes."""

    kind: MediaKind
    mime_type: str
    extension: str
    path: Path
    size: int
    width: int | None = None
    height: int | None = None
    placeholder: str | None = None


class Intake:
    """Looks at files on threads of its own, so that large pictures slow nothing else."""

    def __init__(
        self, *, max_bytes: int, max_pixels: int, threads: int = THREADS, waiting: int = MAX_WAITING
    ) -> None:
        self._max_bytes, self._max_pixels = max_bytes, max_pixels
        self._pool = ThreadPoolExecutor(threads, "pictures")
        self._most = threads + waiting
        self._under_way = 0

    async def inspected(self, upload: Upload) -> Inspected:
        """What the upload is, decided from its bytes alone.

        Pictures are written anew, upright and without metadata; other files stay as they came.
        Raises Invalid (UNSUPPORTED_MEDIA, LIMIT_EXCEEDED or INVALID, at `file`), Overloaded.
        """
        if upload.size > self._max_bytes:
            message = f"The file is larger than {self._max_bytes:,} bytes"
            raise Invalid.one(ErrorCode.LIMIT_EXCEEDED, message, "file")
        if self._under_way >= self._most:
            raise Overloaded("Too many files are being looked at; try again in a moment")
        self._under_way += 1
        try:
            return await finished(self._pool, _inspected, upload.path, self._max_pixels)
        finally:
            self._under_way -= 1

    def close(self) -> None:
        """Wait for what is being looked at and drop what waits."""
        self._pool.shutdown(cancel_futures=True)


def _inspected(path: Path, max_pixels: int) -> Inspected:
    with path.open("rb") as file:
        type = sniffed(file.read(ENOUGH))
    if type is None:
        message = "The file is none of the types that are accepted"
        raise Invalid.one(ErrorCode.UNSUPPORTED_MEDIA, message, "file")
    found = Inspected(type.kind, type.mime_type, type.extension, path, path.stat().st_size)
    if type.kind is not MediaKind.IMAGE:
        return found
    kept = path.with_suffix(".kept")
    picture = pictures.cleaned(path, kept, type, max_pixels)
    return replace(
        found,
        path=kept,
        size=kept.stat().st_size,
        width=picture.width,
        height=picture.height,
        placeholder=picture.placeholder,
    )
