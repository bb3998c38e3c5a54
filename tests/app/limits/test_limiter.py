"""Whose plan is whose, what an allowance tells, and what is done while nobody knows."""

import pytest

from app.errors import LimitsUnavailable, RateLimited
from app.limits.buckets import MemoryBuckets, RedisBuckets
from app.limits.limiter import Limiter
from app.limits.plans import Plan, plan_of, plans
from app.permissions import GUEST, Actor, Role
from app.setting_values import Environment, Rate

USER = "usr_00000000000000000000000001"
ADMIN = "usr_00000000000000000000000002"
KEY = "key_00000000000000000000000001"


def key(role, *scopes):
    return Actor(USER, role, frozenset(scopes), api_key_id=KEY)


@pytest.mark.parametrize(
    ("actor", "plan"),
    [
        (GUEST, "anonymous"),
        (Actor(USER, Role.USER), "registered"),
        (Actor(USER, Role.EDITOR), "registered"),
        (Actor(USER, Role.ADMIN), "internal"),
        (key(Role.USER, "*"), "registered"),
        (key(Role.USER, "limits:partner"), "registered"),
        (key(Role.EDITOR, "limits:*"), "registered"),
        (key(Role.ADMIN, "public:read"), "registered"),
        (key(Role.ADMIN, "public:read", "limits:partner"), "partner"),
        (key(Role.ADMIN, "public:read", "limits:internal"), "internal"),
        (key(Role.ADMIN, "*"), "internal"),
    ],
)
def test_the_plan_is_what_was_verified(actor, plan):
    assert plan_of(actor) == plan


def test_in_production_there_are_the_plans_of_the_documentation(settings):
    found = plans(settings.model_copy(update={"environment": Environment.PRODUCTION}))

    assert found == {
        "anonymous": Plan("anonymous", 100_000, 10_000),
        "registered": Plan("registered", 1_000_000, 50_000),
        "partner": Plan("partner", 10_000_000, 200_000),
    }
    assert [plan.window for plan in found.values()] == [360, 180, 72]


def test_elsewhere_they_are_generous_and_settings_win(settings):
    chosen = {"anonymous": Rate(points=60, burst=10), "registered": Rate(points=0)}
    found = plans(settings.model_copy(update={"rate_limits": chosen}))

    assert found == {
        "anonymous": Plan("anonymous", 60, 10),
        "partner": Plan("partner", 10_000_000_000, 200_000_000),
    }


@pytest.fixture
def now():
    return [0]


@pytest.fixture
def limiter(now):
    limited = ("anonymous", "registered", "partner")
    buckets = MemoryBuckets(clock=lambda: now[0])
    return Limiter({name: Plan(name, 60, 10) for name in limited}, buckets)


@pytest.mark.parametrize(
    ("actor", "address", "expected"),
    [
        (GUEST, "192.0.2.1", "anonymous:192.0.2.1"),
        (GUEST, "2001:db8::1", "anonymous:20010db800000000::/64"),
        (GUEST, "2001:db8::2", "anonymous:20010db800000000::/64"),
        (Actor(USER, Role.USER), "192.0.2.1", f"registered:{USER}"),
        (key(Role.USER, "public:read"), None, f"registered:{USER}"),
        (key(Role.ADMIN, "limits:partner"), None, f"partner:{KEY}"),
    ],
)
def test_a_bucket_is_an_address_a_user_or_the_key_of_a_partner(limiter, actor, address, expected):
    assert limiter.allowance(actor, address).key == expected


@pytest.mark.parametrize("actor", [GUEST, Actor(ADMIN, Role.ADMIN)])
def test_without_an_address_or_a_plan_nothing_is_limited(limiter, actor):
    assert limiter.allowance(actor, None) is None


async def test_all_requests_of_a_caller_share_what_there_is(limiter):
    one, other = (limiter.allowance(GUEST, "192.0.2.1") for _ in range(2))
    await one.take(8)
    with pytest.raises(RateLimited) as refused:
        await other.take(3)

    assert refused.value.extensions == {
        "code": "RATE_LIMIT_EXCEEDED", "number": 1003,
        "retryAfter": 60, "cost": 3, "remaining": 2,
    }  # fmt: skip
    assert refused.value.headers == {"Retry-After": "60"}
    await limiter.allowance(GUEST, "192.0.2.2").take(3)
    assert limiter.decisions == {("anonymous", "allowed"): 2, ("anonymous", "refused"): 1}


async def test_the_headers_tell_what_is_left(limiter):
    allowance = limiter.allowance(GUEST, "192.0.2.1")
    assert allowance.headers() == []
    await allowance.take(8)

    assert dict(allowance.headers()) == {
        b"ratelimit-policy": b'"anonymous";q=10;w=600',
        b"ratelimit": b'"anonymous";r=2;t=480',
        b"x-ratelimit-limit": b"10",
        b"x-ratelimit-remaining": b"2",
        b"x-ratelimit-reset": b"480",
    }


async def test_what_is_given_back_is_told(limiter):
    allowance = limiter.allowance(GUEST, "192.0.2.1")
    await allowance.take(8)
    allowance.give_back(5)

    headers = dict(allowance.headers())
    assert (headers[b"ratelimit"], headers[b"x-ratelimit-reset"]) == (
        b'"anonymous";r=7;t=180',
        b"180",
    )
    await limiter.allowance(GUEST, "192.0.2.1").take(7)


async def test_a_refusal_tells_when_there_is_enough(limiter):
    await limiter.allowance(GUEST, "192.0.2.1").take(10)
    allowance = limiter.allowance(GUEST, "192.0.2.1")
    with pytest.raises(RateLimited):
        await allowance.take(4)

    assert dict(allowance.headers())[b"ratelimit"] == b'"anonymous";r=0;t=240'


@pytest.fixture
async def lost():
    buckets = RedisBuckets("unix:///nonexistent/redis.sock")
    yield Limiter({"anonymous": Plan("anonymous", 60, 10)}, buckets)
    await buckets.close()


async def test_while_redis_is_away_callers_may_spend_what_they_like(lost):
    allowance = lost.allowance(GUEST, "192.0.2.1")
    await allowance.take(1_000_000)

    assert allowance.headers() == []
    assert lost.decisions == {("anonymous", "unknown"): 1}


async def test_or_nothing_where_that_is_chosen(lost):
    lost.closed = True
    with pytest.raises(LimitsUnavailable) as refused:
        await lost.allowance(GUEST, "192.0.2.1").take(1)

    assert (refused.value.status, refused.value.code) == (503, "SERVICE_UNAVAILABLE")
    assert refused.value.headers == {"Retry-After": "1"}
    assert lost.decisions == {("anonymous", "unknown"): 1}


@pytest.mark.parametrize(
    "wrong",
    [
        {"points": -1},
        {"points": 100_000_001},
        {"points": 1},
        {"points": 1, "burst": 0},
        {"points": 1, "burst": 721},
        {"burst": 1},
        {"points": 1, "brust": 1},
    ],
)
def test_a_rate_that_makes_no_sense_is_no_setting(wrong):
    with pytest.raises(ValueError, match="validation error"):
        Rate(**wrong)
