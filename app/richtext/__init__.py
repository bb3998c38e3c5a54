"""Rich text: three source formats in; safe HTML, headings, plain text and a word count out.

    raw --(Markdown | WordPress habits | escaping)--> tidy --> nh3 --> read --> Rendered

nh3 alone decides what is safe. `tidy` runs before it because an HTML5 parser answers some
malformed input with quadratic time and output (25 kB became 28 MB); it hands over nothing but
balanced tags of bounded depth. Reading is one pass over nh3's canonical output.
"""

import html as entities
from enum import StrEnum
from functools import lru_cache
from typing import Final

from markdown_it import MarkdownIt

from app.richtext.allowed import CLEANER
from app.richtext.read import Heading, Reader, Rendered
from app.richtext.shorten import IDEOGRAPH, shorten
from app.richtext.tidy import BLANK_LINE, BREAK, Tidy

__all__ = ["Format", "Heading", "headings", "html", "text", "word_count"]


class Format(StrEnum):
    MARKDOWN = "MARKDOWN"
    HTML = "HTML"
    PLAIN = "PLAIN"


def html(raw: str, format: Format) -> str:
    """Sanitised HTML; headings that have text carry the ids listed by `headings`."""
    return _rendered(raw, format).html


def headings(raw: str, format: Format) -> list[Heading]:
    return list(_rendered(raw, format).headings)


def text(raw: str, format: Format, max_length: int | None = None) -> str:
    """Readable text, one line per block, cut at a word with an ellipsis within `max_length`."""
    whole = _rendered(raw, format).text
    return whole if max_length is None else shorten(whole, max_length)


def word_count(raw: str, format: Format) -> int:
    """Words by white space, if they hold a letter or digit; a Han or kana sign is one word."""
    pieces = IDEOGRAPH.sub(" 字 ", _rendered(raw, format).text).split()
    return sum(any(map(str.isalnum, piece)) for piece in pieces)


def _rendered(raw: str, format: Format) -> Rendered:
    # Two caches, so that a few huge bodies cannot fill memory (or push everything else out).
    return (_render_small if len(raw) <= 50_000 else _render_large)(raw, format)


def _render(raw: str, format: Format) -> Rendered:
    raw = raw.encode("utf-8", "replace").decode()  # lone surrogates; Rust has no word for them
    raw = raw.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    match format:
        case Format.MARKDOWN:
            markup = Tidy(wordpress=False).run(_markdown(raw))
        case Format.HTML:
            markup = Tidy(wordpress=True).run(raw)
        case Format.PLAIN:
            markup = _plain(raw)
    return Reader().run(CLEANER.clean(markup))


_render_small = lru_cache(maxsize=256)(_render)
_render_large = lru_cache(maxsize=4)(_render)


_MARKDOWN: Final = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def _markdown(raw: str) -> str:
    tokens = _MARKDOWN.parse(raw)
    for token in tokens:
        if style := token.attrs.pop("style", None):  # of table cells; no style survives nh3
            token.attrs["align"] = str(style).removeprefix("text-align:")
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


def _plain(raw: str) -> str:
    escaped = entities.escape(raw.strip(), quote=False)
    broken = (part.replace("\n", BREAK) for part in BLANK_LINE.split(escaped) if part)
    return "\n".join(f"<p>{part}</p>" for part in broken)
