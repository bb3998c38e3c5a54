"""What we want to reach, as ratios of the server's CPU for a request, and whether we do."""

from collections.abc import Iterable
from typing import Any

from benches import cms, rivals
from benches.measure import Cell

CONNECTIONS = 16
# Query, server, divided by which server; at most, or at least.
MOST = (
    ("user", "ours", "sql", 2.5),
    ("sample", "ours", "sql", 3.5),
    ("newest", "ours", "sql", 4.0),
    ("titles", "ours", "sql", 3.0),
)
LEAST = (
    ("newest", "strawberry", "ours", 20.0),
    *(
        (query, other, ours, 1.0)
        for query in ("sample", "newest")
        for other in (*rivals.NAMES, *cms.NAMES)
        for ours in ("ours", "bare")
    ),
)


def measured(cells: Iterable[Cell]) -> list[dict[str, Any]]:
    """One for each target whose two servers were measured. A server's best round counts: what
    else the machine does makes a round dearer, never cheaper."""
    cpu = {
        (one.query, one.server): min(one.cpu_rounds)
        for one in cells
        if one.connections == CONNECTIONS
    }
    wanted = [(*target, 1) for target in MOST] + [(*target, -1) for target in LEAST]
    told: list[dict[str, Any]] = []
    for query, one, other, limit, sign in wanted:
        if (query, one) in cpu and (query, other) in cpu:
            ratio = cpu[query, one] / cpu[query, other]
            told.append(
                {"query": query, "servers": [one, other], "ratio": ratio,
                 "most" if sign > 0 else "least": limit, "reached": ratio * sign <= limit * sign}
            )  # fmt: skip
    return told
