"""How much callers may spend, by who they have proved to be (guidelines 8.3).

A REST call costs a point, a GraphQL operation its cost (`engine/cost.py`): a page of 20 items with
their authors and tags 240. The guidelines' 10, 100 and 1,000 requests a minute are pages of 170.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from app.permissions import Actor, Permission
from app.setting_values import PlanName
from app.settings import Settings

HOUR = 3_600_000_000  # microseconds

DEFAULTS: Mapping[PlanName, tuple[int, int]] = {
    "anonymous": (100_000, 10_000),
    "registered": (1_000_000, 50_000),
    "partner": (10_000_000, 200_000),
    "internal": (0, 200_000),
}
"""Points an hour, and at once. Where nobody is served, a thousand times as much."""
GENEROSITY = 1_000


@dataclass(frozen=True)
class Plan:
    """`points` come back in an hour, until there are `burst`, which may be spent at once."""

    name: str
    points: int
    burst: int

    @cached_property
    def interval(self) -> int:
        """Microseconds in which a point comes back: whole ones, so that all reckoning is exact."""
        return math.ceil(HOUR / self.points)

    @cached_property
    def window(self) -> int:
        """Seconds in which all come back."""
        return math.ceil(self.burst * self.interval / 1_000_000)


def plans(settings: Settings) -> dict[PlanName, Plan]:
    """Those that limit anything, by their names."""
    more = 1 if settings.production else GENEROSITY
    found = {}
    for name, (points, burst) in DEFAULTS.items():
        chosen = settings.rate_limits.get(name)
        plan = Plan(name, points * more, burst * more)
        if chosen:
            plan = Plan(name, chosen.points, chosen.burst)
        if plan.points:
            found[name] = plan
    return found


def plan_of(actor: Actor) -> PlanName:
    """By what was verified only; who may give keys the scope `limits:partner` makes partners."""
    return "anonymous" if actor.user_id is None else _plan_with(actor.permissions)


@lru_cache(1_000)
def _plan_with(permissions: frozenset[str]) -> PlanName:
    if Permission.LIMITS_INTERNAL in permissions:
        return "internal"
    return "partner" if Permission.LIMITS_PARTNER in permissions else "registered"
