"""What the load has written down, and what it says of some seconds."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import quantiles
from typing import Any, NamedTuple

import orjson

from benches.chaos.asked import FORGOTTEN, OK, WRONG

WRITE = "write"


class Line(NamedTuple):
    """`at` is when it ended, by the clock that all processes of a machine share."""

    at: float
    name: str
    how: str
    seconds: float
    detail: Any


@dataclass(frozen=True, slots=True)
class Told:
    """`others` are the outcomes that were not OK, of which `wrong` are the first answers that were;
    `recovery` is from `back` until the last of them, `gap` the longest time in which nobody had an
    answer that was OK. Seconds."""

    fine: int
    others: dict[str, int]
    wrong: list[Any]
    gap: float
    recovery: float
    p50: float
    p99: float
    slowest: float


def lines(journal: Path) -> list[Line]:
    """The last line may be on its way."""
    whole = journal.read_bytes().rpartition(b"\n")[0]
    return [Line(*orjson.loads(line)) for line in whole.splitlines()]


def accepted(told: Sequence[Line]) -> dict[str, str]:
    """Ids by the keys of the writes."""
    return {line.detail[0]: line.detail[1] for line in told if (line.name, line.how) == (WRITE, OK)}


def summary(told: Sequence[Line], since: float, back: float, until: float) -> Told:
    """Of what ended in that time; `back` is when what had failed was there again."""
    some = [line for line in told if since <= line.at < until]
    fine = [line for line in some if line.how == OK]
    # A client that is told so sends the text; nothing has failed.
    others = [line for line in some if line.how != OK and FORGOTTEN not in line.how]
    moments = [since, *(line.at for line in fine), until]
    cuts = quantiles([line.seconds for line in fine] or [0, 0], n=100, method="inclusive")
    return Told(
        fine=len(fine),
        others=dict(Counter(line.how for line in others)),
        wrong=[line.detail for line in others if line.how == WRONG][:3],
        gap=max(after - before for before, after in pairwise(moments)),
        recovery=max([0.0, *(line.at - back for line in others)]),
        p50=cuts[49],
        p99=cuts[98],
        slowest=max([0.0, *(line.seconds for line in some)]),
    )
