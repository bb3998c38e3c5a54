"""Every name of graphql-core and Strawberry that is not promised to stay.

Written against graphql-core 3.3 and strawberry-graphql 0.341. A name that is gone does not keep
the package from being imported: `missing` says so, and no plans are made (`engine.selftest`
also looks at behaviour).
"""

from collections.abc import Mapping
from typing import Any

from graphql import (
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLSchema,
    OperationDefinitionNode,
)

missing: str | None = None
optimized_is_awaitable: Any = None  # without it graphql-core takes its own
try:
    from graphql.execution.collect_fields import (
        FragmentDetails,
        collect_fields,
        collect_subfields,
    )
    from graphql.execution.execute import (
        create_source_event_stream,
        default_field_resolver,
        default_type_resolver,
    )
    from graphql.execution.executor import CollectedErrors, Executor
    from graphql.execution.get_variable_signature import get_variable_signature
    from graphql.execution.incremental.incremental_executor import IncrementalExecutor
    from graphql.execution.values import (
        VariableValues,
        VariableValueSource,
        get_argument_values,
        get_variable_values,
    )
    from graphql.pyutils import (
        Path,
        RefMap,
        Undefined,
        gather_with_cancel,
        inspect,
        is_iterable,
    )
    from graphql.type import GraphQLResolveInfoHelpers
    from strawberry.execution import optimized_is_awaitable
    from strawberry.relay import GlobalID
    from strawberry.schema.types import base_scalars
    from strawberry.types.arguments import _is_leaf_type, convert_arguments
    from strawberry.types.base import StrawberryMaybe, StrawberryOptional
    from strawberry.types.enum import StrawberryEnumDefinition, has_enum_definition
except ImportError as error:  # pragma: no cover - another release of theirs
    missing = str(error)

__all__ = [
    "CollectedErrors",
    "Core",
    "Path",
    "Undefined",
    "VariableValueSource",
    "VariableValues",
    "base_scalars",
    "collect_fields",
    "collect_subfields",
    "create_source_event_stream",
    "gather_with_cancel",
    "get_argument_values",
    "get_variable_signature",
    "get_variable_values",
    "inspect",
    "is_iterable",
    "missing",
    "optimized_is_awaitable",
]

_DEFINITION = "strawberry-definition"
_RESOLVERS = ("_resolver", "_async_resolver")


# --- graphql-core --------------------------------------------------------------------------------


def executor(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    *,
    hide_suggestions: bool,
) -> Any:
    """An executor without variables, context or root: the pattern that `started` copies."""
    return Executor(
        schema,
        dict(fragments),
        {name: FragmentDetails(one, None) for name, one in fragments.items()},
        None,
        None,
        operation,
        VariableValues({}, {}),
        default_field_resolver,
        default_type_resolver,
        default_field_resolver,
        is_awaitable=optimized_is_awaitable,
        hide_suggestions=hide_suggestions,
    )


if missing is None:

    class _Apart:
        """An executor that is in no cycle: else all that a run has read would stay until the
        garbage collector comes, and make it come often."""

        @property
        def async_helpers(self) -> Any:
            return GraphQLResolveInfoHelpers(
                gather=self.gather_async_work,  # type: ignore[attr-defined]
                track=self.track_async_work,  # type: ignore[attr-defined]
            )

        @async_helpers.setter
        def async_helpers(self, _made: Any) -> None:
            pass  # they are made anew for who asks

    class _Run(_Apart, Executor[Any]):
        pass

    class Core(_Apart, IncrementalExecutor):
        """Executes what has no plan."""


def started(pattern: Any, variables: Any, context: Any, root: Any) -> Any:
    """A copy of an executor for one run, as `Executor.build_per_event_executor` makes its own."""
    copy = object.__new__(_Run)
    copy.__dict__.update(pattern.__dict__)
    copy.variable_values, copy.context_value, copy.root_value = variables, context, root
    copy.collected_errors = CollectedErrors()
    copy.pending_incremental_futures, copy.background_futures = set(), set()
    copy._relevant_sub_fields, copy._stream_usages = {}, RefMap()
    return copy


# --- Strawberry ----------------------------------------------------------------------------------


def strawberry_field(definition: GraphQLField) -> Any:
    """Strawberry's own description of a field; None for a field that it did not make."""
    return (definition.extensions or {}).get(_DEFINITION)


def is_attribute(field: Any, resolve: Any) -> bool:
    """Whether `resolve` does nothing but `getattr(source, field.python_name)`."""
    return (
        field.is_basic_field
        and getattr(resolve, "__name__", "") == "_get_basic_result"
        and field.default_resolver is getattr
    )


def is_unchanged(field: Any, resolve: Any, schema: Any) -> bool:
    """Whether `resolve` does nothing but call the field's own resolver."""
    return (
        field.base_resolver is not None
        and not field.extensions
        and not field.is_subscription
        and not schema.schema_converter.exception_handlers
        and getattr(resolve, "__name__", "") in _RESOLVERS
    )


def resolver(field: Any) -> tuple[Any, tuple[str, ...], str | None, bool]:
    """A field's own function, its parameters for parent and Info, and whether it takes self."""
    own = field.base_resolver
    parents = tuple(one.name for one in (own.parent_parameter, own.root_parameter) if one)
    info = own.info_parameter.name if own.info_parameter else None
    return own.wrapped_func, parents, info, bool(own.self_parameter)


def converted(schema: Any, field: Any, arguments: dict[str, Any]) -> dict[str, Any]:
    """Coerced arguments as the resolver takes them: Python names, input objects."""
    made = schema.schema_converter
    return convert_arguments(
        arguments, field.arguments, scalar_registry=made.scalar_registry, config=made.config
    )


def argument_names(schema: Any, field: Any) -> list[tuple[str, str]] | None:
    """The GraphQL and Python names of a field's arguments, when all of them reach its resolver as
    they were coerced: leaves do, lists are copied and input objects made."""
    if field is None:
        return None
    made = schema.schema_converter
    if not all(_is_leaf(one.type, made.scalar_registry) for one in field.arguments):
        return None
    name = made.config.name_converter.from_argument
    return [(name(one), one.python_name) for one in field.arguments]


def _is_leaf(type: Any, registry: Any) -> bool:
    while isinstance(type, StrawberryOptional) and not isinstance(type, StrawberryMaybe):
        type = type.of_type
    return has_enum_definition(type) or _is_leaf_type(type, registry, skip_classes=(GlobalID,))


def strawberry_info(schema: Any, field: Any, info: Any) -> Any:
    return schema.schema_converter.config.info_class(_raw_info=info, _field=field)


def enum_class(type: Any) -> Any:
    """The Python enum of a GraphQL enum; None for one that Strawberry did not make."""
    definition = (type.extensions or {}).get(_DEFINITION)
    return definition.wrapped_cls if isinstance(definition, StrawberryEnumDefinition) else None
