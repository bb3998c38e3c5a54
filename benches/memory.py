"""What a server holds: when it has just started, under 64 connections, and after them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benches.measure import Bench
from benches.processes import Server
from benches.queries import Query

CONNECTIONS = 64
PEAK = "5"  # what /proc/<pid>/clear_refs takes to forget the largest RSS


@dataclass(frozen=True, slots=True)
class Memory:
    """In bytes. `idle` and `after` are PSS, `peak` is the largest RSS while the load ran.

    `again` is PSS after as much load again: what it has grown by since `after` is not warming up.
    """

    server: str
    idle: int
    peak: int
    after: int
    again: int


def measured(bench: Bench, servers: Sequence[Server], query: Query) -> list[dict[str, Any]]:
    """To be asked of servers that have just started."""
    return [asdict(_measured(bench, server, query)) for server in servers]


def _measured(bench: Bench, server: Server, query: Query) -> Memory:
    bench.said(f"memory of {server.name}, {CONNECTIONS} connections")
    requests = server.requests(query, bench.data.users)
    process = Path("/proc", str(server.pid))
    idle = kept(process)
    (process / "clear_refs").write_text(PEAK)
    bench.outcome(server, requests, CONNECTIONS, 2 * bench.seconds)
    peak, after = _bytes(process / "status", "VmHWM"), kept(process)
    bench.outcome(server, requests, CONNECTIONS, 2 * bench.seconds)
    return Memory(server.name, idle, peak, after, kept(process))


def kept(process: Path) -> int:
    """The proportional set size: pages that several processes share count in part."""
    return _bytes(process / "smaps_rollup", "Pss")


def _bytes(file: Path, name: str) -> int:
    """A line such as `Pss:  71234 kB`."""
    lines = (line.partition(":") for line in file.read_text().splitlines())
    return next(int(value.split()[0]) * 1024 for key, _, value in lines if key == name)
