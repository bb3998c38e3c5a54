"""The variables of a random document, and several sets of values for them."""

from dataclasses import dataclass
from random import Random
from typing import Any

from graphql import is_non_null_type

from tests.engine.differential.values import WRONG, Values, written


@dataclass(frozen=True)
class Declared:
    type: Any
    name: str
    default: str | None

    def __str__(self) -> str:
        return f"{self.type} = {self.default}" if self.default else str(self.type)


class Variables:
    def __init__(self, random: Random, values: Values) -> None:
        self.random, self.values = random, values
        self.declared: dict[str, Declared] = {}

    def use(self, type: Any, name: str) -> str:
        """A variable that may stand where a value of this type is expected."""
        fitting = [
            key
            for key, one in self.declared.items()
            if str(one.type) == str(type) and one.name == name
        ]
        if fitting and self.random.random() < 0.4:
            return f"${self.random.choice(fitting)}"
        key = f"v{len(self.declared)}"
        self.declared[key] = self._declare(type, name)
        return f"${key}"

    def sometimes(self, type: Any, name: str) -> str | None:
        return self.use(type, name) if self.random.random() < 0.2 else None

    def _declare(self, type: Any, name: str) -> Declared:
        inner = type.of_type if is_non_null_type(type) else type
        if self.random.random() < 0.3:
            value = self.values.draw(type, name)
            if value is not None:
                return Declared(inner, name, written(inner, value, name, lambda *_: None))
        return Declared(type, name, None)

    def __str__(self) -> str:
        if not self.declared:
            return ""
        return f"({', '.join(f'${key}: {one}' for key, one in self.declared.items())})"

    def set(self, wrong: float) -> dict[str, Any]:
        """Values for all; with a likelihood of `wrong`, one of them is missing or of no use."""
        given = {
            key: self.values.draw(one.type, one.name)
            for key, one in self.declared.items()
            if one.default is None or self.random.random() < 0.5
        }
        if given and self.random.random() < wrong:
            key = self.random.choice(list(given))
            given[key] = self.random.choice(WRONG)
            if self.random.random() < 0.3:
                del given[key]
        return given
