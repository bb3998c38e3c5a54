"""How words are compared: without case and accents, the same on every database."""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")
_BEYOND_LATIN = re.compile("[\u0300-\U0010ffff]+")  # there is no combining mark before


def fold(text: str) -> str:
    """Text without case and accents: `fold("Café STRASSE") == fold("cafe straße")`."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return _BEYOND_LATIN.sub(_without_marks, decomposed)


def _without_marks(piece: re.Match[str]) -> str:
    return "".join(char for char in piece[0] if not unicodedata.combining(char))


def key(text: str) -> str:
    """The folded beginning of a title or name: what is compared, short enough to index."""
    return fold(text.strip())[:300]


def words(text: str) -> list[str]:
    """The folded words of a text, punctuation dropped."""
    return _WORD.findall(fold(text))


def slugify(text: str) -> str:
    """A readable, unique-able piece of an address: folded words joined by hyphens."""
    return "-".join(words(text))
