"""Runs of operations in the table of the slowest. Few are looked at closely: that costs."""

import time
from collections import defaultdict
from collections.abc import Callable
from hashlib import sha256
from types import TracebackType
from typing import Any

from graphql import (
    DocumentNode,
    FloatValueNode,
    IntValueNode,
    ListValueNode,
    Node,
    ObjectValueNode,
    OperationDefinitionNode,
    StringValueNode,
    Visitor,
    print_ast,
    visit,
)

from app.metrics.slowest import Operation, Slowest
from engine.plan.model import Plan
from engine.prepared import Prepared
from engine.trace import Trace, outline
from resolvers.measured import name_of

EVERY = 100
LONGEST = 2_000  # characters
MOST = 20  # statements


class Run:
    """One execution, to be entered around it; `trace` is for the engine, which says its `plan`.

    The first two runs of an operation are traced (a plan may be made for the second), then one of
    a hundred, and each after one of `slow` seconds.
    """

    __slots__ = (
        "_began", "_definition", "_due", "_end", "_operation", "_prepared", "plan", "trace",
    )  # fmt: skip

    def __init__(
        self,
        slowest: Slowest,
        slow: float,
        prepared: Prepared,
        definition: OperationDefinitionNode,
        trace: Trace | None,
    ) -> None:
        name = name_of(definition) or ""
        # Texts keep their digest, and there are too many to keep the texts.
        self._operation = one = slowest.of((hash(prepared.text), name), name)
        self._due = one.runs < 2 or one.runs % EVERY == 0 or one.last >= slow
        self._prepared, self._definition = prepared, definition
        self._end: Callable[[], None] | None = None
        self.plan: Plan | str | None = None
        self.trace = trace
        if self._due and trace is None:
            self.trace = Trace()

    def __enter__(self) -> "Run":
        if self._due and self.trace is not None:
            self._end = self.trace.aside()
        self._began = time.perf_counter()
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        seconds = time.perf_counter() - self._began
        self._operation.ran(seconds)
        if self._end is not None and self.trace is not None:
            self._end()
            self._look(self.trace, seconds)

    def _look(self, trace: Trace, seconds: float) -> None:
        one, executed = self._operation, _executed(self.plan)
        if not one.text:
            _describe(one, self._prepared, self._definition)
        if executed and executed != one.executed:
            one.executed, one.seen = executed, 0.0
        if seconds >= one.seen:
            one.seen, one.statements = seconds, _statements(trace)
            if isinstance(self.plan, Plan):
                one.outline = outline(self.plan, trace.wholes)
            elif self.plan is not None:  # of a run that was cut off nobody knows it
                one.outline = []


def text(prepared: Prepared, definition: OperationDefinitionNode) -> str:
    """An operation and its fragments, without the values that somebody wrote into them."""
    document = DocumentNode(definitions=(definition, *prepared.fragments.values()))
    return print_ast(visit(document, _Blank()))


class _Blank(Visitor):
    """Lists and objects as a whole: of a scalar, even their names are somebody's."""

    def enter_string_value(self, *_: Any) -> Node:
        return StringValueNode(value="", block=False)

    def enter_int_value(self, *_: Any) -> Node:
        return IntValueNode(value="0")

    def enter_float_value(self, *_: Any) -> Node:
        return FloatValueNode(value="0.0")

    def enter_list_value(self, *_: Any) -> Node:
        return ListValueNode(values=())

    def enter_object_value(self, *_: Any) -> Node:
        return ObjectValueNode(fields=())


def _describe(one: Operation, prepared: Prepared, definition: OperationDefinitionNode) -> None:
    whole = text(prepared, definition)
    one.hash, one.text = sha256(whole.encode()).hexdigest()[:12], _short(whole)


def _executed(plan: Plan | str | None) -> str:
    if plan is None:
        return ""  # cut off
    return f"field by field: {plan}" if isinstance(plan, str) else "by plan"


def _statements(trace: Trace) -> list[dict[str, Any]]:
    """Each once, with how often it ran and for how long all together."""
    times: dict[str, list[float]] = defaultdict(list)
    for sql, seconds in trace.notes():
        times[sql].append(seconds)
    return [
        {"sql": _short(sql), "runs": len(took), "ms": round(sum(took) * 1_000, 3)}
        for sql, took in list(times.items())[:MOST]
    ]


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
