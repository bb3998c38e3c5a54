"""What server processes hold: memory, files, threads."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Held:
    """Of each process; `resident` in MB."""

    resident: list[float]
    files: list[int]
    threads: list[int]


def held(pids: Sequence[int]) -> Held:
    return Held(
        [_resident(pid) for pid in pids],
        [_count(pid, "fd") for pid in pids],
        [_count(pid, "task") for pid in pids],
    )


def _count(pid: int, what: str) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/{what}").iterdir())


def _resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return round(pages * os.sysconf("SC_PAGESIZE") / 1e6, 1)
