"""Keys that are asked for together, and who waits for their values."""

from asyncio import Future, Task, get_running_loop
from typing import Any

Wait = Future[None]


class Batch:
    """Ends once for all who wait. When the last of them was cancelled, so is its task."""

    def __init__(self) -> None:
        self.keys: dict[Any, None] = {}
        self.task: Task[None] | None = None
        self.begun = False
        self._waiting: list[Wait] = []

    @property
    def left(self) -> bool:
        """Whether nobody waits any more."""
        return all(wait.cancelled() for wait in self._waiting)

    def wait(self) -> Wait:
        wait: Wait = get_running_loop().create_future()
        wait.add_done_callback(self._leave)
        self._waiting.append(wait)
        return wait

    def end(self) -> None:
        for wait in self._waiting:
            if not wait.done():
                wait.set_result(None)

    def fail(self, error: Exception) -> None:
        for wait in self._waiting:
            if not wait.done():
                wait.set_exception(error)
                wait.exception()  # one failure is told; the others are the same, and seen

    def cancel(self) -> None:
        for wait in self._waiting:
            wait.cancel()

    def _leave(self, wait: Wait) -> None:
        if wait.cancelled() and self.begun and self.task is not None and self.left:
            self.task.cancel()
