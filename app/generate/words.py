"""A made-up language: real words first, invented ones after, as frequent as Zipf's law has it."""

import tomllib
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

SIZE = 4_000


@cache
def language() -> dict[str, Any]:
    """`language.toml`"""
    return tomllib.loads((Path(__file__).parent / "language.toml").read_text("utf-8"))


@cache
def given(name: str) -> list[str]:
    """The words of one of the language's lists."""
    listed: str = language()[name]
    return listed.split()


@cache
def vocabulary() -> tuple[str, ...]:
    """SIZE different words, the most frequent first; always the same ones."""
    random = Random("words")  # noqa: S311 (nothing secret)
    accented = given("accented")
    found = dict.fromkeys(given("frequent"))
    while len(found) < SIZE - len(accented):
        found[_invented(random)] = None
    words = list(found)
    for place, word in enumerate(accented):
        words.insert(40 + 25 * place, word)
    return tuple(words)


@cache
def frequencies(size: int) -> list[float]:
    """Running totals of how often each of `size` words is used: the n-th 1/(n + 10) times."""
    return list(accumulate(1 / (place + 10) for place in range(size)))


def _invented(random: Random) -> str:
    syllables = [
        random.choice(given("starts")) + random.choice(given("middles"))
        for _ in range(random.choice((1, 2, 2, 2, 3)))
    ]
    return "".join(syllables) + random.choice(given("ends"))
