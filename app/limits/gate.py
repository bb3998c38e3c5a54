"""How much is done at a time: who comes when all are busy waits, and too many are sent away."""

import asyncio
import sys
from collections import deque
from types import TracebackType

from app.errors import Overloaded
from app.settings import Settings


class Gate:
    """Lets `places` in at a time, `benches` more wait in the order that they came in.

    With ever more at a time each would take longer, until nobody had an answer in time. `inside`,
    `turned_away` and the length of `waiting` are there to be looked at. Not safe for threads.
    """

    def __init__(self, places: int, benches: int) -> None:
        self.places = places
        self.benches = benches
        self.inside = 0
        self.turned_away = 0
        self.waiting: deque[asyncio.Future[None]] = deque()

    @classmethod
    def of(cls, settings: Settings) -> "Gate":
        return cls(settings.max_concurrency or sys.maxsize, settings.max_waiting)

    async def __aenter__(self) -> None:
        """Raises Overloaded."""
        if self.inside < self.places and not self.waiting:
            self.inside += 1
            return
        if len(self.waiting) >= self.benches:
            self.turned_away += 1
            raise Overloaded("The server has more to do than it can; try again in a moment")
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():
                self._leave()  # the place was ours already
            elif turn in self.waiting:  # else who left has passed over us
                self.waiting.remove(turn)
            raise

    async def __aexit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._leave()

    def _leave(self) -> None:
        """The place goes to who has waited longest."""
        while self.waiting:
            turn = self.waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self.inside -= 1
