"""Rich text: three source formats in; safe HTML, headings, plain text and a word count out.

    raw --(Markdown | WordPress habits | escaping)--> tidy --> nh3 --> read --> Rendered

nh3 alone decides what is safe. `tidy` runs before it because an HTML5 parser answers some
malformed input with quadratic time and output (25 kB became 28 MB); it hands over nothing but
balanced tags of bounded depth. Reading is one pass over nh3's canonical output.
"""

import html as entities
import re
import unicodedata
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

import nh3
from markdown_it import MarkdownIt


class Format(StrEnum):
    MARKDOWN = "MARKDOWN"
    HTML = "HTML"
    PLAIN = "PLAIN"


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Rendered:
    html: str
    text: str
    headings: tuple[Heading, ...]


def html(raw: str, format: Format) -> str:
    """Sanitised HTML; headings that have text carry the ids listed by `headings`."""
    return _rendered(raw, format).html


def headings(raw: str, format: Format) -> list[Heading]:
    return list(_rendered(raw, format).headings)


def text(raw: str, format: Format, max_length: int | None = None) -> str:
    """Readable text, one line per block, cut at a word with an ellipsis within `max_length`."""
    whole = _rendered(raw, format).text
    return whole if max_length is None else _shorten(whole, max_length)


def word_count(raw: str, format: Format) -> int:
    """Words by white space, if they hold a letter or digit; a Han or kana sign is one word."""
    pieces = _IDEOGRAPH.sub(" 字 ", _rendered(raw, format).text).split()
    return sum(any(map(str.isalnum, piece)) for piece in pieces)


def _rendered(raw: str, format: Format) -> Rendered:
    # Two caches, so that a few huge bodies cannot fill memory (or push everything else out).
    return (_render_small if len(raw) <= 50_000 else _render_large)(raw, format)


def _render(raw: str, format: Format) -> Rendered:
    raw = raw.encode("utf-8", "replace").decode()  # lone surrogates; Rust has no word for them
    raw = raw.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    match format:
        case Format.MARKDOWN:
            markup = _Tidy(wordpress=False).run(_markdown(raw))
        case Format.HTML:
            markup = _Tidy(wordpress=True).run(raw)
        case Format.PLAIN:
            markup = _plain(raw)
    return _Reader().run(_CLEANER.clean(markup))


_render_small = lru_cache(maxsize=256)(_render)
_render_large = lru_cache(maxsize=4)(_render)


# What may appear


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


_INLINE: Final = _names(
    "a abbr b bdi bdo br cite code data del dfn em i img ins kbd mark q s samp small span"
    " strong sub sup time u var wbr"
)
_HEADINGS: Final = _names("h1 h2 h3 h4 h5 h6")
_BLOCK: Final = _HEADINGS | _names(
    "article aside blockquote caption col colgroup dd details div dl dt figcaption figure footer"
    " header hr li ol p pre section summary table tbody td tfoot th thead tr ul"
)
_VOID: Final = _names("br col hr img wbr")
_ATTRIBUTES: Final[dict[str, set[str]]] = {
    "*": {"title", "lang", "dir"},
    "a": {"href", "hreflang"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start", "reversed"},
    "th": {"align", "colspan", "rowspan", "scope"},
    "td": {"align", "colspan", "rowspan"},
    "details": {"open"},
    **{tag: {"class"} for tag in ("code", "pre")},
    **{tag: {"cite"} for tag in ("blockquote", "q")},
    **{tag: {"cite", "datetime"} for tag in ("del", "ins")},
    **{tag: {"value"} for tag in ("data", "li")},
    "time": {"datetime"},
}
_LANGUAGE = re.compile(r"language-[\w+#.-]{1,40}")


def _only_language(_tag: str, attribute: str, value: str) -> str | None:
    if attribute != "class":
        return value
    return next((name for name in value.split() if _LANGUAGE.fullmatch(name)), None)


_CLEANER: Final = nh3.Cleaner(
    tags=_INLINE | _BLOCK,
    attributes=_ATTRIBUTES,
    attribute_filter=_only_language,
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener noreferrer",
)


# The three formats

_MARKDOWN: Final = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_BLANK_LINE = re.compile(r"\n[ \t]*+\n\s*+")


def _markdown(raw: str) -> str:
    tokens = _MARKDOWN.parse(raw)
    for token in tokens:
        if style := token.attrs.pop("style", None):  # of table cells; no style survives nh3
            token.attrs["align"] = str(style).removeprefix("text-align:")
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


def _plain(raw: str) -> str:
    escaped = entities.escape(raw.strip(), quote=False)
    broken = (part.replace("\n", _BREAK) for part in _BLANK_LINE.split(escaped) if part)
    return "\n".join(f"<p>{part}</p>" for part in broken)


# Tag soup becomes balanced tags. All expressions are possessive or consume what they scan.

_HIDDEN = re.compile(
    r"<!--(?:-?>|.*?--!?>|.*)"
    r"|<(script|style|title|textarea|xmp|iframe|noembed|noframes|noscript|template|svg|math"
    r"|object|select|head)\b[^>]*+(?:>(?:.*?</\1\b[^>]*+>?|.*)|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_TAG = re.compile(
    r"""<(/?)([a-z][^\s<>"'=/]*+)((?:[^<>"'=]++|=\s*+"[^"<]*"|=\s*+'[^'<]*'|["'=])*+)>""",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]++)(?:\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'>]++)))?""")
# Shortcodes that mean nothing outside WordPress. What stands between a pair is content and stays.
_SHORTCODE = re.compile(
    r"\[/?(?:audio|caption|embed|gallery|playlist|video|wp_caption)(?=[\s\]/])[^][\n]*+\]"
)
_DEPTH: Final = 100
_BREAK: Final = "<br>\n"
_LOOSE: Final = "p "  # a paragraph we opened; `</p >` is as good a tag as `</p>`
_PARAGRAPHS: Final = {"p", _LOOSE}
_CELLS: Final = {"td", "th"}
_LISTS: Final = _names("ul ol dl table blockquote")
_ROWS: Final = _names("caption colgroup thead tbody tfoot")
_GRID: Final = _ROWS - {"caption"} | {"table", "tr"}
_PARTS: Final = _ROWS | _CELLS | {"tr", "col"}
# Opening the key closes the nearest open tag of the first set, unless one of the second is nearer.
_IMPLIED: Final[dict[str, tuple[AbstractSet[str], AbstractSet[str]]]] = {
    **dict.fromkeys(_HEADINGS, (_HEADINGS, _BLOCK)),
    "a": ({"a"}, set()),
    "li": ({"li"}, _LISTS),
    **dict.fromkeys(("dt", "dd"), ({"dt", "dd"}, _LISTS)),
    **dict.fromkeys(_CELLS, (_CELLS, {"table"})),
    "tr": ({"tr", "caption", "colgroup"}, {"table"}),
    **dict.fromkeys(_ROWS, (_ROWS, {"table"})),
}


class _Tidy:
    """Rewrites tag soup as balanced tags, and WordPress' blank lines as paragraphs."""

    def __init__(self, *, wordpress: bool) -> None:
        self.wordpress = wordpress
        self.out: list[str] = []
        self.open: list[str] = []

    def run(self, raw: str) -> str:
        at, raw = 0, _HIDDEN.sub("", raw)
        for tag in _TAG.finditer(raw):
            self.text(raw[at : tag.start()])
            slash, name, rest = tag.groups()
            (self.end if slash else self.start)(name.lower(), rest)
            at = tag.end()
        self.text(raw[at:])
        self.close(0)
        return "".join(self.out)

    def start(self, name: str, rest: str) -> None:
        misplaced = self.open and self.open[-1] in _GRID and name not in _PARTS
        if misplaced or name not in _BLOCK | _INLINE:
            return  # parsers move what stands between cells, and differently the second time
        if name in _BLOCK:
            self.close_nearest(_PARAGRAPHS, _BLOCK)
        if name in _IMPLIED:
            self.close_nearest(*_IMPLIED[name])
        if name in _INLINE:
            self.loose()
        if name in _VOID or len(self.open) < _DEPTH:
            self.out.append(f"<{name}{_attributes(rest)}>")
            self.open += [] if name in _VOID else [name]

    def end(self, name: str, _rest: str) -> None:
        self.close_nearest({name}, set())

    def close_nearest(self, names: AbstractSet[str], barrier: AbstractSet[str]) -> None:
        for at in reversed(range(len(self.open))):
            if self.open[at] in names:
                return self.close(at)
            if self.open[at] in barrier:
                return None
        return None

    def close(self, at: int) -> None:
        while len(self.open) > at:
            name = self.open.pop()
            while name == _LOOSE and self.out[-1] == _BREAK:
                self.out.pop()
            self.out.append(f"</{name}>")

    def loose(self) -> None:
        """Give text or an inline tag that stands outside any block its paragraph."""
        if self.wordpress and (not self.open or self.open[-1] in {"blockquote", "div"}):
            self.out.append("<p>")
            self.open.append(_LOOSE)

    def text(self, raw: str) -> None:
        raw = raw.replace("<", "&lt;")
        if not self.wordpress or not {"pre", "code"}.isdisjoint(self.open):
            self.out.append(raw)
            return
        for number, part in enumerate(_BLANK_LINE.split(_SHORTCODE.sub("", raw))):
            if number:
                self.blank_line()
            self.lines(part)

    def blank_line(self) -> None:
        if self.open and self.open[-1] == _LOOSE:
            self.close(len(self.open) - 1)
        self.out += [_BREAK, _BREAK] if _LOOSE in self.open else ["\n"]

    def lines(self, part: str) -> None:
        if part.strip():
            self.loose()
        if _LOOSE not in self.open:
            self.out.append(part)
            return
        if self.out[-1].startswith(("<p>", "<br")):
            part = part.lstrip()
        first, *rest = part.split("\n")
        self.out.append(first)
        for line in rest:
            self.out += filter(None, (_BREAK, line.lstrip()))


def _attributes(rest: str) -> str:
    found = ((name, "".join(values)) for name, *values in _ATTRIBUTE.findall(rest))
    escaped = ((name, value.replace('"', "&quot;")) for name, value in found)
    return "".join(f' {name}="{value}"' for name, value in escaped)


# Reading the clean HTML

_PIECE = re.compile(r"<(/?)(\w+)[^>]*>|[^<]+")
_IDEOGRAPH = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_SPACING: Final = dict.fromkeys(_BLOCK | {"br"}, "\n") | dict.fromkeys(_CELLS, " ")


class _Reader:
    """Takes the words out and gives every heading with words its anchor, in one pass."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.words: list[str] = []
        self.headings: list[Heading] = []
        self.begun: tuple[str, int, int] | None = None
        self.used: dict[str, int] = {}
        self.pre = 0

    def run(self, clean: str) -> Rendered:
        for piece in _PIECE.finditer(clean):
            slash, tag = piece.groups()
            if tag is None:
                self.text(piece[0])
            else:
                self.tag(tag, piece[0], closing=bool(slash))
        lines = (" ".join(line.split()) for line in "".join(self.words).split("\n"))
        text = "\n".join(filter(None, lines))
        return Rendered("".join(self.out), text, tuple(self.headings))

    def text(self, piece: str) -> None:
        if self.pre and self.out[-1].startswith("<pre"):
            piece = piece.lstrip("\n")  # parsers drop the first one, every time they parse
        self.out.append(piece)
        self.words.append(entities.unescape(piece if self.pre else piece.replace("\n", " ")))

    def tag(self, name: str, piece: str, *, closing: bool) -> None:
        self.words.append(_SPACING.get(name, ""))
        if name == "pre":
            self.pre += -1 if closing else 1
        if name in _HEADINGS and closing and self.begun and self.begun[0] == name:
            self.finish(*self.begun)
        elif name in _HEADINGS and not closing and not self.begun:
            self.begun = (name, len(self.out), len(self.words))
        self.out.append(piece)

    def finish(self, name: str, tag: int, words: int) -> None:
        self.begun = None
        if text := " ".join("".join(self.words[words:]).split()):
            self.headings.append(Heading(int(name[1]), text, self.anchor(text)))
            self.out[tag] = f'{self.out[tag][:-1]} id="{self.headings[-1].anchor}">'

    def anchor(self, text: str) -> str:
        slug = anchor = _slug(text)
        while anchor in self.used:
            self.used[slug] += 1
            anchor = f"{slug}-{self.used[slug]}"
        self.used[anchor] = 1
        return anchor


def _slug(text: str) -> str:
    lower = unicodedata.normalize("NFKC", text[:80]).lower()
    kept = (c if c == "_" or unicodedata.category(c)[0] in "LMN" else " " for c in lower)
    return "-".join("".join(kept).split()) or "section"


# Shortening

_JOINER: Final = "\u200d"


def _shorten(whole: str, max_length: int) -> str:
    if len(whole) <= max_length:
        return whole
    if max_length < 1:
        return ""
    limit = max_length - 1
    at = next((at for at in range(limit, 0, -1) if _between_words(whole, at)), 0)
    at = at or next((at for at in range(limit, 0, -1) if not _inside_character(whole, at)), 0)
    return whole[:at].rstrip(" \n,;:–—-") + "…"


def _between_words(text: str, at: int) -> bool:
    pair = text[at - 1 : at + 1]
    return " " in pair or "\n" in pair or _IDEOGRAPH.match(pair[1]) is not None


def _inside_character(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    marks = unicodedata.category(after)[0] == "M" or "\U0001f3fb" <= after <= "\U0001f3ff"
    return marks or _JOINER in (before, after)
