"""Work for threads that must not outlive whoever asked for it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def finished(
    threads: Executor | None, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """`work` done in one of `threads`, None for the loop's own.

    A thread cannot be stopped, so who is cancelled waits for it: files that it writes are then
    either there, to be removed, or never will be.
    """
    running = asyncio.get_running_loop().run_in_executor(threads, lambda: work(*args, **kwargs))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.gather(running, return_exceptions=True)
        raise
