"""What many callers want to know at the same time, asked once for all of them."""

from asyncio import CancelledError, Future, get_running_loop, sleep
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")

TURNS = 2
"""One brings half as many, three hardly more."""


class Together(Generic[Q, A]):
    """`work` answers questions that came close together, in their order.

    Whoever comes first asks for all, after two turns of the event loop: that is soon while there is
    little to do, and each turn brings more of them when there is much. Who is `alone` asks at once.
    Nobody is told what was found out before they came.
    """

    def __init__(
        self, work: Callable[[Sequence[Q]], Awaitable[Sequence[A]]], alone: Callable[[], bool]
    ) -> None:
        self._work = work
        self._alone = alone
        self._others: list[tuple[Q, Future[A]]] | None = None  # while somebody is about to ask

    async def __call__(self, question: Q) -> A:
        """Raises what `work` does."""
        while self._others is not None:
            answer: Future[A] = get_running_loop().create_future()
            self._others.append((question, answer))
            with suppress(_GaveUpError):
                return await answer
        if self._alone():
            return (await self._work([question]))[0]
        others: list[tuple[Q, Future[A]]] = []
        self._others = others
        try:
            return await self._asked(question, others)
        except BaseException as error:
            told = _GaveUpError() if isinstance(error, CancelledError) else error
            for _, answer in others:
                if not answer.done():
                    answer.set_exception(told)
                    answer.exception()  # one failure is told; the others are the same, and seen
            raise

    async def _asked(self, question: Q, others: list[tuple[Q, Future[A]]]) -> A:
        try:
            for _ in range(TURNS):
                await sleep(0)
        finally:
            self._others = None
        first, *found = await self._work([question, *(one for one, _ in others)])
        for (_, answer), value in zip(others, found, strict=True):
            if not answer.done():
                answer.set_result(value)
        return first


class _GaveUpError(Exception):
    """Who asked for all has given up: somebody else has to."""
