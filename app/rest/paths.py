"""From a path to what is there, a step for each of its parts."""

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

T = TypeVar("T")

_END, _ANY = object(), object()


class Paths(Generic[T]):
    """Patterns such as `/users/{id}`; a part that is written out wins over a parameter."""

    def __init__(self) -> None:
        self._root: dict[Any, Any] = {}

    def add(self, pattern: str) -> dict[str, T]:
        """What is at a pattern, to be filled: methods with what they do."""
        branch = self._root
        for part in pattern.removeprefix("/").split("/"):
            branch = branch.setdefault(_ANY if part[:1] == "{" else part, {})
        place: dict[str, T] = branch.setdefault(_END, {})
        return place

    def find(self, path: str) -> tuple[dict[str, T], list[str]] | None:
        """What is at a path, with its parameters in their order."""
        return next(self._find(self._root, path.removeprefix("/").split("/"), []), None)

    def _find(
        self, branch: dict[Any, Any], parts: list[str], given: list[str]
    ) -> Iterator[tuple[dict[str, T], list[str]]]:
        if not parts:
            if _END in branch:
                yield branch[_END], given
            return
        first, *rest = parts
        if first in branch:
            yield from self._find(branch[first], rest, given)
        if _ANY in branch and first:
            yield from self._find(branch[_ANY], rest, [*given, first])
