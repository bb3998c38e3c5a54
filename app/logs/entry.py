"""What there is to tell of the request under way, gathered by whoever knows a part of it.

Facts end up in the log and, where they have few values, in metrics: ids, names of operations, codes
and numbers, never what somebody wrote, nor a secret.
"""

from contextvars import ContextVar
from typing import Any

Entry = dict[str, Any]

current: ContextVar[Entry | None] = ContextVar("entry", default=None)


def note(**facts: Any) -> None:
    """Add facts, when there is a request; a later one takes the place of an earlier one."""
    entry = current.get()
    if entry is not None:
        entry.update(facts)


def failed(code: str) -> None:
    """Count an error that the caller is told, by its code."""
    entry = current.get()
    if entry is not None:
        codes = entry.setdefault("errors", {})
        codes[code] = codes.get(code, 0) + 1
