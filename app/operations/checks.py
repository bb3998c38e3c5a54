"""Looks at all of an input before anything is refused, so that all problems are told at once."""

import re

from app.errors import ErrorCode, Invalid, Problem

# Control characters but tab and line ends, and what nobody can have meant to type.
CONTROL = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff"
MAX_EMAIL = 254

_CONTROL = re.compile(rf"[{CONTROL}\ud800-\udfff]")
_LINE_ENDS = re.compile(r"[\t\r\n]")
_EMAIL = re.compile(r"[^\s@\"(),:;<>\[\\\]]+@(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_][\w-]*[^\W_]")
_ADDRESS = re.compile(r"https?://[^\s/?#@]+(?:[/?#]\S*)?", re.IGNORECASE)


class Checks:
    """Collects problems; the values that it hands on are of use only when there are none."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, code: ErrorCode, message: str, *path: str | int) -> None:
        self.problems.append(Problem(code, message, path))

    def done(self) -> None:
        """Raises Invalid with all that was found."""
        if self.problems:
            raise Invalid(self.problems)

    def line(self, value: str, *path: str | int, most: int, least: int = 1) -> str:
        """A text on one line, without space around it, `least` to `most` characters long."""
        value = value.strip()
        if _CONTROL.search(value) or _LINE_ENDS.search(value):
            self.add(ErrorCode.INVALID, "Control characters and line ends are not allowed", *path)
        self._length(value, path, least, most)
        return value

    def text(self, value: str, *path: str | int, most: int, least: int = 0) -> str:
        """A text of any number of lines."""
        if _CONTROL.search(value):
            self.add(ErrorCode.INVALID, "Control characters are not allowed", *path)
        self._length(value, path, least, most)
        return value

    def email(self, value: str, *path: str | int) -> str:
        """An address as mail servers take it (the usable part of RFC 5322), 254 characters."""
        value = self.line(value, *path, most=MAX_EMAIL)
        local = value.partition("@")[0]
        if not _EMAIL.fullmatch(value) or len(local) > 64 or local[:1] == "." or ".." in local:
            self.add(ErrorCode.INVALID, "This is not an email address", *path)
        return value

    def address(self, value: str, *path: str | int) -> str:
        """An absolute http(s) address."""
        value = self.line(value, *path, most=2_000)
        if not _ADDRESS.fullmatch(value):
            self.add(ErrorCode.INVALID, "This is not an http or https address", *path)
        return value

    def _length(self, value: str, path: tuple[str | int, ...], least: int, most: int) -> None:
        if len(value) < least:
            code = ErrorCode.REQUIRED if not value else ErrorCode.TOO_SHORT
            what = "This is needed" if not value else f"At least {least} characters are needed"
            self.add(code, what, *path)
        elif len(value) > most:
            self.add(ErrorCode.TOO_LONG, f"At most {most:,} characters are allowed", *path)
