"""What clean HTML says: its words, and its headings with an anchor each."""

import html as entities
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from app.richtext.allowed import BLOCK, CELLS, HEADINGS


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


_PIECE = re.compile(r"<(/?)(\w+)[^>]*>|[^<]+")
_SPACING: Final = dict.fromkeys(BLOCK | {"br"}, "\n") | dict.fromkeys(CELLS, " ")


class Reader:
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
        if name in HEADINGS and closing and self.begun and self.begun[0] == name:
            self.finish(*self.begun)
        elif name in HEADINGS and not closing and not self.begun:
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
