"""The parts of a `multipart/form-data` body (RFC 7578): texts to memory, files to a folder."""

import hashlib
import logging
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, MultipartState, parse_options_header
from starlette.requests import Request

from app.http.body import require_plain
from app.http.refusal import RequestError
from app.media.threads import finished
from app.media.upload import Upload, file_name, temporary_folder
from app.settings import Settings

MEDIA_TYPE = "multipart/form-data"
MAX_FILES = 10
MAX_BOUNDARY = 70
"""RFC 2046, 5.1.1."""

# What is wrong with a form is its sender's to know, and the answer tells.
logging.getLogger("python_multipart").setLevel(logging.ERROR)


@dataclass(slots=True)
class Part:
    headers: dict[bytes, bytes] = field(default_factory=dict)
    name: str = ""
    file_name: str = ""
    file: IO[bytes] | None = None
    path: Path = Path()
    size: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def read_headers(self) -> None:
        """Raises RequestError for a part without a name."""
        disposition, given = parse_options_header(self.headers.get(b"content-disposition"))
        if disposition != b"form-data" or not given.get(b"name"):
            raise RequestError(400, "A part of the form has no name")
        self.name = given[b"name"].decode(errors="replace")
        self.file_name = file_name(given.get(b"filename", b"").decode(errors="replace"))

    def upload(self) -> Upload:
        type = self.headers.get(b"content-type", b"").decode("latin-1")
        return Upload(self.path, self.file_name, type, self.size, self.digest.hexdigest())


@asynccontextmanager
async def received(
    request: Request, texts: Collection[str], settings: Settings
) -> AsyncIterator["Form"]:
    """The form in a request's body; its files are gone at the end.

    Raises RequestError (400, 413, 415). Parts with these names are texts, all others files.
    """
    require_plain(request)
    _, given = parse_options_header(request.headers["content-type"])
    with temporary_folder(settings.uploads_dir) as folder:
        form = Form(
            given.get(b"boundary", b""),
            texts,
            folder,
            settings.max_body_bytes,
            settings.max_upload_bytes,
        )
        try:
            async for chunk in request.stream():
                await finished(None, form.feed, chunk)
            form.end()
        finally:
            form.close()
        yield form


class Form:
    """Feed it the body, then call `end`. Every method raises RequestError (400, 413)."""

    def __init__(
        self,
        boundary: bytes,
        texts: Collection[str],
        folder: Path,
        max_body: int,
        max_upload: int,
    ) -> None:
        if not 0 < len(boundary) <= MAX_BOUNDARY:
            raise RequestError(400, "The content type must name a boundary of 1 to 70 characters")
        self.texts: dict[str, bytearray] = {}
        self.uploads: dict[str, Upload] = {}
        self._named = texts
        self._folder = folder
        self._max_body, self._max_upload = max_body, max_upload
        self._left = 2 * max_body + MAX_FILES * max_upload
        self._part = Part()
        self._header: tuple[bytearray, bytearray] = bytearray(), bytearray()
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._open,
                "on_part_data": self._data,
                "on_part_end": self._end,
            },
        )

    def feed(self, chunk: bytes) -> None:
        self._left -= len(chunk)
        if self._left < 0:  # what stands before and after the parts counts, too
            raise _too_large("The body")
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise RequestError(400, f"The form is malformed: {error}") from None

    def end(self) -> None:
        if self._parser.state != MultipartState.END:
            raise RequestError(400, "The form ends before its last boundary")

    def close(self) -> None:
        if self._part.file:
            self._part.file.close()

    def _begin(self) -> None:
        self._part = Part()

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._header[0].extend(data[start:end])

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._header[1].extend(data[start:end])

    def _header_end(self) -> None:
        name, value = self._header
        self._part.headers[bytes(name).lower()] = bytes(value)
        self._header = bytearray(), bytearray()

    def _open(self) -> None:
        part = self._part
        part.read_headers()
        if part.name in self.texts or part.name in self.uploads:
            raise RequestError(400, f"The form has two parts `{part.name}`")
        if part.name in self._named:
            self.texts[part.name] = bytearray()
            return
        if len(self.uploads) == MAX_FILES:
            raise RequestError(413, f"Send at most {MAX_FILES} files", "BODY_TOO_LARGE")
        part.path = self._folder / str(len(self.uploads))
        part.file = part.path.open("xb")

    def _data(self, data: bytes, start: int, end: int) -> None:
        part = self._part
        part.size += end - start
        if part.size > (self._max_upload if part.file else self._max_body):
            raise _too_large(f"`{part.name}`")
        if part.file:
            part.file.write(data[start:end])
            part.digest.update(data[start:end])
        else:
            self.texts[part.name].extend(data[start:end])

    def _end(self) -> None:
        if self._part.file:
            self._part.file.close()
            self.uploads[self._part.name] = self._part.upload()


def _too_large(what: str) -> RequestError:
    return RequestError(413, f"{what} is larger than is allowed", "BODY_TOO_LARGE")
