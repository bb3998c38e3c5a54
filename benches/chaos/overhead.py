"""What limits, the log, metrics and authentication cost a point read."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from statistics import median

import click

from benches import databases, processes
from benches.accounts import authorization, caller, make, token
from benches.databases import Data, Size
from benches.load import generator
from benches.measure import Bench
from benches.processes import OURS, UNLIMITED, UNWATCHED, Program, Server
from benches.queries import QUERIES
from tests import servers

SIZE = Size(users=200, items=2_000, media=200, tags=50)
QUIET = ("sh", "-c", 'exec "$@" 2>/dev/null', "sh")  # the log is written, to nowhere
SILENT = (*QUIET, *OURS)
BARE = (*QUIET, *UNWATCHED)
MUCH = '{"points": 100000000, "burst": 100000000}'
LIMITS = {"THINKALIKE_RATE_LIMITS": f'{{"anonymous": {MUCH}, "registered": {MUCH}}}'}
LOG = {"THINKALIKE_ACCESS_LOG": "true", "THINKALIKE_LOG_FORMAT": "json"}
EVERYTHING = {**UNLIMITED, **LIMITS, **LOG, "THINKALIKE_MAX_CONCURRENCY": "100"}
NAME = "overhead"


def programs(cache: str) -> list[Program]:
    shared = {"REDIS_URL": cache}
    return [
        Program("nothing", BARE, UNLIMITED),
        Program("nothing once more", BARE, UNLIMITED),  # how far to trust the rest
        Program("metrics", SILENT, UNLIMITED),  # they are in those below, too
        Program("limits in memory", SILENT, {**UNLIMITED, **LIMITS}),
        Program("limits in Redis", SILENT, {**UNLIMITED, **LIMITS, **shared}),
        Program("log", SILENT, {**UNLIMITED, **LOG}),
        Program("all, in memory", SILENT, EVERYTHING),
        Program("all, in Redis", SILENT, {**EVERYTHING, **shared}),
    ]


@click.command()
@click.option("--rounds", type=int, default=7, show_default=True)
@click.option("--seconds", type=float, default=1.5, show_default=True)
@click.option("--connections", type=int, default=16, show_default=True)
def overhead(rounds: int, seconds: float, connections: int) -> None:
    """CPU of a request with each of them, beside none; the servers take turns."""
    with (
        servers.valkey() as cache,
        databases.filled(SIZE) as data,
        generator() as loads,
        processes.serving(programs(cache), data) as started,
    ):
        every = list(asked(started, data))
        bench = Bench(loads, data, rounds, seconds, lambda _what: None)
        cells = bench.cells({connections: every}, [QUERIES[0]])
    nothing, *others = cells
    print(f"{nothing.server:28} {nothing.cpu:6.0f} µs")
    for cell in others:
        pairs = zip(cell.cpu_rounds, nothing.cpu_rounds, strict=True)
        more = median(one - none for one, none in pairs)
        least = min(cell.cpu_rounds) - min(nothing.cpu_rounds)
        print(f"{cell.server:28} {cell.cpu:6.0f} µs  {more:+6.0f} (best rounds {least:+.0f})")
    sys.stdout.flush()


def asked(started: dict[str, Server], data: Data) -> Iterator[Server]:
    """Each by guests; the first and those with everything by somebody who is signed in, too."""
    make(NAME, "user", data)
    for name, server in started.items():
        yield server
        if name == "nothing" or name.startswith("all"):
            headers = authorization(token(caller(server), NAME))
            yield replace(server, name=f"{name}, signed in", headers=headers)
