"""Whether anything grows in processes that have work for long."""

import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from benches.chaos.held import held
from benches.chaos.journal import WRITE, Line, accepted, lines, summary
from benches.chaos.load import OWN_WRITE, Plan, running
from benches.chaos.proof import kept
from benches.chaos.stand import Stand, standing

CLIENTS, SHARE = 24, 0.7
TRIAL = 60.0  # seconds: for less, a machine may be faster than it is for long
STEPS = 20


@click.command()
@click.option("--minutes", type=float, default=10, show_default=True)
def soak(minutes: float) -> None:
    """Load at 70 % of what the server does at most, and what its processes hold meanwhile."""
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder, standing() as stand:
        reads, writes = _tried(stand, Path(folder, "full"))
        print(f"{reads:.0f} reads/s and {writes:.0f} writes/s at most; 70 % wanted", flush=True)
        journal, began = Path(folder, "journal"), time.monotonic()
        writers = len(stand.content.writers)
        pace = [(CLIENTS - writers) / (SHARE * reads), writers / (SHARE * writes)]
        with running(_plan(stand, *pace), journal):
            for _ in range(STEPS):
                print(json.dumps(asdict(held(stand.workers, stand.port))), flush=True)
                time.sleep(60 * minutes / STEPS)
            print(json.dumps(asdict(held(stand.workers, stand.port))))
        told, now = lines(journal), time.monotonic()
        found = summary(told, began, began, now)
        time.sleep(10)  # connections that are not used are closed
        print("afterwards", json.dumps(asdict(held(stand.workers, stand.port))))
        reads, writes = _turns(told, now - began)
        print(f"{reads:.0f} reads/s and {writes:.0f} writes/s", json.dumps(asdict(found)))
        every = [line for path in Path(folder).iterdir() for line in lines(path)]
        proof = kept(stand.address, accepted(every))
        print(json.dumps(asdict(proof)))
    sys.exit(bool(found.wrong or proof.lost or proof.twice))


def _tried(stand: Stand, journal: Path) -> tuple[float, float]:
    """What the clients do when they do not wait."""
    began = time.monotonic() + 2
    with running(_plan(stand), journal):
        time.sleep(TRIAL + 2)
    return _turns([one for one in lines(journal) if began <= one.at < began + TRIAL], TRIAL)


def _turns(told: Sequence[Line], seconds: float) -> tuple[float, float]:
    """Reads, and writes each with what follows it, a second."""
    reads = sum(line.name not in (WRITE, OWN_WRITE) for line in told)
    return reads / seconds, sum(line.name == OWN_WRITE for line in told) / seconds


def _plan(stand: Stand, reading: float = 0, writing: float = 0) -> Plan:
    content = stand.content
    readers = CLIENTS - len(content.writers)
    return Plan(stand.port, content.reads, readers, content.writers, reading, writing)
