"""What server processes hold: memory, files, threads, tasks."""

import os
import re
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Held:
    """Of each process; `resident` in MB."""

    resident: list[float]
    files: list[int]
    threads: list[int]
    tasks: list[int]


def held(pids: Sequence[int], port: int) -> Held:
    """Of the processes that serve at this port."""
    return Held(
        [_resident(pid) for pid in pids],
        [_count(pid, "fd") for pid in pids],
        [_count(pid, "task") for pid in pids],
        _tasks(port),
    )


def _tasks(port: int) -> list[int]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        told = answer.read().decode()
    found = re.findall(r"^thinkalike_asyncio_tasks\{.*\} (\d+)", told, re.MULTILINE)
    return [int(number) for number in found]


def _count(pid: int, what: str) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/{what}").iterdir())


def _resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return round(pages * os.sysconf("SC_PAGESIZE") / 1e6, 1)
