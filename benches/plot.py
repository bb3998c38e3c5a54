"""The figures as a picture: `python plot.py results.json picture.png`.

Runs by itself, in the environment that has matplotlib.
"""

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullFormatter

SERVERS = {
    "sql": ("one SQL statement", "#7a8b99"),
    "ours": ("ours", "#1b7f5c"),
    "strawberry": ("Strawberry as documented", "#c44569"),
}
OTHERS = {
    "mercurius": ("Mercurius", "#d9a441"),
    "postgraphile": ("PostGraphile", "#b98b3a"),
    "yoga": ("Yoga", "#8c6a3f"),
    "apollo": ("Apollo", "#5f4b3a"),
}
QUERIES = {
    "user": "user by id",
    "sample": "sample query",
    "newest": "50 newest items",
    "titles": "100 titles",
}
WIDTH = 0.27
PLAIN = FuncFormatter(lambda value, _place: f"{value:,g}")

Cells = dict[tuple[str, str, int], dict[str, Any]]


def draw(results: dict[str, Any], target: Path) -> None:
    cells = {(one["server"], one["query"], one["connections"]): one for one in results["cells"]}
    figure = plt.figure(figsize=(13, 12), layout="constrained")
    rows = figure.subfigures(3, 1, height_ratios=(4, 3, 3))
    costs, growth = rows[0].subplots(1, 2, width_ratios=(3, 1))
    _costs(costs, cells)
    _growth(growth, results["growth"])
    connections = results["connections"]
    for axes, query in zip(rows[1].subplots(1, len(QUERIES), sharey=True), QUERIES, strict=True):
        _speeds(axes, cells, query, connections)
    for axes, query in zip(rows[2].subplots(1, len(QUERIES), sharey=True), QUERIES, strict=True):
        _latencies(axes, cells, query, connections)
    machine, rowcount = results["machine"], results["data"]["content_items"]
    figure.suptitle(
        f"{results['when'][:10]}, {rowcount:,} items, PostgreSQL {results['postgresql']}, "
        f"Python {machine['python']}, {machine['cores']} cores ({machine['processor']})",
        fontsize=10,
        color="#555555",
    )
    figure.savefig(target, dpi=110)


def _costs(axes: Axes, cells: Cells) -> None:
    """Bars with a lighter one behind: the server's CPU alone, and with PostgreSQL's."""
    measured = {server for server, _, _ in cells}
    shown = {name: how for name, how in (SERVERS | OTHERS).items() if name in measured}
    width = 0.81 / len(shown)
    for place, (server, (label, colour)) in enumerate(shown.items()):
        middle = place - (len(shown) - 1) / 2
        at = [number + middle * width for number in range(len(QUERIES))]
        own = [cells[server, query, 16]["cpu"] / 1e3 for query in QUERIES]
        both = [
            cost + cells[server, query, 16]["database"] / 1e3
            for cost, query in zip(own, QUERIES, strict=True)
        ]
        axes.bar(at, both, width * 0.92, color=colour, alpha=0.35)
        bars = axes.bar(at, own, width * 0.92, color=colour, label=label)
        axes.bar_label(bars, [f"{cost:.2g}" for cost in own], padding=-12, color="white", size=8)
    axes.set_xticks(range(len(QUERIES)), QUERIES.values())
    axes.set_title("CPU of a request at 16 connections, ms (light: with PostgreSQL's)", size=11)
    axes.legend(frameon=False, loc="upper left")
    _logarithmic(axes)


def _growth(axes: Axes, growth: dict[str, Any]) -> None:
    axes.plot(growth["items"], growth["cpu_per_item"], "o-", color=SERVERS["ours"][1])
    axes.set_ylim(0, max(growth["cpu_per_item"]) * 1.2)
    axes.set_xticks(growth["items"])
    axes.set_xlabel("items in the answer")
    axes.set_title("Our CPU of an item, µs", size=11)
    _tidy(axes)


def _speeds(axes: Axes, cells: Cells, query: str, connections: list[int]) -> None:
    for place, (server, (_, colour)) in enumerate(SERVERS.items()):
        at = [number + (place - 1) * WIDTH for number in range(len(connections))]
        speeds = [cells[server, query, count]["per_second"] for count in connections]
        axes.bar(at, speeds, WIDTH * 0.92, color=colour)
    _connections(axes, connections)
    axes.set_title(f"{QUERIES[query]}: requests/s", size=10)
    _logarithmic(axes)


def _latencies(axes: Axes, cells: Cells, query: str, connections: list[int]) -> None:
    for place, (server, (_, colour)) in enumerate(SERVERS.items()):
        at = [number + (place - 1) * WIDTH for number in range(len(connections))]
        p50 = [cells[server, query, count]["p50"] for count in connections]
        p99 = [cells[server, query, count]["p99"] for count in connections]
        axes.vlines(at, p50, p99, color=colour, linewidth=3, alpha=0.5)
        axes.plot(at, p50, "o", color=colour, markersize=6)
        axes.plot(at, p99, "_", color=colour, markersize=10, markeredgewidth=2)
    _connections(axes, connections)
    axes.set_title(f"{QUERIES[query]}: p50 ● to p99 ‒, ms", size=10)
    _logarithmic(axes)


def _connections(axes: Axes, connections: list[int]) -> None:
    axes.set_xticks(range(len(connections)), [str(count) for count in connections])
    axes.set_xlabel("connections", size=9)


def _logarithmic(axes: Axes) -> None:
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(PLAIN)
    axes.yaxis.set_minor_formatter(NullFormatter())
    _tidy(axes)


def _tidy(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="#e5e5e5")
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=9)


if __name__ == "__main__":
    source, target = (Path(argument) for argument in sys.argv[1:])
    draw(json.loads(source.read_text()), target)
