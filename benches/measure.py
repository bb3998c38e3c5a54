"""Cells: one server, one query, so many connections; measured in rounds, so that what else the
machine does falls on all servers alike. The median of the rounds counts."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from itertools import accumulate, pairwise
from statistics import median, quantiles
from typing import Any

from benches.databases import Data
from benches.load import Load, Outcome, run
from benches.processes import Server
from benches.queries import Query

SIZES = (10, 50, 100, 200)
TURN_CONNECTIONS = 4
TURNS = 5
TOLERANCE = 0.15
ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Cell:
    """CPU is in microseconds a request, latency in milliseconds.

    `client` is how much of the time the load generator was busy: near 1, it was the bottleneck and
    `per_second` and the latencies are its own; the CPU figures hold all the same.
    """

    server: str
    query: str
    connections: int
    requests: int
    cpu: float
    cpu_rounds: list[float]
    database: float
    per_second: float
    p50: float
    p99: float
    client: float


@dataclass(frozen=True, slots=True)
class Bench:
    """Where loads are run, and on what."""

    generator: Executor
    data: Data
    rounds: int
    seconds: float
    said: Callable[[str], None]

    def cells(
        self, servers: Mapping[int, Sequence[Server]], queries: Iterable[Query]
    ) -> list[Cell]:
        """Each query, at so many connections, to the servers named for them; warmed up before."""
        found: list[Cell] = []
        every = {server.name: server for some in servers.values() for server in some}
        for query in queries:
            requests = {
                name: server.requests(query, self.data.users) for name, server in every.items()
            }
            for name, server in every.items():
                self.outcome(server, requests[name], 16, 2 * self.seconds)  # V8 takes its time
            for count, asked in servers.items():
                self.said(f"{query.title}, {count} connections")
                outcomes = self._rounds(asked, requests, count)
                found += [summary(name, query, count, each) for name, each in outcomes.items()]
        return found

    def _rounds(
        self, servers: Sequence[Server], requests: Mapping[str, list[bytes]], count: int
    ) -> dict[str, list[Outcome]]:
        outcomes: dict[str, list[Outcome]] = {server.name: [] for server in servers}
        for number in range(self.rounds):
            turn = number % len(servers)
            for server in (*servers[turn:], *servers[:turn]):
                outcome = self.outcome(server, requests[server.name], count, self.seconds)
                outcomes[server.name].append(outcome)
        return outcomes

    def sizes(self, server: Server, queries: Sequence[Query]) -> list[Cell]:
        """The queries against one server, in turns."""
        every = [(query, server.requests(query, [])) for query in queries]
        return self.turns("growth", server, every)

    def turns(
        self, what: str, server: Server, asked: Sequence[tuple[Query, list[bytes]]]
    ) -> list[Cell]:
        """Several kinds of requests against one server: in each round, one after the other."""
        outcomes: dict[str, list[Outcome]] = defaultdict(list)
        for number in range(TURNS + 1):
            self.said(f"{what}, round {number}")
            for query, requests in asked:
                outcome = self.outcome(server, requests, TURN_CONNECTIONS, self.seconds)
                if number:  # the first round warms up
                    outcomes[query.name].append(outcome)
        return [
            summary(server.name, query, TURN_CONNECTIONS, outcomes[query.name])
            for query, _ in asked
        ]

    def cell(self, server: Server, query: Query, requests: list[bytes], count: int) -> Cell:
        """One kind of request against one server, warmed up before."""
        self.said(query.title)
        self.outcome(server, requests, count, min(self.seconds, 1.0))
        outcomes = [self.outcome(server, requests, count, self.seconds) for _ in range(self.rounds)]
        return summary(server.name, query, count, outcomes)

    def outcome(
        self, server: Server, requests: list[bytes], connections: int, seconds: float
    ) -> Outcome:
        """One load, whatever it may be good for."""
        load = Load(server.port, server.pid, self.data.postmaster, requests, connections, seconds)
        return self.generator.submit(run, load).result()


def summary(server: str, query: Query, connections: int, outcomes: list[Outcome]) -> Cell:
    latencies = sorted(latency for one in outcomes for latency in one.latencies)
    cuts = quantiles(latencies, n=100, method="inclusive")
    cpu = [one.server / len(one.latencies) * 1e6 for one in outcomes]
    return Cell(
        server=server,
        query=query.name,
        connections=connections,
        requests=len(latencies),
        cpu=median(cpu),
        cpu_rounds=cpu,
        database=median(one.database / len(one.latencies) * 1e6 for one in outcomes),
        per_second=median(len(one.latencies) / one.elapsed for one in outcomes),
        p50=cuts[49] * 1e3,
        p99=cuts[98] * 1e3,
        client=median(one.client / one.elapsed for one in outcomes),
    )


def growth(measured: Callable[[], Sequence[Cell]], items: Sequence[int]) -> dict[str, Any]:
    """CPU an item, and whether it grows with their number. What looks like growth is measured
    again: it is believed when it shows each time."""
    for _ in range(ATTEMPTS):
        found = _growth(measured(), items)
        if found["ok"]:
            break
    return found


def _growth(cells: Sequence[Cell], items: Sequence[int]) -> dict[str, Any]:
    """It grows when an item's best round costs TOLERANCE more than a smaller answer's median."""
    pairs = list(zip(items, cells, strict=True))
    further = [
        (after.cpu - before.cpu) / (more - fewer)
        for (fewer, before), (more, after) in pairwise(pairs)
    ]
    least = accumulate((cell.cpu / count for count, cell in pairs), min)
    best = [min(cell.cpu_rounds) / count for count, cell in pairs]
    grows = any(b > a * (1 + TOLERANCE) for a, b in zip(least, best[1:], strict=False))
    return {
        "items": list(items),
        "cpu_per_item": [cell.cpu / count for count, cell in pairs],
        "cpu_per_further_item": further,
        "tolerance": TOLERANCE,
        "ok": not grows,
        "cells": [asdict(cell) for cell in cells],
    }


def ratios(cells: Iterable[Cell]) -> list[dict[str, Any]]:
    """Ours against the lower bound, and plain Strawberry against ours, in server CPU."""
    found: dict[tuple[str, int], dict[str, Cell]] = defaultdict(dict)
    for cell in cells:
        found[cell.query, cell.connections][cell.server] = cell
    return [
        {
            "query": query,
            "connections": connections,
            "ours_to_sql": by["ours"].cpu / by["sql"].cpu,
            "strawberry_to_ours": by["strawberry"].cpu / by["ours"].cpu,
            "ours_to_sql_with_database": _both(by["ours"]) / _both(by["sql"]),
            "strawberry_to_ours_with_database": _both(by["strawberry"]) / _both(by["ours"]),
        }
        for (query, connections), by in found.items()
    ]


def _both(cell: Cell) -> float:
    return cell.cpu + cell.database
