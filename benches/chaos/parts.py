"""Processes that are not ours, stopped and started again as they were."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path


class Part:
    """A process by its id, started again with `command`, and the user and the folder that it had;
    `ready` says whether it can be used."""

    def __init__(self, pid: int, command: Sequence[str | Path], ready: Callable[[], bool]) -> None:
        self._pid, self._command, self._ready = pid, command, ready
        self._again: subprocess.Popen[bytes] | None = None
        place = Path(f"/proc/{pid}")
        self._folder = (place / "cwd").readlink()
        self._owner = place.stat()

    def stop(self, number: int) -> None:
        """Returns when it has ended."""
        os.kill(self._pid, number)
        until(lambda: ended(self._pid))

    def start(self) -> None:
        """Returns when it can be used."""
        user, group = self._owner.st_uid, self._owner.st_gid
        self._again = subprocess.Popen(
            self._command, cwd=self._folder, env={"LC_ALL": "C.UTF-8"}, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, user=user, group=group, extra_groups=[],
        )  # fmt: skip
        self._pid = self._again.pid
        until(self._ready)

    def end(self) -> None:
        """For good. Who started it first ends what was never stopped."""
        if self._again:
            self._again.send_signal(signal.SIGINT)
            self._again.wait(30)


def command(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/cmdline").read_text().removesuffix("\0").split("\0")


def ended(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{true} is not true after {seconds:g} s")
        time.sleep(0.02)
