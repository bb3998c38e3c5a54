"""Tag soup becomes balanced tags of bounded depth. All expressions are possessive or consume what
they scan."""

import re
from collections.abc import Set as AbstractSet
from typing import Final

from app.richtext.allowed import BLOCK, CELLS, HEADINGS, INLINE, VOID, names

BLANK_LINE = re.compile(r"\n[ \t]*+\n\s*+")
BREAK: Final = "<br>\n"
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
_LOOSE: Final = "p "  # a paragraph we opened; `</p >` is as good a tag as `</p>`
_PARAGRAPHS: Final = {"p", _LOOSE}
_LISTS: Final = names("ul ol dl table blockquote")
_ROWS: Final = names("caption colgroup thead tbody tfoot")
_GRID: Final = _ROWS - {"caption"} | {"table", "tr"}
_PARTS: Final = _ROWS | CELLS | {"tr", "col"}
# Opening the key closes the nearest open tag of the first set, unless one of the second is nearer.
_IMPLIED: Final[dict[str, tuple[AbstractSet[str], AbstractSet[str]]]] = {
    **dict.fromkeys(HEADINGS, (HEADINGS, BLOCK)),
    "a": ({"a"}, set()),
    "li": ({"li"}, _LISTS),
    **dict.fromkeys(("dt", "dd"), ({"dt", "dd"}, _LISTS)),
    **dict.fromkeys(CELLS, (CELLS, {"table"})),
    "tr": ({"tr", "caption", "colgroup"}, {"table"}),
    **dict.fromkeys(_ROWS, (_ROWS, {"table"})),
}


class Tidy:
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
        if misplaced or name not in BLOCK | INLINE:
            return  # parsers move what stands between cells, and differently the second time
        if name in BLOCK:
            self.close_nearest(_PARAGRAPHS, BLOCK)
        if name in _IMPLIED:
            self.close_nearest(*_IMPLIED[name])
        if name in INLINE:
            self.loose()
        if name in VOID or len(self.open) < _DEPTH:
            self.out.append(f"<{name}{_attributes(rest)}>")
            self.open += [] if name in VOID else [name]

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
            while name == _LOOSE and self.out[-1] == BREAK:
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
        for number, part in enumerate(BLANK_LINE.split(_SHORTCODE.sub("", raw))):
            if number:
                self.blank_line()
            self.lines(part)

    def blank_line(self) -> None:
        if self.open and self.open[-1] == _LOOSE:
            self.close(len(self.open) - 1)
        self.out += [BREAK, BREAK] if _LOOSE in self.open else ["\n"]

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
            self.out += filter(None, (BREAK, line.lstrip()))


def _attributes(rest: str) -> str:
    found = ((name, "".join(values)) for name, *values in _ATTRIBUTE.findall(rest))
    escaped = ((name, value.replace('"', "&quot;")) for name, value in found)
    return "".join(f' {name}="{value}"' for name, value in escaped)
