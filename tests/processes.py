"""The real server, as its operator starts it: a process of its own."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, str(ROOT / "cli.py")]
CLEAN = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith("THINKALIKE_") and name not in ("DATABASE_URL", "REDIS_URL")
}

QUIET = {"THINKALIKE_ACCESS_LOG": "false"}  # what nobody reads would fill the pipe


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command of `thinkalike` to its end."""
    return subprocess.run(
        [*COMMAND, *arguments],
        env=CLEAN | variables,
        cwd="/",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def started(*arguments: str, **variables: str) -> tuple[subprocess.Popen[str], str]:
    """A server on a free port and its address without a path; whoever starts it ends it."""
    server = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", *arguments],
        env=CLEAN | QUIET | variables,
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    said = server.stdout.readline() if server.stdout else ""
    address = re.search(r"http://\S+(?=/graphql)", said)
    assert address, f"The server did not start: {said or server.communicate()[1]}"
    return server, address[0]


@contextmanager
def serving(*arguments: str, **variables: str) -> Iterator[str]:
    """A running server on a free port; yields its address without a path."""
    server, address = started(*arguments, **variables)
    try:
        yield address
    finally:
        server.send_signal(signal.SIGTERM)
        _, errors = server.communicate(timeout=30)
    assert server.returncode == -signal.SIGTERM, errors
    assert "Traceback" not in errors, errors
