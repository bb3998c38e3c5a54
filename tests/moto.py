"""A real S3-compatible server, in a process and a virtual environment of its own."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

ROOT = Path(__file__).parents[1]


@contextmanager
def s3(bucket: str) -> Iterator[str]:
    """A running server with an empty bucket; yields its address."""
    program = subprocess.run(
        [ROOT / "scripts" / "moto"], check=True, capture_output=True, text=True
    )
    server = subprocess.Popen(
        [program.stdout.strip(), "--host", "127.0.0.1", "--port", "0"],
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        said = ""
        while not (found := re.search(r"http://127.0.0.1:\d+", said)):
            said = server.stderr.readline()
            assert said, "moto_server did not start"
        httpx2.put(f"{found[0]}/{bucket}").raise_for_status()
        log = subprocess.Popen(["cat"], stdin=server.stderr, stdout=subprocess.DEVNULL)
        yield found[0]
    finally:
        server.terminate()
        server.wait(30)
        server.stderr.close()
    log.wait(30)
