"""`scripts/bench`: measures, prints, and leaves its figures in benches/results/."""

import json
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from benches import (
    cms,
    databases,
    load,
    machine,
    measure,
    memory,
    processes,
    report,
    rest,
    rivals,
    targets,
    writes,
)
from benches.accounts import signed_in
from benches.databases import Data, Size
from benches.processes import Server
from benches.queries import QUERIES, growing
from benches.same import require_same

HERE = Path(__file__).parent
PLOTTING = HERE.parent / ".cache" / "bench" / "bin" / "python"
NEWEST = next(query for query in QUERIES if query.name == "newest")
# Everywhere, or at 16 connections only, which is enough for a comparison of CPU.
MAIN = ("ours", "sql", "strawberry")
CONNECTIONS = (1, 16, 64)
FULL = Size(users=1_000, items=100_000, media=20_000, tags=500)
QUICK = Size(users=1_000, items=10_000, media=2_000, tags=500)


@click.command()
@click.option("--quick", is_flag=True, help="A tenth of the data, and a rough figure for each.")
@click.option("--keep", is_flag=True, help="Leave the servers running until Enter is pressed.")
@click.option("--rivals", "others", is_flag=True, help="Also measure other servers, in Node.")
@click.option("--cms", "contents", is_flag=True, help="Also measure Directus, Strapi, Keystone.")
def main(quick: bool, keep: bool, others: bool, contents: bool) -> None:
    """Measure this server beside one SQL statement and beside Strawberry as documented.

    Exit status 1 says that an item costs more the more of them are asked for, or that REST costs
    much more than the GraphQL that it runs.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupted)
    start, facts = time.monotonic(), machine.facts()

    def said(what: str) -> None:
        print(f"{time.monotonic() - start:4.0f} s  {what} …", file=sys.stderr, flush=True)

    with ExitStack() as stack:
        said("PostgreSQL, SQLite and their content")
        data = stack.enter_context(databases.filled(QUICK if quick else FULL))
        said("the servers")
        programs = processes.programs(data) + (rivals.programs() if others else [])
        if contents:
            programs += cms.programs(data)
        servers = stack.enter_context(processes.serving(programs, data))
        for query in QUERIES:
            same = [server for name, server in servers.items() if name not in cms.NAMES]
            require_same(same, query, data.users[:20])
            if contents:
                every = [servers[name] for name in ("ours", *cms.NAMES)]
                require_same(every, query, data.users[:20], cms.alike)
        generator = stack.enter_context(load.generator())
        rounds, seconds = (2, 0.3) if quick else (3, 1.5)
        bench = measure.Bench(generator, data, rounds, seconds, said)
        results = {"machine": facts, **measured(bench, servers)}
        said("the engine by itself")
        results["engine"] = engine_alone(quick)
        write(results, HERE / "results", "quick" if quick else "full")
        if keep:
            waiting(data, servers)
    sys.exit(0 if results["growth"]["ok"] and results["rest"]["ok"] else 1)


def measured(bench: measure.Bench, servers: dict[str, Server]) -> dict[str, Any]:
    ours, main = servers["ours"], [servers[name] for name in MAIN]
    held = memory.measured(bench, main, NEWEST)
    every = [*servers.values(), signed_in(ours, bench.data)]
    taking = {count: every if count == targets.CONNECTIONS else main for count in CONNECTIONS}
    cells = bench.cells(taking, QUERIES)
    items = measure.SIZES
    larger = [growing(count) for count in items]
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "postgresql": bench.data.version,
        "data": bench.data.rows,
        "connections": CONNECTIONS,
        "rounds": bench.rounds,
        "seconds": bench.seconds,
        "cells": [asdict(cell) for cell in cells],
        "ratios": measure.ratios(cells),
        "targets": targets.measured(cells),
        "memory": held,
        "growth": measure.growth(lambda: bench.sizes(ours, larger), items),
        "rest": rest.measured(bench, ours),
        "writes": [asdict(cell) for cell in writes.measured(bench, ours)],
    }


def engine_alone(quick: bool) -> dict[str, Any]:
    command = [sys.executable, "-m", "benches.engine", *(["--quick"] if quick else [])]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return dict(json.loads(told.stdout))


def write(results: dict[str, Any], folder: Path, name: str) -> None:
    """The tables on standard output, the numbers and the picture in files."""
    folder.mkdir(exist_ok=True)
    numbers, picture = folder / f"{name}.json", folder / f"{name}.png"
    numbers.write_text(json.dumps(results, indent=1))
    report.show(results)
    subprocess.run([PLOTTING, HERE / "plot.py", numbers, picture], check=True)
    print(*(path.relative_to(HERE.parent) for path in (numbers, picture)), sep="\n")


def waiting(data: Data, servers: dict[str, Server]) -> None:
    print(f"\n{data.address}")
    for server in servers.values():
        print(f"http://127.0.0.1:{server.port}/graphql  {server.name}, process {server.pid}")
    print("Press Enter to end them: ", end="", flush=True)
    sys.stdin.readline()


def interrupted(*_: object) -> None:
    """Ctrl-C or a request to end: once, so that a second one does not disturb tidying up."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
