"""What a plan is made of, and what one run of it keeps. Data only."""

from collections.abc import Awaitable, Callable, Sequence
from enum import IntEnum
from typing import Any

from graphql import FieldNode, GraphQLField, GraphQLObjectType
from graphql.pyutils import Path

from engine.fields import Batch, Choose, Load
from engine.plan.arguments import Arguments

Row = dict[str, Any]
Paths = Sequence[Path | None] | None
"""The place of each source in the response; None where nothing below asks for it."""

Read = Callable[[Sequence[Any], "State", Paths], list[Row]]


class NoPlanError(Exception):
    """At compile time: graphql-core has to execute this operation. Its text says why."""


class UnexpectedValueError(Exception):
    """At run time: a value that plans do not handle, such as an awaitable attribute."""


class Failure:
    """The error of a field in its place in the response, until `report` locates it."""

    __slots__ = ("error", "nodes")

    def __init__(self, error: Exception, nodes: list[FieldNode]) -> None:
        self.error, self.nodes = error, nodes


class Kind(IntEnum):
    LEAF = 0
    LIST = 1
    OBJECT = 2
    ABSTRACT = 3


class Source(IntEnum):
    """Where a field's value comes from."""

    TYPENAME = 0
    ATTRIBUTE = 1
    BATCH = 2
    RESOLVER = 3


class Shape:
    """How values of a type become output.

    `seen` are the Python types that turned out to be neither null, nor errors, nor awaitable;
    `plain` is the Python type whose values are their own output.
    """

    __slots__ = (
        "item",
        "kind",
        "nonnull",
        "paths",
        "plain",
        "possible",
        "seen",
        "selection",
        "type",
    )

    def __init__(self, kind: Kind, type: Any, *, nonnull: bool) -> None:
        self.kind, self.type, self.nonnull = kind, type, nonnull
        self.item: Shape | None = None
        self.selection: Selection | None = None
        self.possible: dict[str, Selection] = {}
        self.seen: set[type] = set()
        self.plain: type | None = None
        self.paths = False


class Direct:
    """A resolver without extensions, called as Strawberry calls it; Info is made if it asks."""

    __slots__ = ("call", "info", "parents", "takes_self")

    def __init__(
        self,
        call: Callable[..., Any],
        parents: tuple[str, ...],
        info: str | None,
        *,
        takes_self: bool,
    ) -> None:
        self.call, self.parents, self.info, self.takes_self = call, parents, info, takes_self


class Field:
    """One response key of a selection."""

    __slots__ = (
        "allowed", "arguments", "attribute", "batch", "definition", "details", "direct", "key",
        "name", "nodes", "null", "parent", "resolve", "shape", "source", "strawberry", "whole",
    )  # fmt: skip

    arguments: Arguments

    def __init__(
        self, key: str, parent: GraphQLObjectType, definition: GraphQLField, details: Any
    ) -> None:
        self.key, self.parent, self.definition, self.details = key, parent, definition, details
        self.name: str = details[0].node.name.value
        self.nodes: list[FieldNode] = [one.node for one in details]
        self.null = f"Cannot return null for non-nullable field {parent}.{self.name}."
        self.source = Source.RESOLVER
        self.shape: Shape = NO_SHAPE
        self.attribute = ""
        self.batch: Batch | None = None
        self.direct: Direct | None = None
        self.resolve: Callable[..., Any] | None = None
        self.strawberry: Any = None
        self.allowed: Callable[[Any], None] | None = None
        # Chooses the load of what is put into the response as it is, with all below the field.
        self.whole: Choose | None = None


# What each field that was asked for is loaded whole by in a run; None where it is not.
Wholes = dict[Field, Load | None]


class Selection:
    """The fields selected of one object type; `read` makes the rows of many objects of it."""

    __slots__ = ("check", "code", "fields", "paths", "read", "type")

    def __init__(self, type: GraphQLObjectType) -> None:
        self.type = type
        self.fields: list[Field] = []
        self.read: Read = _unread
        self.code = ""
        self.check: Callable[..., Any] | None = type.is_type_of
        self.paths = False


class Reads(dict[str, frozenset[str] | None]):
    """The attributes that an operation reads, by the name of the type; None when not all are known.

    The same object for every run of a plan, so it can be a key of what is derived from it.
    """

    __hash__ = object.__hash__  # type: ignore[assignment]


class Plan:
    """An operation, ready to run: `steps` one after the other, a mutation's fields each one.

    `weight` counts the compiled fields.
    """

    __slots__ = ("reads", "serial", "steps", "weight")

    def __init__(
        self,
        steps: tuple[Selection, ...],
        reads: Reads,
        weight: int,
        *,
        serial: bool,
    ) -> None:
        self.steps, self.reads, self.weight, self.serial = steps, reads, weight, serial


class Job:
    """A field that waits: to be loaded for `sources`, or for the awaitables among `values`."""

    __slots__ = ("field", "outs", "paths", "values")

    def __init__(self, field: Field, values: Any, outs: list[Row], paths: Paths) -> None:
        self.field, self.values, self.outs, self.paths = field, values, outs, paths


class State:
    """What one step of a run keeps. `first` are a serial step's resolved values, for when plans
    give up; `wholes` are the same for all steps, None where nothing may be loaded whole."""

    __slots__ = (
        "abstract", "awaited", "context", "executor", "failed", "first",
        "is_awaitable", "loads", "opened", "schema", "tells_alone", "trace", "wholes",
    )  # fmt: skip

    def __init__(
        self, executor: Any, schema: Any, trace: Any, wholes: Wholes | None = None
    ) -> None:
        self.executor, self.schema = executor, schema
        self.context = executor.context_value
        self.tells_alone = hasattr(self.context, "alone")
        self.is_awaitable: Callable[[Any], bool] = executor.is_awaitable
        self.trace = trace
        self.wholes = wholes
        self.loads: list[Job] = []
        self.awaited: list[Job] = []
        self.abstract: list[tuple[list[Row], Selection]] = []
        self.opened: list[Awaitable[Any]] = []
        self.first: Job | None = None
        self.failed = False

    def arguments(self, field: Field) -> dict[str, Any]:
        """As its load takes them. Raises GraphQLError and what input types do."""
        return field.arguments.python(self.executor, self.schema)

    def whole(self, field: Field) -> Load | None:
        """What loads the field whole in this run, if anything does."""
        wholes = self.wholes
        if wholes is None or field.whole is None:
            return None
        if field not in wholes:
            wholes[field] = field.whole(self.arguments)
        return wholes[field]

    def fail(self, error: Exception, nodes: list[FieldNode]) -> Failure:
        self.failed = True
        return Failure(error, nodes)


def _unread(*_: Any) -> list[Row]:
    raise AssertionError("the selection is not compiled")


NO_SHAPE = Shape(Kind.LEAF, None, nonnull=False)
