"""Reads the community: `community.toml`, and the texts in `content/`.

A file of texts has one text after the other: its properties in TOML between two lines of `+++`,
then its body in Markdown.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Text:
    """`days` tells how long ago it was begun; an item to come out has days `until` then."""

    title: str
    author: str
    category: str
    tags: tuple[str, ...]
    days: float
    body: str
    summary: str | None = None
    image: str | None = None
    kind: str = "article"
    status: str = "PUBLISHED"
    until: float | None = None


def community() -> dict[str, Any]:
    """`people`, `categories`, `tags` and `pictures`, each by its name."""
    return tomllib.loads((HERE / "community.toml").read_text("utf-8"))


def texts() -> list[Text]:
    """All texts, the oldest first."""
    found = [text for path in sorted((HERE / "content").glob("*.md")) for text in _read(path)]
    return sorted(found, key=lambda text: -text.days)


def _read(path: Path) -> Iterator[Text]:
    _, *parts = path.read_text("utf-8").split("+++\n")
    for head, body in zip(parts[::2], parts[1::2], strict=True):
        given = tomllib.loads(head)
        given["tags"] = tuple(given.get("tags", ()))
        yield Text(**{"category": path.stem, **given, "body": body.strip()})
