"""How words are compared: without case and accents, the same on every database."""

import re
import unicodedata
from collections.abc import Iterator

KEY_LENGTH = 500

_WORD = re.compile(r"[^\W_]+")
_CJK = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD_OR_CHARACTER = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+")

# Letters that people type without their stroke or ligature, but Unicode does not decompose.
_PLAIN = str.maketrans({
    "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "ŧ": "t",
    "æ": "ae", "œ": "oe", "þ": "th",
})  # fmt: skip
_BEYOND_ASCII = re.compile("([^\x00-\x7f]+)")
_BEYOND_LATIN = re.compile("[\u0300-\U0010ffff]+")  # there is no combining mark before


def fold(text: str) -> str:
    """Text without case and accents: `fold("Café STRASSE") == fold("cafe straße")`."""
    if text.isascii():
        return text.lower()
    # Most of a text is ASCII, which is ten times as fast; only the rest is looked at closely.
    pieces = _BEYOND_ASCII.split(text)
    pieces[1::2] = map(_folded, pieces[1::2])
    pieces[::2] = map(str.lower, pieces[::2])
    return "".join(pieces)


def _folded(text: str) -> str:
    # Decomposed twice: what looks like a letter may become a capital one, and the other way round.
    decomposed = unicodedata.normalize("NFKD", text).casefold().translate(_PLAIN)
    decomposed = unicodedata.normalize("NFKD", decomposed)
    return _BEYOND_LATIN.sub(_without_marks, decomposed)


def _without_marks(piece: re.Match[str]) -> str:
    return "".join(char for char in piece[0] if not unicodedata.combining(char))


def key(text: str) -> str:
    """A folded title or name: what is sorted and compared, cut where an index would refuse it."""
    return fold(text.strip())[:KEY_LENGTH]


def words(text: str) -> list[str]:
    """The folded words of a text, punctuation dropped. Chinese and Japanese, written without
    spaces, count each character as a word."""
    return _WORD_OR_CHARACTER.findall(fold(text))


def found_words(folded: str) -> Iterator[re.Match[str]]:
    """Where the words of a folded text are."""
    return _WORD_OR_CHARACTER.finditer(folded)


def slugify(text: str) -> str:
    """A readable, unique-able piece of an address: folded words joined by hyphens."""
    return "-".join(_WORD.findall(fold(text)))
