"""What is worked out from a header, for the few texts that clients send again and again."""

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import TypeVar

T = TypeVar("T")

TEXTS = 256
LONGEST = 300
"""Characters: a stranger can make up as many long texts as it likes, and none stays in memory."""


def remembered(work: Callable[..., T]) -> Callable[..., T]:
    """`work`, done once for a text; what follows the text is ours, and of few kinds."""
    known = lru_cache(TEXTS)(work)

    def found(text: str, *others: Hashable) -> T:
        return (known if len(text) <= LONGEST else work)(text, *others)

    return found
