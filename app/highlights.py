"""Where the words of a query are in a text: pieces of it as HTML, the words in `<mark>`."""

import html
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from app.search import MAX_WORD, query_words
from app.text import fold, found_words

BEFORE = 60
LENGTH = 240


class Span(NamedTuple):
    start: int
    end: int
    word: str


def mark(text: str, query: str) -> str | None:
    """The whole text with the query's words marked; None when it has none of them."""
    spans = _found(text, query_words(query))
    return _marked(text, spans, 0, len(text)) if spans else None


def snippet(text: str, query: str) -> str | None:
    """About LENGTH characters of a text, where most words of the query are; None without any."""
    spans = _found(text, query_words(query))
    if not spans:
        return None
    best = _best(spans)
    start = 0 if best <= BEFORE else _boundary(text, best - BEFORE)
    end = len(text) if len(text) <= start + LENGTH else _boundary(text, start + LENGTH)
    within = [span for span in spans if start <= span.start and span.end <= end]
    before, after = "…" if start else "", "…" if end < len(text) else ""
    return before + _marked(text, within, start, end).strip() + after


def _found(text: str, words: Sequence[str]) -> list[Span]:
    """The query's words in a text as a search sees them: folded, also where one letter is two."""
    if not words:
        return []
    whole, beginning = frozenset(words), words[-1]
    folded, origin = _folded(text)
    spans: list[Span] = []
    for match in found_words(folded):
        word = match[0][:MAX_WORD]
        start, end = origin[match.start()], origin[match.end() - 1] + 1
        if (word in whole or word.startswith(beginning)) and (not spans or start >= spans[-1].end):
            while end < len(text) and unicodedata.combining(text[end]):
                end += 1
            spans.append(Span(start, end, word))
    return spans


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """The folded text, and where in the text each of its characters comes from."""
    if text.isascii():
        return fold(text), range(len(text))
    known = {char: fold(char) for char in set(text)}
    pieces = [known[char] for char in text]
    return "".join(pieces), [at for at, piece in enumerate(pieces) for _ in piece]


def _best(spans: Sequence[Span]) -> int:
    """Where to begin so that most different words are near."""
    near: Counter[str] = Counter()
    stop, best, most = 0, 0, 0
    for span in spans:
        while stop < len(spans) and spans[stop].end <= span.start + LENGTH - BEFORE:
            near[spans[stop].word] += 1
            stop += 1
        if len(near) > most:
            best, most = span.start, len(near)
        near[span.word] -= 1
        near += Counter()  # forget what is not there any more
    return best if most else spans[0].start


def _boundary(text: str, at: int) -> int:
    """The end of the word that position `at` is in, if it is near."""
    space = text.find(" ", at, at + 40)
    return at if space < 0 else space


def _marked(text: str, spans: Sequence[Span], start: int, end: int) -> str:
    pieces, at = [], start
    for span in spans:
        word = html.escape(text[span.start : span.end])
        pieces += [html.escape(text[at : span.start]), f"<mark>{word}</mark>"]
        at = span.end
    return "".join([*pieces, html.escape(text[at:end])])
