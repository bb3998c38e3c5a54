"""Whether anything grows in processes that have work for long."""

import json
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import click

from benches.chaos.held import held
from benches.chaos.journal import Told, accepted, lines, summary
from benches.chaos.load import Plan, running
from benches.chaos.proof import kept
from benches.chaos.stand import Stand, standing

CLIENTS, SHARE = 24, 0.7
TRIAL = 15.0  # seconds
STEPS = 20


@click.command()
@click.option("--minutes", type=float, default=10, show_default=True)
def soak(minutes: float) -> None:
    """Load at 70 % of what the server does at most, and what its processes hold meanwhile."""
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder, standing() as stand:
        most = _tried(stand, Path(folder, "full"))
        wanted = SHARE * most.fine / TRIAL
        print(f"{most.fine / TRIAL:.0f} answers/s at most; {wanted:.0f} wanted", flush=True)
        journal, began = Path(folder, "journal"), time.monotonic()
        with running(_plan(stand, CLIENTS / wanted), journal):
            for _ in range(STEPS):
                print(json.dumps(asdict(held(stand.workers, stand.port))), flush=True)
                time.sleep(60 * minutes / STEPS)
            print(json.dumps(asdict(held(stand.workers, stand.port))))
        told, now = lines(journal), time.monotonic()
        found = summary(told, began, began, now)
        time.sleep(10)  # connections that are not used are closed
        print("afterwards", json.dumps(asdict(held(stand.workers, stand.port))))
        print(f"{len(told) / (now - began):.0f} answers/s", json.dumps(asdict(found)))
        every = [line for path in Path(folder).iterdir() for line in lines(path)]
        proof = kept(stand.address, accepted(every))
        print(json.dumps(asdict(proof)))
    sys.exit(bool(found.wrong or proof.lost or proof.twice))


def _tried(stand: Stand, journal: Path) -> Told:
    began = time.monotonic()
    with running(_plan(stand, 0), journal):
        time.sleep(TRIAL + 2)
    return summary(lines(journal), began + 2, began, began + 2 + TRIAL)


def _plan(stand: Stand, period: float) -> Plan:
    content = stand.content
    return Plan(stand.port, content.reads, CLIENTS - len(content.writers), content.writers, period)
