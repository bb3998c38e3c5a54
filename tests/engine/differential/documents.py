"""Random operations that are valid for a schema, with several sets of variables each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLField,
    GraphQLNonNull,
    GraphQLSchema,
    OperationType,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_required_argument,
    is_union_type,
)

from tests.engine.differential.values import Draw, Values, written
from tests.engine.differential.variables import Variables

SETS = 3
Wanted = Callable[[Random, str, str], bool]
"""Whether to select a field, given its type's name and its own."""


@dataclass(frozen=True)
class Document:
    """`sets` are values for the variables: the first ones fit, the last may not."""

    text: str
    sets: list[dict[str, Any]]


@dataclass(frozen=True)
class Style:
    """What documents are like. `size` is about how many fields there are."""

    wanted: Wanted
    named: Mapping[str, Draw]
    size: int = 18
    depth: int = 5


class _Writer:
    def __init__(self, schema: GraphQLSchema, random: Random, style: Style) -> None:
        self.schema, self.random, self.style = schema, random, style
        self.values = Values(random, style.named)
        self.variables = Variables(random, self.values)
        self.fragments: dict[str, tuple[str, str]] = {}
        self.budget = style.size
        self.names = 0

    def document(self, kind: OperationType) -> Document:
        root = self.schema.get_root_type(kind)
        once = kind is OperationType.SUBSCRIPTION
        return self._whole(
            kind, self._only_one(root) if once else self._selection(root, self.style.depth)
        )

    def changes(self, calls: Sequence[str]) -> Document:
        """Fields of a mutation with these arguments, and with all of their payloads."""
        root = self.schema.mutation_type
        assert root
        parts = []
        for call in calls:
            payload = get_named_type(root.fields[call.partition("(")[0]].type)
            parts.append(f"{self._name('a')}: {call} {self._all(payload)}")
        return self._whole(OperationType.MUTATION, f"{{ {' '.join(parts)} }}")

    def _whole(self, kind: OperationType, body: str) -> Document:
        fragments = [
            f"fragment {name} on {type} {text}" for name, (type, text) in self.fragments.items()
        ]
        text = "\n".join([f"{kind.value} Random{self.variables} {body}", *fragments])
        return Document(text, [self.variables.set(wrong) for wrong in (0, 0.1, 0.4)[:SETS]])

    def _only_one(self, root: Any) -> str:
        """Subscriptions select one field, which no condition may leave out."""
        name = self.random.choice(list(root.fields))
        body = f"{{ {self._field(root, name, self.style.depth, conditions=False)} }}"
        if self.random.random() < 0.3:
            self.fragments[fragment := self._name("F")] = (root.name, body)
            return f"{{ ...{fragment} }}"
        return body

    def _name(self, start: str) -> str:
        self.names += 1
        return f"{start}{self.names}"

    def _chance(self, likelihood: float) -> bool:
        return self.random.random() < likelihood

    # --- Selections ------------------------------------------------------------------------------

    def _selection(self, type: Any, depth: int) -> str:
        parts = [self._part(type, depth) for _ in range(self.random.randint(1, 4))]
        return f"{{ {' '.join(filter(None, parts)) or '__typename'} }}"

    def _all(self, type: Any) -> str:
        """Each field of a type, with any selection of its own."""
        parts = [
            self._field(type, name, self.style.depth)
            for name in type.fields
            if self.style.wanted(self.random, type.name, name)
        ]
        return f"{{ {' '.join(filter(None, parts)) or '__typename'} }}"

    def _part(self, type: Any, depth: int) -> str:
        lot = self.random.random()
        if lot < 0.08:
            alias = f"{self._name('t')}: " if self._chance(0.5) else ""
            return f"{alias}__typename{self._conditions()}"
        if depth > 0 and (lot < 0.2 or is_union_type(type)):
            return self._inline(type, depth)
        if depth > 0 and lot < 0.3:
            return self._named(type, depth)
        if is_union_type(type):
            return "__typename"
        name = self.random.choice(list(type.fields))
        if not self.style.wanted(self.random, type.name, name):
            return ""
        again = type.fields[name].args and self._chance(0.3)
        return " ".join(self._field(type, name, depth) for _ in range(2 if again else 1))

    def _condition(self, type: Any) -> Any:
        """A type that objects of this type may have, too."""
        if is_abstract_type(type):
            related = list(self.schema.get_possible_types(type))
        else:
            related = list(getattr(type, "interfaces", ()))
        return self.random.choice([type, *related])

    def _inline(self, type: Any, depth: int) -> str:
        on = self._condition(type)
        condition = "" if on is type and self._chance(0.5) else f" on {on.name}"
        return f"...{condition}{self._conditions()} {self._selection(on, depth - 1)}"

    def _named(self, type: Any, depth: int) -> str:
        on = self._condition(type)
        known = [name for name, (about, _) in self.fragments.items() if about == on.name]
        if known and self._chance(0.4):
            return f"...{self.random.choice(known)}{self._conditions()}"
        body = self._selection(on, depth - 1)
        self.fragments[name := self._name("F")] = (on.name, body)
        again = f" ...{name}" if self._chance(0.2) else ""
        return f"...{name}{self._conditions()}{again}"

    # --- Fields ----------------------------------------------------------------------------------

    def _field(self, type: Any, name: str, depth: int, *, conditions: bool = True) -> str:
        field = type.fields[name]
        self.budget -= 1
        below = get_named_type(field.type)
        composite = is_composite_type(below)
        if composite and conditions and (depth <= 0 or self.budget < 0):
            return ""
        arguments = self._arguments(field)
        alias = f"{self._name('a')}: " if arguments or self._chance(0.25) else ""
        head = f"{alias}{name}{arguments}{self._note()}"
        times = 2 if composite and conditions and self._chance(0.12) else 1
        return " ".join(
            head
            + (self._conditions() if conditions else "")
            + (f" {self._selection(below, depth - 1)}" if composite else "")
            for _ in range(times)
        )

    def _arguments(self, field: GraphQLField) -> str:
        given = [
            f"{name}: {self._value(argument.type, name)}"
            for name, argument in field.args.items()
            if is_required_argument(argument) or self._chance(0.4)
        ]
        return f"({', '.join(given)})" if given else ""

    def _value(self, type: Any, name: str) -> str:
        value = self.values.draw(type, name)
        return written(type, value, name, self.variables.sometimes)

    def _conditions(self) -> str:
        if not self._chance(0.12):
            return ""
        names = self.random.sample(["skip", "include"], self.random.choice([1, 1, 2]))
        return "".join(
            f" @{name}(if: {self._truth(0.3 if name == 'skip' else 0.7)})" for name in names
        )

    def _truth(self, likelihood: float) -> str:
        if self._chance(0.6):
            return self.variables.use(GraphQLNonNull(GraphQLBoolean), "if")
        return str(self._chance(likelihood)).lower()

    def _note(self) -> str:
        """A directive that has no meaning to an executor; its variables are of many types."""
        directive = self.schema.get_directive("note")
        if directive is None or not self._chance(0.03):
            return ""
        given = [
            f"{name}: {self.variables.use(argument.type, name)}"
            for name, argument in directive.args.items()
        ]
        return f" @note({', '.join(given)})"


def documents(
    schema: GraphQLSchema, kind: OperationType, seed: int, style: Style
) -> Iterator[Document]:
    """The same for the same seed; few of them are not valid, the schema's validation has to say."""
    random = Random(seed)
    while True:
        yield _Writer(schema, Random(random.getrandbits(64)), style).document(kind)


def changes(
    schema: GraphQLSchema, calls: Sequence[str], seed: int, style: Style
) -> Iterator[Document]:
    """As `documents`: mutations that do up to three of `calls`, such as `deleteTag(id: 1)`."""
    random = Random(seed)
    while True:
        writer = _Writer(schema, Random(random.getrandbits(64)), style)
        yield writer.changes(random.sample(calls, random.choice([1, 1, 2, 3])))
