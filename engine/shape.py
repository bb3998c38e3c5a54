"""The size of a document, measured without a schema and in time linear in its text.

Each definition is measured once as written; then each fragment once as executed, innermost
first, so that sixty fragments that spread each other twice cost sixty steps, not 2^60. Nothing
recurses. Unknown fields and fragments are tolerated: validation reports them.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import TypeGuard

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableDefinitionNode,
)

SATURATED = 1_000_000_000
"""Where counting stops, so that every number fits 32 bits."""

Definition = OperationDefinitionNode | FragmentDefinitionNode
Fragments = Mapping[str, FragmentDefinitionNode]


@dataclass(slots=True)
class Size:
    """What one definition selects: as written, and with its fragments once `add` was called."""

    depth: int = 0
    nesting: int = 0
    fields: int = 0
    aliases: int = 0
    root_fields: int = 0
    directives: int = 0
    spreads: list[tuple[str, int, int]] = field(default_factory=list)
    """Each fragment spread: its name, and the depth and nesting at which it stands."""

    def add(self, inner: "Size", depth: int, nesting: int) -> None:
        """Count a fragment spread below `depth` fields and `nesting` selection sets."""
        self.depth = max(self.depth, depth + inner.depth)
        self.nesting = max(self.nesting, nesting + inner.nesting)
        self.fields = min(SATURATED, self.fields + inner.fields)
        self.aliases = min(SATURATED, self.aliases + inner.aliases)
        if depth == 0:
            self.root_fields = min(SATURATED, self.root_fields + inner.root_fields)


@dataclass(frozen=True, slots=True)
class Shape:
    """A measured document. `sizes` is named as in `Limits`, and empty of sums when `cyclic`."""

    sizes: dict[str, int]
    roots: tuple[Definition, ...]
    fragments: Fragments
    cyclic: bool

    def count_repetitions(self) -> int:
        """Pairs of fields at one place of the response; linear in `sizes["fields"]`."""
        pairs = sum(_count_pairs(root.selection_set, self.fragments) for root in self.roots)
        return min(SATURATED, pairs)


def measure(document: DocumentNode) -> Shape:
    """Measure all operations, and all fragments that nothing spreads."""
    definitions = [d for d in document.definitions if isinstance(d, Definition)]
    fragments = {d.name.value: d for d in definitions if isinstance(d, FragmentDefinitionNode)}
    written = [(definition, _measure_as_written(definition)) for definition in definitions]
    by_name = {d.name.value: size for d, size in written if _is_named(d, fragments)}
    counts = {
        "fragments": sum(isinstance(d, FragmentDefinitionNode) for d in definitions),
        "directives": sum(size.directives for _, size in written),
    }
    try:
        _add_fragments(by_name)
    except CycleError:
        return Shape(counts, (), fragments, cyclic=True)
    spread = {name for _, size in written for name, _, _ in size.spreads}
    roots = [
        (definition, size)
        for definition, size in written
        if not (_is_named(definition, fragments) and definition.name.value in spread)
    ]
    for definition, size in roots:
        if not _is_named(definition, fragments):
            _add_spreads(size, by_name)
        if isinstance(definition, FragmentDefinitionNode):
            size.root_fields = 0
    sizes = counts | _sum([size for _, size in roots])
    return Shape(sizes, tuple(definition for definition, _ in roots), fragments, cyclic=False)


def _is_named(definition: Definition, fragments: Fragments) -> TypeGuard[FragmentDefinitionNode]:
    """Whether spreads find this definition: of fragments with the same name, only the last."""
    name = definition.name
    return name is not None and fragments.get(name.value) is definition


def _measure_as_written(definition: Definition) -> Size:
    size = Size(directives=_count_directives(definition))
    stack = [(definition.selection_set, 0, 1)]
    while stack:
        selection_set, depth, nesting = stack.pop()
        size.nesting = max(size.nesting, nesting)
        for selection in selection_set.selections:
            size.fields += 1
            size.directives += len(selection.directives or ())
            if isinstance(selection, FragmentSpreadNode):
                size.spreads.append((selection.name.value, depth, nesting))
            elif isinstance(selection, InlineFragmentNode):
                stack.append((selection.selection_set, depth, nesting + 1))
            elif isinstance(selection, FieldNode):
                size.depth = max(size.depth, depth + 1)
                size.aliases += selection.alias is not None
                size.root_fields += depth == 0
                if selection.selection_set:
                    stack.append((selection.selection_set, depth + 1, nesting + 1))
    return size


def _count_directives(definition: Definition) -> int:
    variables = definition.variable_definitions or ()
    nodes: list[Definition | VariableDefinitionNode] = [definition, *variables]
    return sum(len(node.directives or ()) for node in nodes)


def _add_fragments(by_name: dict[str, Size]) -> None:
    """Add to each fragment what it spreads, innermost first. Raises CycleError."""
    graph = {name: {n for n, _, _ in size.spreads} for name, size in by_name.items()}
    for name in TopologicalSorter(graph).static_order():
        if name in by_name:
            _add_spreads(by_name[name], by_name)


def _add_spreads(size: Size, by_name: Mapping[str, Size]) -> None:
    for name, depth, nesting in size.spreads:
        if name in by_name:
            size.add(by_name[name], depth, nesting)


def _sum(roots: list[Size]) -> dict[str, int]:
    return {
        "depth": max((size.depth for size in roots), default=0),
        "nesting": max((size.nesting for size in roots), default=0),
        "root_fields": max((size.root_fields for size in roots), default=0),
        "aliases": min(SATURATED, sum(size.aliases for size in roots)),
        "fields": min(SATURATED, sum(size.fields for size in roots)),
    }


def _count_pairs(root: SelectionSetNode, fragments: Fragments) -> int:
    """Merge selections as execution does, place by place, and count the pairs of equal names."""
    pairs = 0
    places = [[root]]
    while places:
        for nodes in _collect(places.pop(), fragments).values():
            pairs += len(nodes) * (len(nodes) - 1) // 2
            if inner := [node.selection_set for node in nodes if node.selection_set]:
                places.append(inner)
    return pairs


def _collect(place: list[SelectionSetNode], fragments: Fragments) -> dict[str, list[FieldNode]]:
    """The fields of one place by response name; a fragment counts once, as in CollectFields."""
    names: defaultdict[str, list[FieldNode]] = defaultdict(list)
    seen: set[str] = set()
    stack = list(place)
    while stack:
        for selection in stack.pop().selections:
            if isinstance(selection, FieldNode):
                names[(selection.alias or selection.name).value].append(selection)
            elif isinstance(selection, InlineFragmentNode):
                stack.append(selection.selection_set)
            elif isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if name in fragments and name not in seen:
                    seen.add(name)
                    stack.append(fragments[name].selection_set)
    return names
