"""Where the words of a query are in a text: pieces of it as HTML, the words in `<mark>`."""

import html
import re
from collections.abc import Sequence

from app.search import query_words
from app.text import fold

BEFORE = 60
LENGTH = 240

_WORD = re.compile(r"[^\W_]+")

Span = tuple[int, int]


def mark(text: str, query: str) -> str | None:
    """The whole text with the query's words marked; None when it has none of them."""
    spans = _found(text, query_words(query))
    return _marked(text, spans, 0, len(text)) if spans else None


def snippet(text: str, query: str) -> str | None:
    """About LENGTH characters of a text, where most words of the query are; None without any."""
    spans = _found(text, query_words(query))
    if not spans:
        return None
    best = max(spans, key=lambda span: len(_distinct(text, spans, span[0])))[0]
    start = 0 if best <= BEFORE else _boundary(text, best - BEFORE)
    end = len(text) if len(text) <= start + LENGTH else _boundary(text, start + LENGTH)
    within = [span for span in spans if start <= span[0] and span[1] <= end]
    before, after = "…" if start else "", "…" if end < len(text) else ""
    return before + _marked(text, within, start, end).strip() + after


def _found(text: str, words: Sequence[str]) -> list[Span]:
    if not words:
        return []
    whole, beginning = frozenset(words), words[-1]
    return [
        match.span()
        for match in _WORD.finditer(text)
        if (word := fold(match[0])) in whole or word.startswith(beginning)
    ]


def _distinct(text: str, spans: Sequence[Span], start: int) -> set[str]:
    near = (span for span in spans if start <= span[0] and span[1] <= start + LENGTH - BEFORE)
    return {fold(text[slice(*span)]) for span in near}


def _boundary(text: str, at: int) -> int:
    """The end of the word that position `at` is in, if it is near."""
    space = text.find(" ", at, at + 40)
    return at if space < 0 else space


def _marked(text: str, spans: Sequence[Span], start: int, end: int) -> str:
    pieces, at = [], start
    for begin, stop in spans:
        pieces += [html.escape(text[at:begin]), f"<mark>{html.escape(text[begin:stop])}</mark>"]
        at = stop
    return "".join([*pieces, html.escape(text[at:end])])
