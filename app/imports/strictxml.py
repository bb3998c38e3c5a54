"""XML as a stream: no document types, no entities, nothing unbounded; every refusal has a place.

Only what is needed to read large files from strangers. Names come as `namespace local`, or as
`local` where there is no namespace.
"""

import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol
from xml.parsers import expat
from xml.parsers.expat import errors

import click

from app.errors import StartupError

CHUNK = 256 * 1024
MAX_TOKEN = 20_000_000
MAX_DEPTH = 100
MAX_NAME = 500

_ENDS_EARLY = {
    errors.codes[name]
    for name in (
        errors.XML_ERROR_NO_ELEMENTS,
        errors.XML_ERROR_UNCLOSED_TOKEN,
        errors.XML_ERROR_PARTIAL_CHAR,
        errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
}
_INVALID_TOKEN = errors.codes[errors.XML_ERROR_INVALID_TOKEN]
_SYNTAX = errors.codes[errors.XML_ERROR_SYNTAX]
_MISMATCH = errors.codes[errors.XML_ERROR_TAG_MISMATCH]
_LATE_DECLARATION = errors.codes[errors.XML_ERROR_MISPLACED_XML_PI]
_PACKED = {b"\x1f\x8b": "gzip", b"PK\x03\x04": "zip", b"BZh": "bzip2", b"\xfd7zXZ": "xz"}

Advance = Callable[[int], object]


class UnreadableError(StartupError):
    """A file that cannot be used; the message says which, where and why on one line."""


class RefusedError(Exception):
    """Raised by a handler for what it cannot accept; the reader adds the place."""


class Handler(Protocol):
    def start(self, name: str, attributes: dict[str, str]) -> None: ...
    def end(self, name: str) -> None: ...
    def text(self, data: str) -> None: ...


class Reader:
    """Tells a handler what one file contains."""

    def __init__(self, path: Path, handler: Handler) -> None:
        self.path, self.handler = path, handler
        self.open: list[tuple[str, int]] = []
        self.encoding = "utf-8"
        self.parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.buffer_size = 64 * 1024
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._document_type
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text

    def read(self, advance: Advance) -> Iterator[None]:
        """Stop after every chunk, so that the caller can take what the handler has by then.

        Raises UnreadableError.
        """
        read = 0
        with _opened(self.path) as file:
            while chunk := file.read(CHUNK):
                if not read:
                    self._reject_packed(chunk)
                self._parse(chunk, file)
                read += len(chunk)
                if read - self.parser.CurrentByteIndex > MAX_TOKEN:
                    raise self._refusal("a single tag or comment of more than 20 MB")
                yield
                advance(len(chunk))
            if not read:
                raise UnreadableError(f"{click.format_filename(self.path)}: the file is empty")
            self._parse(b"", file)
            yield

    def _parse(self, chunk: bytes, file: BinaryIO) -> None:
        try:
            self.parser.Parse(chunk, not chunk)
        except expat.ExpatError as error:
            raise self._place(error.lineno, error.offset, self._why(error, file)) from None
        except (ValueError, LookupError):  # pyexpat's, of an encoding
            if self.open:
                raise
            raise self._refusal(f"the encoding {self.encoding!r} is not supported") from None

    def _refusal(self, what: str) -> UnreadableError:
        return self._place(self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber, what)

    def _place(self, line: int, column: int, what: str) -> UnreadableError:
        return UnreadableError(f"{click.format_filename(self.path)}:{line}:{column + 1}: {what}")

    def _why(self, error: expat.ExpatError, file: BinaryIO) -> str:
        if error.code in _ENDS_EARLY:
            return f"the file ends too early: {self._unfinished('it holds no XML')}"
        if error.code == _MISMATCH:
            return f"mismatched tag: {self._unfinished('')}"
        if error.code == _LATE_DECLARATION:
            return "something stands before <?xml …?>, which must be the first thing in the file"
        if error.code in (_INVALID_TOKEN, _SYNTAX) and not self.open:
            return "not an XML file"
        if error.code == _INVALID_TOKEN and (culprit := self._culprit(file)):
            return culprit
        return f"not well-formed XML: {expat.ErrorString(error.code)}"

    def _unfinished(self, otherwise: str) -> str:
        if not self.open:
            return otherwise
        name, line = self.open[-1]
        return f"<{name.rpartition(' ')[2]}>, opened on line {line}, is not closed"

    def _culprit(self, file: BinaryIO) -> str | None:
        """What is wrong with the character at which the parser stopped."""
        if self.encoding.lower() != "utf-8":
            return None
        file.seek(self.parser.ErrorByteIndex)
        raw = file.read(4)
        if raw[:1] < b"\x80":
            control = raw[:1] < b" " or raw[:1] == b"\x7f"
            return f"the character U+{raw[0]:04X}, which XML forbids" if control else None
        if raw[:3] in (b"\xef\xbf\xbe", b"\xef\xbf\xbf"):
            return f"the character U+{ord(raw[:3].decode()):04X}, which XML forbids"
        return "bytes that are not UTF-8, which the file says it is"

    def _reject_packed(self, beginning: bytes) -> None:
        for magic, name in _PACKED.items():
            if beginning.startswith(magic):
                raise self._place(1, 0, f"the file is compressed ({name}): unpack it first")

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        self.encoding = (encoding or "utf-8")[:40]

    def _document_type(self, name: str, *_: object) -> None:
        if name.lower() == "html":
            raise self._refusal("this is an HTML page")
        raise self._refusal(
            "a document type (<!DOCTYPE …>) is not accepted, nor are entities of its own"
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.open) == MAX_DEPTH:
            raise self._refusal(f"elements nested more than {MAX_DEPTH} deep")
        if len(name) > MAX_NAME:
            raise self._refusal(f"a name of more than {MAX_NAME} characters")
        self.open.append((name, self.parser.CurrentLineNumber))
        self._tell(self.handler.start, name, attributes)

    def _text(self, data: str) -> None:
        self._tell(self.handler.text, data)

    def _end(self, name: str) -> None:
        self._tell(self.handler.end, name)
        self.open.pop()

    def _tell(self, method: Callable[..., None], *arguments: object) -> None:
        try:
            method(*arguments)
        except RefusedError as refused:  # placed here, for the parser goes on to the tag's end
            raise self._refusal(str(refused)) from None


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            what = "a directory, not a file" if stat.S_ISDIR(mode) else "not a regular file"
            raise UnreadableError(f"{click.format_filename(path)}: {what}")
        with path.open("rb") as file:
            yield file
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UnreadableError(f"{click.format_filename(path)}: {reason}") from None
