"""What many callers want to know at the same time, asked once for all of them."""

from asyncio import Future, Task, create_task, get_running_loop, sleep
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")

TURNS = 2
"""One brings half as many, three hardly more."""


class Together(Generic[Q, A]):
    """`work` answers questions that came close together, in their order.

    Whoever comes first waits two turns of the event loop for others: that is soon while there is
    little to do, and each turn brings more of them when there is much. Who is `alone` asks at once.
    Nobody is told what was found out before they came, and nothing is asked twice because somebody
    gives up: what `work` does may not bear it.
    """

    def __init__(
        self, work: Callable[[Sequence[Q]], Awaitable[Sequence[A]]], alone: Callable[[], bool]
    ) -> None:
        self._work = work
        self._alone = alone
        self._coming: list[tuple[Q, Future[A]]] | None = None  # while others may join
        self._asking: set[Task[None]] = set()

    async def __call__(self, question: Q) -> A:
        """Raises what `work` does."""
        if self._coming is None:
            if self._alone():
                return (await self._work([question]))[0]
            self._coming = []
            task = create_task(self._ask(self._coming))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)
        answer: Future[A] = get_running_loop().create_future()
        self._coming.append((question, answer))
        return await answer

    async def _ask(self, coming: list[tuple[Q, Future[A]]]) -> None:
        for _ in range(TURNS):
            await sleep(0)
        self._coming = None
        waiting = [(question, answer) for question, answer in coming if not answer.done()]
        if not waiting:
            return
        try:
            found = await self._work([question for question, _ in waiting])
        except BaseException as error:
            for _, answer in waiting:
                if not answer.done():
                    answer.set_exception(error)
                    answer.exception()  # whoever gives up now does not hear it, and need not
            if not isinstance(error, Exception):
                raise
        else:
            for (_, answer), value in zip(waiting, found, strict=True):
                if not answer.done():
                    answer.set_result(value)
