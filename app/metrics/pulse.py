"""The last minute and the last requests, for who looks at the server live."""

import time
from collections import deque
from collections.abc import Callable
from math import ceil

MINUTE = 60
LATEST = 1_000
_PLACES = MINUTE + 1  # the second that is under way, too


class Pulse:
    """`clock` tells seconds; it never goes back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = clock()
        self._second = int(self._began)
        self._counts = [0] * _PLACES
        self._latest: deque[float] = deque(maxlen=LATEST)

    def beat(self, seconds: float) -> None:
        """A request has ended that took so long."""
        now = int(self._clock())
        if now != self._second:
            self._go_on(now)
        self._counts[now % _PLACES] += 1
        self._latest.append(seconds)

    @property
    def uptime(self) -> float:
        """Seconds."""
        return self._clock() - self._began

    def seconds(self) -> list[int]:
        """Requests of each of the last 60 seconds that are over, the oldest first."""
        now = int(self._clock())
        self._go_on(now)
        return [self._counts[second % _PLACES] for second in range(now - MINUTE, now)]

    def latency(self, *percents: int) -> list[float] | None:
        """Seconds within which so many percent of the last 1,000 requests ended."""
        ranked = sorted(self._latest)
        if not ranked:
            return None
        return [ranked[ceil(len(ranked) * percent / 100) - 1] for percent in percents]

    def _go_on(self, now: int) -> None:
        for second in range(max(self._second, now - _PLACES) + 1, now + 1):
            self._counts[second % _PLACES] = 0
        self._second = now
