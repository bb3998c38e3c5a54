"""`scripts/chaos`: fails parts of a running server, and tells what its clients noticed."""

import json
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

import click

from benches.chaos import failures, overhead, soak
from benches.chaos.failures import Done
from benches.chaos.journal import Line, Told, accepted, lines, summary
from benches.chaos.load import Plan, running
from benches.chaos.proof import Kept, kept
from benches.chaos.stand import Stand, standing
from benches.load import generator

READERS, PAUSE = 12, 0.08
CALM, AFTER = 10.0, 20.0  # seconds before the first and after each failure
NAMES = {failure.__name__: failure for failure in failures.EVERY}


@click.group()
def main() -> None:
    """Exit status 1 says that there was a wrong answer, or that a write was lost."""


@main.command()
@click.argument("names", nargs=-1, type=click.Choice(list(NAMES)))
def fail(names: tuple[str, ...]) -> None:
    """Fail parts of the server one after the other: those named, or all."""
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder, standing() as stand:
        journal = Path(folder, "journal")
        content = stand.content
        plan = Plan(stand.port, content.reads, READERS, content.writers, PAUSE, PAUSE)
        with ExitStack() as stack:
            crowd = stack.enter_context(generator())
            stack.enter_context(running(plan, journal))
            time.sleep(CALM)
            calm = Done("nothing", time.monotonic() - CALM / 2, time.monotonic())
            fine = report(calm, lines(journal))
            for name in names or NAMES:
                done = NAMES[name](stand, crowd)
                time.sleep(AFTER)
                fine = report(done, lines(journal)) and fine
        found = kept(stand.address, accepted(lines(journal)))
        fine = conclude(stand, found) and fine
    sys.exit(not fine)


def report(done: Done, told: list[Line]) -> bool:
    found: Told = summary(told, done.since, done.back, time.monotonic())
    print(f"\n{done.what}", flush=True)
    for name, fact in (done.seen | asdict(found)).items():
        shown = round(fact, 3) if isinstance(fact, float) else json.dumps(fact, default=asdict)
        print(f"    {name}: {shown}", flush=True)
    return not found.wrong


def conclude(stand: Stand, found: Kept) -> bool:
    print(f"\n{json.dumps(asdict(found))}")
    for error, count in mistakes(stand.log).items():
        print(f"   {count} × {error}")
    return not (found.lost or found.twice or found.without_trace)


def mistakes(log: Path) -> Counter[str]:
    """What was logged with a traceback: the errors."""
    lines = [line for line in log.read_text().splitlines() if '"exception":' in line]
    entries = map(json.loads, lines)
    return Counter(one["exception"].splitlines()[-1] for one in entries)


main.add_command(soak.soak)
main.add_command(overhead.overhead)

if __name__ == "__main__":
    main()
