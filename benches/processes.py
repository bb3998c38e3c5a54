"""What is measured: servers, each a process of its own that reads one of the databases."""

import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benches.databases import Data
from benches.queries import Query, request

UVICORN = (
    sys.executable, "-m", "uvicorn",
    "--loop=uvloop", "--http=httptools", "--no-access-log", "--log-level=warning",
)  # fmt: skip
OURS = (sys.executable, "-m", "cli", "serve", "--no-demo")
PLANS = ("anonymous", "registered")
UNWATCHED = (sys.executable, "-m", "benches.unwatched", "serve", "--no-demo")
UNLIMITED = {
    "THINKALIKE_RATE_LIMITS": json.dumps({name: {"points": 0} for name in PLANS}),
    "THINKALIKE_MAX_CONCURRENCY": "0",
    "THINKALIKE_ACCESS_LOG": "false",
    "THINKALIKE_WORKER": "false",
}
UNREACHED = {"points": 100_000_000, "burst": 100_000_000}
PORTS = ("PORT", "UVICORN_PORT", "THINKALIKE_PORT")


@dataclass(frozen=True, slots=True)
class Program:
    """How a server is started; it takes its port from one of PORTS. `texts` are the queries, by
    name, that it wants in words of its own."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Server:
    """A process that answers, and how it is asked."""

    name: str
    port: int
    pid: int
    headers: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)

    def requests(self, query: Query, users: Sequence[str]) -> list[bytes]:
        bodies = query.bodies(users, self.texts.get(query.name))
        return [request(body, self.headers) for body in bodies]


def programs(data: Data) -> list[Program]:
    """Ours with the engine, without it, on SQLite, and with as little around the schema as the
    others have; the lower bound; the obvious way."""
    plan, off = ({"THINKALIKE_ENGINE": mode} for mode in ("plan", "off"))
    return [
        Program("ours", OURS, plan),
        Program("off", OURS, off),
        Program("sqlite", OURS, {**plan, "DATABASE_URL": data.sqlite}),
        Program("bare", UNWATCHED, {**plan, **UNLIMITED}),
        Program("sql", (*UVICORN, "benches.reference_sql:app")),
        Program("strawberry", (*UVICORN, "benches.reference_strawberry:app")),
    ]


@contextmanager
def serving(programs: Iterable[Program], data: Data) -> Iterator[dict[str, Server]]:
    """The servers by name, each one process with the settings of production."""
    with ExitStack() as stack:
        started = [stack.enter_context(_started(program, data)) for program in programs]
        for server, process, log in started:
            if not _reached(process, server.port):
                raise RuntimeError(f"{server.name} did not start:\n{log.read_text()}")
        yield {server.name: server for server, _, _ in started}


@contextmanager
def _started(
    program: Program, data: Data
) -> Iterator[tuple[Server, subprocess.Popen[bytes], Path]]:
    """A server that may not be ready yet, its process and its log."""
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        log = Path(folder, "log")
        environment = {
            **os.environ,
            **dict.fromkeys(PORTS, str(port)),
            "DATABASE_URL": data.address,
            "THINKALIKE_ENVIRONMENT": "production",
            "THINKALIKE_SECRET_KEY": secrets.token_hex(),
            "THINKALIKE_DATA_DIR": folder,
            # Counted, but never reached.
            "THINKALIKE_RATE_LIMITS": json.dumps(dict.fromkeys(PLANS, UNREACHED)),
            "THINKALIKE_ACCESS_TOKEN_MINUTES": "1440",  # longer than this takes
            **program.environment,
        }
        with log.open("wb") as written:
            process = subprocess.Popen(
                program.command, env=environment, stdout=written, stderr=written
            )
        try:
            yield Server(program.name, port, process.pid, texts=program.texts), process, log
        finally:
            _end(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _reached(process: subprocess.Popen[bytes], port: int, seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.05)
    return False


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
