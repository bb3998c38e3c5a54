"""PHP's `serialize` format, as far as WordPress keeps picture sizes in it.

Numbers, texts, booleans, null and arrays; objects and references are refused, never built.
Lengths count bytes.
"""

import re
from typing import TypeAlias

MAX_DEPTH = 20

Value: TypeAlias = "str | int | float | bool | dict[str | int, Value] | None"

_SCALAR = re.compile(
    rb"(?:N|b:([01])|i:(-?\d{1,19})|d:(-?[0-9.]{1,40}(?:[eE][+-]?\d{1,3})?|-?INF|NAN));"
)
_TEXT = re.compile(rb's:(\d{1,9}):"')
_ARRAY = re.compile(rb"a:(\d{1,9}):\{")


class MalformedError(ValueError):
    """A text that is not a serialized value of the accepted kinds."""


def loads(text: str) -> Value:
    """The value of a serialized text. Raises MalformedError."""
    reader = _Reader(text.strip().encode())
    value = reader.value(0)
    if reader.at != len(reader.raw):
        raise MalformedError("More than one value")
    return value


class _Reader:
    def __init__(self, raw: bytes) -> None:
        self.raw, self.at = raw, 0

    def value(self, depth: int) -> Value:
        if depth > MAX_DEPTH:
            raise MalformedError("Too deep")
        if found := self._take(_SCALAR):
            return _scalar(*found.groups())
        if found := self._take(_TEXT):
            return self._text(int(found[1]))
        if found := self._take(_ARRAY):
            return self._array(int(found[1]), depth)
        raise MalformedError(f"Nothing known at byte {self.at}")

    def _take(self, pattern: re.Pattern[bytes]) -> re.Match[bytes] | None:
        if found := pattern.match(self.raw, self.at):
            self.at = found.end()
        return found

    def _text(self, length: int) -> str:
        end = self.at + length
        if self.raw[end : end + 2] != b'";':
            raise MalformedError(f"A text of the wrong length at byte {self.at}")
        raw, self.at = self.raw[self.at : end], end + 2
        return raw.decode(errors="replace")

    def _array(self, length: int, depth: int) -> dict[str | int, Value]:
        found: dict[str | int, Value] = {}
        for _ in range(length):  # ends at the text's end, however large the number
            key = self.value(depth + 1)
            if not isinstance(key, str | int):
                raise MalformedError("A key that is neither a number nor a text")
            found[key] = self.value(depth + 1)
        if self.raw[self.at : self.at + 1] != b"}":
            raise MalformedError(f"An array that does not end at byte {self.at}")
        self.at += 1
        return found


def _scalar(boolean: bytes | None, integer: bytes | None, number: bytes | None) -> Value:
    if boolean is not None:
        return boolean == b"1"
    if integer is not None:
        return int(integer)
    if number is None:
        return None
    try:
        return float(number)
    except ValueError:
        raise MalformedError("Not a number") from None
