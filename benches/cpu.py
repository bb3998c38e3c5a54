"""The CPU time of other processes, to the nanosecond where /proc/<pid>/stat counts 10 ms ticks."""

import time
from contextlib import suppress
from pathlib import Path


def used(pid: int) -> float:
    """Seconds that a process has used, in user and kernel mode, all threads included."""
    return time.clock_gettime((~pid << 3) | 2)  # clock_getcpuclockid(3)


def children(pid: int) -> list[int]:
    """The processes that a process has started: of PostgreSQL, one for each connection."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


class Watch:
    """What a server and the children of PostgreSQL use from now on."""

    def __init__(self, server: int, postmaster: int) -> None:
        self.server, self.postmaster = server, postmaster
        self.server_before = used(server)
        self.database_before = self._database()

    def _database(self) -> dict[int, float]:
        found = {}
        for pid in children(self.postmaster):
            with suppress(OSError):  # one that has ended since: a connection closed
                found[pid] = used(pid)
        return found

    def elapsed(self) -> tuple[float, float]:
        """Seconds of the server, and of the database."""
        database = self._database().items()
        before = self.database_before
        return (
            used(self.server) - self.server_before,
            sum(seconds - before.get(pid, 0.0) for pid, seconds in database),
        )
