"""What an operation did, for developers: the levels of its plan, loads, statements and times."""

from functools import partial
from typing import Any

from app.db import Database
from engine.plan.model import Plan
from engine.trace import Load, Trace, note, noting, outline


def watch(db: Database) -> None:
    """Note every read with the load of a traced plan that it was made for, if any."""

    def observer(statement: str, parameters: Any) -> Any:  # noqa: ARG001
        return partial(note, statement) if noting() else None

    db.observe(observer)


def told(plan: Plan | str, trace: Trace) -> dict[str, Any]:
    """What `extensions.plan` says."""
    if isinstance(plan, str):
        return {"executed": "field by field", "reason": plan}
    lines = outline(plan, trace.wholes)
    return {"executed": "by plan", "outline": lines, "loads": [*map(_load, trace.loads)]}


def _load(load: Load) -> dict[str, Any]:
    return {
        "level": load.level,
        "fields": load.fields,
        "load": load.load,
        "parents": load.parents,
        "milliseconds": _milliseconds(load.seconds),
        "statements": [
            {"sql": sql, "milliseconds": _milliseconds(seconds)} for sql, seconds in load.notes
        ],
    }


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 3)
