"""What may appear in rich text: nh3 decides by these lists what is safe."""

import re
from typing import Final

import nh3


def names(names: str) -> frozenset[str]:
    return frozenset(names.split())


INLINE: Final = names(
    "a abbr b bdi bdo br cite code data del dfn em i img ins kbd mark q s samp small span"
    " strong sub sup time u var wbr"
)
HEADINGS: Final = names("h1 h2 h3 h4 h5 h6")
BLOCK: Final = HEADINGS | names(
    "article aside blockquote caption col colgroup dd details div dl dt figcaption figure footer"
    " header hr li ol p pre section summary table tbody td tfoot th thead tr ul"
)
CELLS: Final = {"td", "th"}
VOID: Final = names("br col hr img wbr")
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


CLEANER: Final = nh3.Cleaner(
    tags=INLINE | BLOCK,
    attributes=_ATTRIBUTES,
    attribute_filter=_only_language,
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener noreferrer",
)
