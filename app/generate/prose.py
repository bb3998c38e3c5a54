"""Titles, sentences and Markdown bodies out of the made-up language."""

from dataclasses import dataclass, field
from random import Random

from app.generate.words import frequencies, vocabulary

SENTENCES = 30_000


@dataclass(frozen=True, slots=True)
class Body:
    """The same text twice: as Markdown, and as people read it."""

    markdown: str
    text: str


@dataclass(slots=True)
class Writer:
    """Writes with one stream of randomness.

    Bodies are put together from a stock of sentences, because drawing every word anew takes ten
    times as long.
    """

    random: Random
    items: int
    words: tuple[str, ...] = field(init=False)
    frequencies: list[float] = field(init=False)
    stock: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.words = vocabulary()
        self.frequencies = frequencies(len(self.words))
        self.stock = [self._sentence() for _ in range(min(SENTENCES, 100 + self.items))]

    def some(self, count: int) -> list[str]:
        return self.random.choices(self.words, cum_weights=self.frequencies, k=count)

    def title(self) -> str:
        """3 to 9 words."""
        text = " ".join(self.some(self.random.randint(3, 9)))
        return text[0].upper() + text[1:]

    def sentences(self, least: int, most: int) -> str:
        random = self.random
        return " ".join(random.choices(self.stock, k=random.randint(least, most)))

    def body(self) -> Body:
        """1 to 6 paragraphs; some with a heading, a list, a quotation or a word in bold."""
        count = self.random.choices(range(1, 7), (25, 25, 20, 15, 10, 5))[0]
        blocks = [self._paragraph() for _ in range(count)]
        for place in range(2, len(blocks), 2):
            blocks.insert(place, self._extra())
        return Body(
            "\n\n".join(markdown for markdown, _ in blocks),
            "\n".join(text for _, text in blocks),
        )

    def _sentence(self) -> str:
        words = self.some(self.random.randint(5, 14))
        if len(words) > 9:
            words[4] += ","
        text = " ".join(words)
        return text[0].upper() + text[1:] + self.random.choice("....?!")

    def _paragraph(self) -> tuple[str, str]:
        text = self.sentences(1, 4)
        if self.random.random() < 0.15:
            first, _, rest = text.partition(" ")
            return f"**{first}** {rest}", text
        return text, text

    def _extra(self) -> tuple[str, str]:
        match self.random.randrange(3):
            case 0:
                title = self.title()
                return f"## {title}", title
            case 1:
                text = self.sentences(1, 1)
                return f"> {text}", text
            case _:
                lines = [" ".join(self.some(3)) for _ in range(3)]
                return "\n".join(f"- {line}" for line in lines), "\n".join(lines)
