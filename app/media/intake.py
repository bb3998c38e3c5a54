"""From an upload to what is kept of it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from app.errors import ErrorCode, Invalid
from app.media import pictures
from app.media.sniff import ENOUGH, sniffed
from app.media.threads import finished
from app.media.upload import Upload
from app.models.media import MediaKind

_THREADS = ThreadPoolExecutor(2, "pictures")
"""Few: a picture of 50 million pixels takes 0.2 to 1.5 GB and a processor for up to 20 seconds."""


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


async def inspected(upload: Upload, *, max_bytes: int, max_pixels: int) -> Inspected:
    """What the upload is, decided from its bytes alone.

    Pictures are written anew, upright and without metadata; other files stay as they came.
    Raises Invalid (UNSUPPORTED_MEDIA, LIMIT_EXCEEDED or INVALID, at `file`).
    """
    if upload.size > max_bytes:
        message = f"The file is larger than {max_bytes:,} bytes"
        raise Invalid.one(ErrorCode.LIMIT_EXCEEDED, message, "file")
    return await finished(_THREADS, _inspected, upload.path, max_pixels)


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
