"""The figures as tables."""

import math
import sys
from collections.abc import Iterator
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from benches.queries import QUERIES

NAMES = {"ours": "ours", "sql": "SQL", "strawberry": "Strawberry"}
TITLES = {query.name: query.title for query in QUERIES}


def show(results: dict[str, Any]) -> None:
    console = Console(width=None if sys.stdout.isatty() else 110)
    cells = {(one["server"], one["query"], one["connections"]): one for one in results["cells"]}
    console.print(_costs(cells, results))
    console.print(_speeds(cells, results))
    console.print(_growth(results["growth"]))
    console.print(_rest(results["rest"]))
    console.print(_writes(results["writes"]))
    for line in _doubts(results):
        console.print(line)


def _costs(cells: dict[Any, Any], results: dict[str, Any]) -> Table:
    table = _table("CPU of a request at 16 connections, in µs: server + PostgreSQL", "")
    for name in (*NAMES.values(), "ours ÷ SQL", "Strawberry ÷ ours"):
        table.add_column(name, justify="right")
    for ratio in results["ratios"]:
        if ratio["connections"] != 16:
            continue
        costs = (cells[name, ratio["query"], 16] for name in NAMES)
        table.add_row(
            TITLES[ratio["query"]],
            *(f"{cost['cpu']:,.0f} + {cost['database']:,.0f}" for cost in costs),
            f"{ratio['ours_to_sql']:.1f}",
            f"{ratio['strawberry_to_ours']:.1f}",
        )
    return table


def _speeds(cells: dict[Any, Any], results: dict[str, Any]) -> Table:
    table = _table("Requests a second; latency in ms", "", "connec-\ntions")
    for name in NAMES.values():
        for header in (f"{name}\nreq/s", "\np50", "\np99"):
            table.add_column(header, justify="right", no_wrap=True)
    for query, connections in dict.fromkeys((two, three) for _, two, three in cells):
        row = [TITLES[query] if connections == 1 else "", str(connections)]
        for name in NAMES:
            cell = cells[name, query, connections]
            star = "*" if cell["client"] > 0.9 else ""
            row += [f"{cell['per_second']:,.0f}{star}", short(cell["p50"]), short(cell["p99"])]
        table.add_row(*row, end_section=connections == results["connections"][-1])
    return table


def short(number: float) -> str:
    """Three digits, or more before the point."""
    return f"{number:,.{max(0, 2 - int(math.log10(max(number, 1))))}f}"


def _growth(growth: dict[str, Any]) -> Table:
    verdict = "ok: it does not grow" if growth["ok"] else "NOT OK: it grows"
    table = _table(f"CPU of an item in our newest items, in µs: {verdict}", "items")
    for name in ("request", "each item", "each further item", "PostgreSQL, each item"):
        table.add_column(name, justify="right")
    for place, items in enumerate(growth["items"]):
        cell = growth["cells"][place]
        table.add_row(
            str(items),
            f"{cell['cpu']:,.0f}",
            f"{growth['cpu_per_item'][place]:.1f}",
            f"{growth['cpu_per_further_item'][place - 1]:.1f}" if place else "",
            f"{cell['database'] / items:.1f}",
        )
    return table


def _rest(rest: dict[str, Any]) -> Table:
    verdict = "ok" if rest["ok"] else "NOT OK"
    table = _table(f"CPU of a request by both doors, in µs: {verdict}, {rest['most']} at most", "")
    for name in ("GraphQL", "REST", "REST ÷ GraphQL", "rounds"):
        table.add_column(name, justify="right")
    for pair in rest["pairs"]:
        table.add_row(
            f"{pair['title']}, {pair['version']}",
            f"{pair['graphql']['cpu']:,.0f}",
            f"{pair['rest']['cpu']:,.0f}",
            f"{pair['ratio']:.2f}",
            f"{min(pair['ratios']):.2f} to {max(pair['ratios']):.2f}",
        )
    return table


def _writes(cells: list[dict[str, Any]]) -> Table:
    table = _table("Signed in, and writing, at 16 connections", "")
    for name in ("CPU, µs", "PostgreSQL, µs", "req/s", "p50, ms", "p99, ms"):
        table.add_column(name, justify="right")
    for cell in cells:
        table.add_row(
            cell["query"],
            *(f"{cell[name]:,.0f}" for name in ("cpu", "database", "per_second")),
            *(short(cell[name]) for name in ("p50", "p99")),
        )
    return table


def _doubts(results: dict[str, Any]) -> Iterator[str]:
    load, cores = results["machine"]["load"][0], results["machine"]["cores"]
    if load > cores / 4:
        yield f"The machine was busy before (load {load} on {cores} cores): trust ratios only."
    if results["rounds"] > 1:
        rounds = [one["cpu_rounds"] for one in results["cells"]]
        spread = sorted(max(each) / min(each) - 1 for each in rounds)
        yield (
            f"Rounds of one cell differ in CPU by {spread[len(spread) // 2]:.0%} in the median, "
            f"by {spread[-1]:.0%} at most."
        )
    if any(one["client"] > 0.9 for one in results["cells"]):
        yield "* the load generator was the bottleneck: the server could do more."


def _table(title: str, *columns: str) -> Table:
    return Table(*columns, title=f"\n{title}", title_justify="left", title_style="bold", box=SIMPLE)
