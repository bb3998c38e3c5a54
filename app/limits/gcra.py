"""A bucket of points as one moment: the Generic Cell Rate Algorithm (ITU-T I.371, annex A).

Of a bucket no more is known than when it will be full again. To take points moves that moment
away, and is refused where it would lie further ahead than an empty bucket takes to fill.
Times are whole microseconds of any clock that does not go back.
"""

import math
from typing import NamedTuple

from app.limits.plans import Plan

SECOND = 1_000_000


class Decision(NamedTuple):
    """Whether points were taken, and how many are left.

    All are there again after `reset_after` seconds, as many as were asked for after `retry_after`,
    which is 0 when they were taken.
    """

    allowed: bool
    remaining: int
    reset_after: int
    retry_after: int

    @classmethod
    def of(cls, plan: Plan, missing: int, wait: int) -> "Decision":
        """From the microseconds until the bucket is full, and until there is enough in it."""
        left = plan.burst + -missing // plan.interval
        return cls(wait == 0, max(0, left), math.ceil(missing / SECOND), math.ceil(wait / SECOND))


def taken(full_at: int, plan: Plan, cost: int, now: int) -> tuple[int, Decision]:
    """When the bucket will be full after `cost` points were taken at `now`, or not."""
    full_at = max(full_at, now)
    after = full_at + cost * plan.interval
    wait = max(0, after - now - plan.burst * plan.interval)
    if wait == 0:
        full_at = after
    return full_at, Decision.of(plan, full_at - now, wait)


def given_back(full_at: int, plan: Plan, points: int) -> int:
    """When it will be full after points were put back; whoever takes next reads the past as now."""
    return full_at - points * plan.interval
