"""One server process: what it does when it is ready, and in which order it ends."""

import gc
import logging
import os
import resource
import time
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

import uvicorn
from starlette.applications import Starlette

from app.metrics.readings import connections
from app.serving.protocol import Bounded
from app.serving.sockets import Socket
from app.settings import Settings

logger = logging.getLogger("thinkalike.serve")

GRACE = 20
"""Seconds that requests under way have to end."""
FILES = 65_536


class Server(uvicorn.Server):
    """After a signal it is not ready any more, serves on for `shutdown_delay`, takes no more
    connections, and ends what is under way. A second signal ends it at once."""

    def __init__(self, app: Starlette, chosen: Settings, ready: Callable[[], None]) -> None:
        super().__init__(configuration(app, chosen))
        self._health = app.state.health
        self._delay = chosen.shutdown_delay
        metrics = app.state.workers.metrics
        metrics.sources["server"] = lambda: connections(len(self.server_state.connections))
        self._ready = ready
        self._ends: float | None = None

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started:
            settle()
            self._ready()

    def handle_exit(self, sig: int, frame: FrameType | None = None) -> None:
        if self.should_exit:
            os._exit(128 + sig)  # the first process of a container has no death by signal
        self._health.drain()
        super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        if not await super().on_tick(counter):
            return False
        if self._ends is None:
            self._ends = time.monotonic() + self._delay
        return time.monotonic() >= self._ends


def configuration(app: Starlette, chosen: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=partial(Bounded, patience=chosen.receive_timeout),  # type: ignore[arg-type]
        ws=Socket,
        ws_max_size=chosen.max_body_bytes,
        # An encoder for each would take more memory than all else of an idle socket, and lengths
        # would tell of secrets (app/http/compression.py).
        ws_per_message_deflate=False,
        lifespan="on",
        log_config=None,  # app/logs
        log_level=logging.WARNING,
        access_log=False,  # else each request is described for a log that nobody reads
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=chosen.forwarded_allow_ips,
        timeout_graceful_shutdown=GRACE,
    )


def settle() -> None:
    """Have the garbage collector leave alone what is there for good, and come less often to what
    is on its way: with its own numbers it took a third of the CPU of a list of 50 items."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


def many_files() -> None:
    """Each connection is one: 1,024, what most systems begin with, are few. Serve with them where
    there are to be no more."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if most == resource.RLIM_INFINITY else min(FILES, most)
    if now < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
        except (OSError, ValueError) as error:
            logger.warning("No more than %d files can be open: %s", now, error)
