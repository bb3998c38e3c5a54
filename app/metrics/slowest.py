"""The operations that took longest, at once or all together, and what is known of them."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from heapq import nlargest
from operator import attrgetter
from typing import Any

SHOWN = 20
KNOWN = 200


@dataclass(slots=True, eq=False)
class Operation:
    """Times are seconds. `text` is without the values that somebody wrote, `outline` and
    `statements` are those of its slowest run that was looked at, which took `seen`."""

    name: str
    runs: int = 0
    total: float = 0.0
    slowest: float = 0.0
    last: float = 0.0
    hash: str = ""
    text: str = ""
    executed: str = ""
    outline: list[str] = field(default_factory=list)
    seen: float = 0.0
    statements: list[dict[str, Any]] = field(default_factory=list)

    def ran(self, seconds: float) -> None:
        self.runs += 1
        self.total += seconds
        self.last = seconds
        self.slowest = max(self.slowest, seconds)


class Slowest:
    """Of this process. Knows a few more than are shown, so that one can become one of them; of the
    others the one that ran longest ago is forgotten first."""

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, Operation] = OrderedDict()

    def of(self, key: Hashable, name: str) -> Operation:
        found = self._known.get(key)
        if found is not None:
            self._known.move_to_end(key)
            return found
        if len(self._known) >= KNOWN:
            self._forget_one()
        made = self._known[key] = Operation(name)
        return made

    def shown(self) -> list[Operation]:
        """The 20 that took longest all together, then what else is of the 20 slowest at once."""
        known = self._known.values()
        total = nlargest(SHOWN, known, attrgetter("total"))
        slowest = nlargest(SHOWN, known, attrgetter("slowest"))
        return list(dict.fromkeys((*total, *slowest)))

    def _forget_one(self) -> None:
        kept = set(self.shown())
        key = next(key for key, one in self._known.items() if one not in kept)
        del self._known[key]
