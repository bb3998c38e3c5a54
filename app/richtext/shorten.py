"""Cuts a text where a reader would."""

import re
import unicodedata
from typing import Final

IDEOGRAPH = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_JOINER: Final = "\u200d"


def shorten(whole: str, max_length: int) -> str:
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
    return " " in pair or "\n" in pair or IDEOGRAPH.match(pair[1]) is not None


def _inside_character(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    marks = unicodedata.category(after)[0] == "M" or "\U0001f3fb" <= after <= "\U0001f3ff"
    return marks or _JOINER in (before, after)
