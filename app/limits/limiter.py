"""Who may spend how much: an allowance for each request, of a bucket that all of a caller share."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from app.addresses import one_client
from app.errors import LimitsUnavailable, RateLimited
from app.limits.buckets import Buckets, MemoryBuckets, RedisBuckets
from app.limits.gcra import SECOND, Decision
from app.limits.plans import Plan, plan_of, plans
from app.permissions import Actor
from app.setting_values import PlanName
from app.settings import Settings

Header = tuple[bytes, bytes]


class Limiter:
    """`decisions` are counted by plan and by what was decided: `allowed`, `refused` or, while Redis
    was away, `unknown`."""

    def __init__(
        self, plans: Mapping[PlanName, Plan], buckets: Buckets, *, closed: bool = False
    ) -> None:
        self.plans = plans
        self.buckets = buckets
        self.closed = closed
        self.decisions: Counter[tuple[str, str]] = Counter()

    @classmethod
    def of(cls, settings: Settings, alone: Callable[[], bool]) -> "Limiter":
        """What the settings name; no connection is made yet. Raises StartupError."""
        redis = settings.redis_url
        buckets: Buckets = MemoryBuckets()
        if redis:
            buckets = RedisBuckets(redis.get_secret_value(), alone=alone)
        return cls(plans(settings), buckets, closed=settings.rate_limits_closed)

    def allowance(self, actor: Actor, address: str | None) -> "Allowance | None":
        """What a request may spend; None for as much as it likes.

        A guest is known by the address, so that without one there is nothing to go by.
        """
        name = plan_of(actor)
        plan = self.plans.get(name)
        who = actor.user_id if name == "registered" else actor.api_key_id or actor.user_id
        who = who or (one_client(address) if address else None)
        return Allowance(self, plan, f"{name}:{who}") if plan and who else None

    async def close(self) -> None:
        await self.buckets.close()


@dataclass(slots=True)
class Allowance:
    """What one request may spend, and what is left after it did."""

    limiter: Limiter
    plan: Plan
    key: str
    taken: int = 0
    decision: Decision | None = None
    returned: int = 0

    async def take(self, cost: int) -> None:
        """Spend points, once. Raises RateLimited, LimitsUnavailable."""
        self.decision = decision = await self.limiter.buckets.take(self.key, self.plan, cost)
        outcome = "unknown" if decision is None else "allowed" if decision.allowed else "refused"
        self.limiter.decisions[self.plan.name, outcome] += 1
        if decision is None:
            if self.limiter.closed:
                raise LimitsUnavailable("Limits cannot be checked; try again later")
        elif not decision.allowed:
            wait = decision.retry_after
            message = f"You have used up what you may ask for: try again in {wait} s"
            raise RateLimited(message, wait, cost=cost, remaining=decision.remaining)
        self.taken = cost

    def give_back(self, points: int) -> None:
        """What was taken and not needed."""
        if points and self.decision:
            self.returned = points
            self.limiter.buckets.give_back(self.key, self.plan, points)

    @property
    def remaining(self) -> int:
        left = self.decision.remaining if self.decision else self.plan.burst
        return min(self.plan.burst, left + self.returned)

    def headers(self) -> list[Header]:
        """What every answer tells, so that nobody has to run into it.

        draft-ietf-httpapi-ratelimit-headers-11, and the customary ones; `X-RateLimit-Reset` are
        seconds, too, after which everything is there again.
        """
        if self.decision is None:
            return []
        plan, left = self.plan, self.remaining
        reset = max(0, self.decision.reset_after - self.returned * plan.interval // SECOND)
        return [
            *_policy(plan),
            (
                b"ratelimit",
                b'"%b";r=%d;t=%d' % (plan.name.encode(), left, self.decision.retry_after or reset),
            ),
            (b"x-ratelimit-remaining", b"%d" % left),
            (b"x-ratelimit-reset", b"%d" % reset),
        ]


@cache
def _policy(plan: Plan) -> Sequence[Header]:
    """What is always the same."""
    policy = b'"%b";q=%d;w=%d' % (plan.name.encode(), plan.burst, plan.window)
    return [(b"ratelimit-policy", policy), (b"x-ratelimit-limit", b"%d" % plan.burst)]
