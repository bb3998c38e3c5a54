"""The figures as tables."""

import math
import sys
from collections.abc import Iterator
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from benches.queries import QUERIES
from benches.targets import CONNECTIONS

NAMES = {"ours": "ours", "sql": "SQL", "strawberry": "Strawberry"}
WAYS = {
    "ours": "ours",
    "bare": "bare",
    "off": "engine off",
    "signed": "signed in",
    "sqlite": "SQLite",
}
OTHERS = {
    "ours": "ours",
    "bare": "ours, bare",
    "mercurius": "Mercurius",
    "yoga": "Yoga",
    "apollo": "Apollo",
    "postgraphile": "PostGraphile",
}
CONTENT = {"ours": "ours", "directus": "Directus", "strapi": "Strapi", "keystone": "Keystone"}
SERVERS = {**NAMES, **WAYS, **OTHERS, **CONTENT}
TITLES = {query.name: query.title for query in QUERIES}


def show(results: dict[str, Any]) -> None:
    console = Console(width=None if sys.stdout.isatty() else 110)
    cells = {(one["server"], one["query"], one["connections"]): one for one in results["cells"]}
    console.print(_costs(cells, results))
    console.print(_beside_ours("Our server in other ways", WAYS, cells))
    if ("mercurius", "user", CONNECTIONS) in cells:
        console.print(_beside_ours("Other servers", OTHERS, cells))
    if ("directus", "user", CONNECTIONS) in cells:
        console.print(_beside_ours("Content servers", CONTENT, cells))
    console.print(_targets(results["targets"]))
    console.print(_speeds(cells, results))
    console.print(_memory(results["memory"]))
    console.print(_engine(results["engine"]))
    console.print(_growth(results["growth"]))
    console.print(_rest(results["rest"]))
    console.print(_writes(results["writes"]))
    for line in _doubts(results):
        console.print(line)


def _costs(cells: dict[Any, Any], results: dict[str, Any]) -> Table:
    table = _table(f"CPU of a request at {CONNECTIONS} connections, in µs: server + PostgreSQL", "")
    for name in (*NAMES.values(), "ours ÷ SQL", "Strawberry ÷ ours"):
        table.add_column(name, justify="right")
    for ratio in results["ratios"]:
        if ratio["connections"] != CONNECTIONS:
            continue
        costs = (cells[name, ratio["query"], CONNECTIONS] for name in NAMES)
        table.add_row(
            TITLES[ratio["query"]],
            *(f"{cost['cpu']:,.0f} + {cost['database']:,.0f}" for cost in costs),
            f"{ratio['ours_to_sql']:.1f}",
            f"{ratio['strawberry_to_ours']:.1f}",
        )
    return table


def _beside_ours(title: str, names: dict[str, str], cells: dict[Any, Any]) -> Table:
    """With how many times ours each of them takes of its own."""
    table = _table(f"{title}: CPU of a request, in µs: server + PostgreSQL (server ÷ ours)", "")
    for name in names.values():
        table.add_column(name, justify="right")
    for query, asked in TITLES.items():
        costs = [cells[name, query, CONNECTIONS] for name in names]
        ours, *others = (f"{cost['cpu']:,.0f} + {cost['database']:,.0f}" for cost in costs)
        times = [cost["cpu"] / costs[0]["cpu"] for cost in costs[1:]]
        shown = (f"{cost} ({short(ratio)})" for cost, ratio in zip(others, times, strict=True))
        table.add_row(asked, ours, *shown)
    return table


def _targets(targets: list[dict[str, Any]]) -> Table:
    table = _table("Targets, as ratios of the server's CPU in its best round", "", "")
    for name in ("wanted", "measured", ""):
        table.add_column(name, justify="right")
    for one in targets:
        wanted = f"≤ {one['most']}" if "most" in one else f"≥ {one['least']}"
        table.add_row(
            TITLES[one["query"]],
            " ÷ ".join(SERVERS[name] for name in one["servers"]),
            wanted,
            f"{one['ratio']:.2f}",
            "reached" if one["reached"] else "NOT REACHED",
        )
    return table


def _engine(engine: dict[str, Any]) -> Table:
    most, limit = engine["most_to_compile"], engine["most_growth"]
    start, half, end = engine["memory"]
    verdict = "reached" if engine["compilation"]["newest"] <= most else "NOT REACHED"
    grown = "no growth" if end - half <= limit else "NOT OK: it grows"
    table = _table(
        f"The engine alone, in µs; 50 newest items compiled in {most:,.0f}: {verdict}.\n"
        f"Memory over {engine['documents']:,} documents: {start / 1e6:.1f} MB, at half "
        f"{half / 1e6:.1f}, at the end {end / 1e6:.1f}: {grown}",
        "",
    )
    for name in ("plan", "graphql-core", "graphql-core ÷ plan", "compiling the plan"):
        table.add_column(name, justify="right")
    for query, cost in engine["execution"].items():
        numbers = (cost["plan"], cost["off"], cost["off"] / cost["plan"])
        compiling = engine["compilation"][query]
        table.add_row(TITLES[query], *(short(number) for number in (*numbers, compiling)))
    return table


def _memory(memories: list[dict[str, Any]]) -> Table:
    table = _table("Memory under 64 connections (50 newest items), in MB", "")
    for name in ("just started", "at most", "after", "after as much again", "grown"):
        table.add_column(name, justify="right")
    for one in memories:
        sizes = [one[name] / 1e6 for name in ("idle", "peak", "after", "again")]
        grown = sizes[-1] - sizes[0]
        table.add_row(NAMES[one["server"]], *(f"{size:,.1f}" for size in (*sizes, grown)))
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
