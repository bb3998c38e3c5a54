"""How many objects an operation may fetch: an upper bound, known before it runs.

An object costs 1, a leaf nothing. A list costs its page size times one item and what is below it.
The page size is the largest usable slicing argument (`first`, `last`, `limit`), given or by
default, or PAGE where a field has such arguments and none is given; else the length of `ids`; else
ASSUMED. The `edges` and `nodes` of a Relay connection
(https://relay.dev/graphql/connections.htm) take the size of the connection's own arguments.
Arguments are converted for every parent: each object or list in them costs 1, ten plain values 1.

Deliberately above the truth: `@skip` and `@include` are not looked at, a field selected twice
counts twice although execution merges it, and the branches of an abstract type are summed.
Each `__schema` and `__type` costs INTROSPECTION: what is below them is large whatever is asked.
"""

from collections.abc import Mapping

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Undefined,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_interface_type,
    is_list_type,
    is_object_type,
    value_from_ast_untyped,
)

from engine.shape import SATURATED, Fragments

ASSUMED = 10
"""The size of a list that no argument limits."""

PAGE = 20
"""The size of a list that an argument limits, when it is not given and has no default."""

INTROSPECTION = 4_000
"""`__schema` or `__type` with anything below it, which `Limits.depth` and `Limits.fields` bound."""

NESTED = 10
"""An object or list in an argument weighs as much as so many plain values."""

SLICING = ("first", "last", "limit")
LISTED = "ids"


def cost(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Fragments,
    variables: Mapping[str, object],
) -> int:
    """Objects a valid operation may fetch, at most SATURATED.

    `variables` are the values as they came, not coerced: sizes that are no natural number count
    as not given, since execution refuses them.
    """
    defaults = {
        definition.variable.name.value: value_from_ast_untyped(definition.default_value)
        for definition in operation.variable_definitions or ()
        if definition.default_value
    }
    root = schema.get_root_type(operation.operation)
    return _Cost(schema, fragments, defaults | dict(variables)).of(operation.selection_set, root)


def sizing_variables(document: DocumentNode) -> tuple[str, ...]:
    """The variables whose values `cost` reads, over the whole document: all in arguments."""
    names: set[str] = set()
    stack: list[SelectionSetNode] = [
        definition.selection_set
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode)
    ]
    while stack:
        for selection in stack.pop().selections:
            if isinstance(selection, FieldNode):
                names.update(_sizing_variables(selection))
            if isinstance(selection, FieldNode | InlineFragmentNode) and selection.selection_set:
                stack.append(selection.selection_set)
    return tuple(sorted(names))


def sizes(value: object) -> tuple[int | None, int | None, int]:
    """What `cost` reads of a variable's value: as a page size, as a list of ids, its weight."""
    return _natural(value), _length(value), _weight(value)


class _Cost:
    """One reckoning. Recursion is as deep as `Limits.nesting`."""

    def __init__(
        self, schema: GraphQLSchema, fragments: Fragments, variables: dict[str, object]
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._variables = variables
        self._known: dict[tuple[str, int | None], int] = {}
        self._weights = {name: _weight(value) for name, value in variables.items()}

    def of(
        self, selected: SelectionSetNode, parent: GraphQLNamedType | None, page: int | None = None
    ) -> int:
        """`page` is the size of the connection that `parent` is, None elsewhere."""
        total = 0
        for selection in selected.selections:
            if isinstance(selection, FieldNode):
                total += self._field(selection, parent, page)
            elif isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition
                inner = self._schema.get_type(condition.name.value) if condition else parent
                total += self.of(selection.selection_set, inner, page)
            elif isinstance(selection, FragmentSpreadNode):
                total += self._fragment(selection.name.value, page)
        return min(SATURATED, total)

    def _fragment(self, name: str, page: int | None) -> int:
        # A fragment names its own type, so the size handed down is all that can differ.
        if (name, page) not in self._known:
            fragment = self._fragments[name]
            type_ = self._schema.get_type(fragment.type_condition.name.value)
            self._known[name, page] = self.of(fragment.selection_set, type_, page)
        return self._known[name, page]

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None, page: int | None) -> int:
        field = _definition(node, parent)
        if field is None:
            return INTROSPECTION if node.name.value in ("__schema", "__type") else 0
        others = (one.value for one in node.arguments or () if one.name.value != LISTED)
        asked = sum(map(self._given, others)) // NESTED
        if node.selection_set is None:
            return asked
        type_ = get_named_type(field.type)
        if _is_connection(type_):
            return asked + 1 + self.of(node.selection_set, type_, self._size(node, field))
        one = 1 + self.of(node.selection_set, type_)
        if not is_list_type(get_nullable_type(field.type)):
            return asked + one
        of_page = page is not None and node.name.value in ("edges", "nodes")
        return asked + one * (page if page is not None and of_page else self._size(node, field))

    def _given(self, value: ValueNode) -> int:
        """The weight of a value in an argument. As deep as the parser lets literals nest."""
        if isinstance(value, VariableNode):
            return self._weights.get(value.name.value, 0)
        if isinstance(value, ListValueNode):
            return NESTED + sum(map(self._given, value.values))
        if isinstance(value, ObjectValueNode):
            return NESTED + sum(self._given(field.value) for field in value.fields)
        return 1

    def _size(self, node: FieldNode, field: GraphQLField) -> int:
        given = {
            argument.name.value: value_from_ast_untyped(argument.value, self._variables)
            for argument in node.arguments or ()
            if argument.name.value in (*SLICING, LISTED)
        }
        slices = [
            _natural(_or_default(given.get(name, Undefined), field.args[name]))
            for name in SLICING
            if name in field.args
        ]
        known = [size for size in slices if size is not None]
        if known:
            return max(known)
        listed = _length(given.get(LISTED))
        if listed is not None:
            return listed
        return PAGE if slices else ASSUMED


def _definition(node: FieldNode, parent: GraphQLNamedType | None) -> GraphQLField | None:
    if is_object_type(parent) or is_interface_type(parent):
        field: GraphQLField | None = parent.fields.get(node.name.value)
        return field
    return None


def _is_connection(type_: GraphQLNamedType) -> bool:
    return (
        is_object_type(type_)
        and type_.name.endswith("Connection")
        and ("edges" in type_.fields or "nodes" in type_.fields)
    )


def _or_default(value: object, argument: GraphQLArgument) -> object:
    """The argument's default from the schema, when neither a value nor null was given."""
    if value is not Undefined:
        return value
    if argument.default is None:
        return argument.default_value
    literal = argument.default.literal
    return value_from_ast_untyped(literal) if literal else argument.default.value


def _natural(value: object) -> int | None:
    """A page size: coercion also takes 20.0 for 20, but neither true nor a string."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return min(SATURATED, value)
    return None


def _length(value: object) -> int | None:
    """A list's length; one value alone is coerced to a list of one."""
    if value is None or value is Undefined:
        return None
    return len(value) if isinstance(value, list | tuple) else 1


def _weight(value: object) -> int:
    """How much there is to convert in a variable's value."""
    weight = 0
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, dict | list):
            weight += NESTED
            stack.extend(one.values() if isinstance(one, dict) else one)
        else:
            weight += 1
    return weight


def _sizing_variables(node: FieldNode) -> set[str]:
    names: set[str] = set()
    stack: list[ValueNode] = [argument.value for argument in node.arguments or ()]
    while stack:
        value = stack.pop()
        if isinstance(value, VariableNode):
            names.add(value.name.value)
        elif isinstance(value, ListValueNode):
            stack.extend(value.values)
        elif isinstance(value, ObjectValueNode):
            stack.extend(field.value for field in value.fields)
    return names
