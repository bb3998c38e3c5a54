"""What a run of a plan did, for those who want to see it: costs nothing where nobody does."""

import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field

from engine.plan.model import Field, Kind, Plan, Selection, Shape, Source, Wholes


@dataclass(slots=True)
class Load:
    """One call for all `parents` of a level. `notes` are what was noted meanwhile."""

    level: int
    fields: list[str]
    load: str
    parents: int
    seconds: float = 0.0
    notes: list[tuple[str, float]] = field(default_factory=list)


class Trace:
    def __init__(self) -> None:
        self.loads: list[Load] = []
        self.level = 0
        # What each field was loaded whole by, where it was.
        self.wholes: Wholes = {}
        self._aside = Load(0, [], "", 0)

    def begin(
        self, fields: list[Field], parents: int, *, whole: bool = False
    ) -> Callable[[], None]:
        """A load begins; the answer is to be called when it has ended."""
        first = fields[0]
        name = first.batch.load.__name__ if first.batch else "resolver"
        if whole:
            name = WHOLE
        names = list(dict.fromkeys(f"{one.parent.name}.{one.name}" for one in fields))
        return self.started(names, name, parents)

    def started(self, fields: list[str], name: str, parents: int) -> Callable[[], None]:
        """The same by names, as it is without a plan, too."""
        load = Load(self.level, fields, name, parents)
        self.loads.append(load)
        return _under_way(load)

    def aside(self) -> Callable[[], None]:
        """Take notes outside of loads, too; the answer is to be called at the end."""
        return _under_way(self._aside)

    def notes(self) -> list[tuple[str, float]]:
        """All of them, whatever they were noted with."""
        return [note for load in (self._aside, *self.loads) for note in load.notes]


def _under_way(load: Load) -> Callable[[], None]:
    token, start = _current.set(load), time.perf_counter()

    def end() -> None:
        load.seconds = time.perf_counter() - start
        _current.reset(token)

    return end


def noting() -> bool:
    """Whether a load is under way that takes notes."""
    return _current.get() is not None


def note(what: str, seconds: float) -> None:
    """Note something, such as a statement, with the load that is under way."""
    load = _current.get()
    if load is not None:
        load.notes.append((what, seconds))


_current: ContextVar[Load | None] = ContextVar("load", default=None)


def outline(plan: Plan, wholes: Wholes) -> list[str]:
    """What is read and how, a line for each field that is more than an attribute; `wholes` are
    those of a run's trace."""
    lines: list[str] = []
    for step in plan.steps:
        _outline(step, 0, lines, wholes)
    return lines


WHOLE = "loaded whole, with all below"
_HOW = {Source.BATCH: "loaded for all", Source.RESOLVER: "resolved one by one"}


def _outline(selection: Selection, depth: int, lines: list[str], wholes: Wholes) -> None:
    indent = "  " * depth
    attributes = [one.key for one in selection.fields if one.source is Source.ATTRIBUTE]
    lines.append(f"{indent}{selection.type.name}: {' '.join(attributes) or '-'}")
    for one in selection.fields:
        if one.source is Source.TYPENAME:
            continue
        if wholes.get(one):
            lines.append(f"{indent}  {one.key} ({WHOLE})")
            continue
        if one.source is not Source.ATTRIBUTE:
            name = f" by {one.batch.load.__name__}" if one.batch else ""
            lines.append(f"{indent}  {one.key} ({_HOW[one.source]}{name})")
        for below in _selections(one.shape):
            _outline(below, depth + 2, lines, wholes)


def _selections(shape: Shape) -> list[Selection]:
    if shape.kind is Kind.LIST and shape.item:
        return _selections(shape.item)
    if shape.selection:
        return [shape.selection]
    return list(shape.possible.values())
