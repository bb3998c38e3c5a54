"""From an operation to a plan: the one place that knows what Strawberry says about fields."""

from collections.abc import Mapping
from typing import Any

from graphql import (
    GraphQLObjectType,
    OperationType,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)

from engine import adapter
from engine.fields import BATCH, GUARD, Batch
from engine.plan.arguments import Arguments
from engine.plan.codegen import generate, plain
from engine.plan.model import (
    Direct,
    Field,
    Kind,
    NoPlanError,
    Plan,
    Reads,
    Selection,
    Shape,
    Source,
)

MAX_FIELDS = 5_000
"""Compiled fields of one plan: a selection on an interface is compiled for each of its types."""


def compile_plan(executor: Any, schema: Any) -> Plan:
    """The plan of the executor's operation, for the values that its `@skip`s and `@include`s have.

    `schema` is Strawberry's. Raises NoPlanError.
    """
    compiler = _Compiler(executor, schema)
    steps = compiler.steps()
    reads = Reads(
        {
            name: None if found is None else frozenset(found)
            for name, found in compiler.reads.items()
        }
    )
    serial = executor.operation.operation is OperationType.MUTATION
    return Plan(steps, reads, compiler.weight, serial=serial)


class _Compiler:
    def __init__(self, executor: Any, schema: Any) -> None:
        self.executor = executor
        self.schema = schema
        self.weight = 0
        self.reads: dict[str, set[str] | None] = {}
        # A selection that several types share, such as those of an interface, is compiled once.
        self._made: dict[Any, Selection] = {}

    def steps(self) -> tuple[Selection, ...]:
        executor = self.executor
        if not executor.error_propagation:
            raise NoPlanError("@experimental_disableErrorPropagation")
        root = executor.schema.get_root_type(executor.operation.operation)
        collected = adapter.collect_fields(
            executor.schema, executor.fragments, executor.variable_values, root,
            executor.operation, executor.hide_suggestions,
        )  # fmt: skip
        if collected.new_defer_usages:
            raise NoPlanError("@defer")
        grouped = collected.grouped_field_set
        if executor.operation.operation is not OperationType.MUTATION:
            return (self._selection(root, grouped),)
        steps = tuple(self._selection(root, {key: one}) for key, one in grouped.items())
        if any(f.source in (Source.BATCH, Source.ATTRIBUTE) for step in steps for f in step.fields):
            raise NoPlanError("a mutation without a resolver")
        return steps

    def _selection(self, type: GraphQLObjectType, grouped: Mapping[str, Any]) -> Selection:
        selection = Selection(type)
        for key, details in grouped.items():
            field = self._field(type, key, details)
            if field is not None:
                selection.fields.append(field)
        selection.paths = any(_needs_path(field) for field in selection.fields)
        self._read(type.name, selection.fields)
        selection.read, selection.code = generate(selection)
        return selection

    def _read(self, type: str, fields: list[Field]) -> None:
        """Note what is read of a type's objects; None once that is unknown."""
        known = self.reads.setdefault(type, set())
        for field in fields:
            if known is None or field.source is Source.TYPENAME:
                continue
            if field.source is Source.ATTRIBUTE:
                known.add(field.attribute)
            elif field.batch is not None and field.batch.needs is not None:
                known.update(field.batch.needs)
            else:
                known = self.reads[type] = None

    # --- Fields ----------------------------------------------------------------------------------

    def _field(self, parent: GraphQLObjectType, key: str, details: Any) -> Field | None:
        node = details[0].node
        definition = self.executor.schema.get_field(parent, node.name.value)
        if not definition:
            return None
        self.weight += 1
        if self.weight > MAX_FIELDS:
            raise NoPlanError("too many fields")
        field = Field(key, parent, definition, details)
        if field.name == "__typename":
            field.source = Source.TYPENAME
            return field
        if field.name.startswith("__"):
            raise NoPlanError("introspection")
        if any(one.name.value == "stream" for node in field.nodes for one in node.directives or ()):
            raise NoPlanError("@stream")
        self._resolve(field)
        field.arguments = Arguments(definition, details, self.executor, self.schema)
        field.shape = self._shape(definition.type, field)
        if field.batch is not None and field.batch.whole and self._is_query(parent):
            field.whole = field.batch.whole(field)
        return field

    def _is_query(self, type: GraphQLObjectType) -> bool:
        return type is self.executor.schema.query_type

    def _resolve(self, field: Field) -> None:
        """How the field's value is found."""
        definition = field.definition
        field.resolve = definition.resolve or self.executor.field_resolver
        guarded, check, resolve = (definition.extensions or {}).get(GUARD, (None, None, None))
        if guarded is not None and guarded is field.resolve:
            field.allowed, field.resolve = check, resolve
        field.strawberry = known = adapter.strawberry_field(definition)
        if known is None:
            return
        if adapter.is_attribute(known, field.resolve) and field.allowed is None:
            field.source, field.attribute = Source.ATTRIBUTE, known.python_name
        elif adapter.is_unchanged(known, field.resolve, self.schema):
            batch: Batch | None = known.metadata.get(BATCH)
            if batch is not None:
                field.source, field.batch = Source.BATCH, batch
            else:
                call, parents, info, takes_self = adapter.resolver(known)
                field.direct = Direct(call, parents, info, takes_self=takes_self)

    # --- Types -----------------------------------------------------------------------------------

    def _shape(self, type: Any, field: Field) -> Shape:
        nonnull = is_non_null_type(type)
        if nonnull:
            type = type.of_type
        if is_list_type(type):
            shape = Shape(Kind.LIST, type, nonnull=nonnull)
            shape.item = self._shape(type.of_type, field)
            shape.paths = shape.item.paths
        elif is_leaf_type(type):
            shape = Shape(Kind.LEAF, type, nonnull=nonnull)
            shape.plain = plain(type)
        elif is_object_type(type):
            shape = Shape(Kind.OBJECT, type, nonnull=nonnull)
            shape.selection = self._below(type, field)
            shape.paths = shape.selection.paths or _asks_info(type.is_type_of)
        elif is_abstract_type(type):
            shape = Shape(Kind.ABSTRACT, type, nonnull=nonnull)
            types = self.executor.schema.get_possible_types(type)
            shape.possible = {one.name: self._below(one, field) for one in types}
            below = any(one.paths or _asks_info(one.check) for one in shape.possible.values())
            shape.paths = below or _asks_info(type.resolve_type or self.executor.type_resolver)
        else:
            raise NoPlanError(f"type {type}")
        return shape

    def _below(self, type: GraphQLObjectType, field: Field) -> Selection:
        key = (type.name, *(id(node) for node in field.nodes))
        if key not in self._made:
            executor = self.executor
            collected = adapter.collect_subfields(
                executor.schema, executor.fragments, executor.variable_values,
                executor.operation, type, field.details, executor.hide_suggestions,
            )  # fmt: skip
            if collected.new_defer_usages:
                raise NoPlanError("@defer")
            self._made[key] = self._selection(type, collected.grouped_field_set)
        return self._made[key]


def _needs_path(field: Field) -> bool:
    if field.source is Source.RESOLVER and (field.direct is None or field.direct.info):
        return True
    return field.source is not Source.TYPENAME and field.shape.paths


def _asks_info(decide: Any) -> bool:
    """Whether an `is_type_of` or `resolve_type` has to be handed an Info."""
    return decide is not None and not hasattr(decide, "by_value")
