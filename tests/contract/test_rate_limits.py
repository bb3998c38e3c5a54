"""What callers may spend, whichever door they come to; how much is done at a time, and how long."""

from functools import partial

import pytest
from pydantic import SecretStr

from app.errors import numbered
from app.permissions import Role
from app.setting_values import Rate
from tests import factories
from tests.rest.signing import signed_in

SLOW = Rate(points=60, burst=10)  # a point a minute: real time does not matter
LIMITED = {"rate_limits": {"anonymous": SLOW, "registered": SLOW, "partner": SLOW}}
FREE = {name: Rate(points=0) for name in ("anonymous", "registered", "partner", "internal")}
THREE = "{ users(first: 3) { nodes { id } } }"  # costs 4
TOLD = ("RateLimit", "RateLimit-Policy", "Retry-After", "X-RateLimit-Limit",
        "X-RateLimit-Remaining", "X-RateLimit-Reset")  # fmt: skip


async def ask(client, query, **more):
    return await client.post("/graphql", json={"query": query, **more})


def told(answer):
    return {name: answer.headers[name] for name in TOLD if name in answer.headers}


def left(answer):
    return int(answer.headers["X-RateLimit-Remaining"])


async def test_every_answer_tells_what_is_left(serve, db):
    await factories.add(db, *(factories.user() for _ in range(3)))
    client = await serve(**LIMITED)
    answer = await ask(client, THREE)

    assert told(answer) == {
        "RateLimit": '"anonymous";r=6;t=240',
        "RateLimit-Policy": '"anonymous";q=10;w=600',
        "X-RateLimit-Limit": "10",
        "X-RateLimit-Remaining": "6",
        "X-RateLimit-Reset": "240",
    }
    assert answer.json()["extensions"] == {"cost": {"requested": 4, "limit": 10}}


async def test_graphql_is_refused_with_429(serve, db):
    await factories.add(db, *(factories.user() for _ in range(3)))
    client = await serve(**LIMITED)
    await ask(client, THREE)
    await ask(client, THREE)
    answer = await ask(client, THREE)

    assert (answer.status_code, told(answer)) == (
        429,
        {
            "RateLimit": '"anonymous";r=2;t=120',
            "RateLimit-Policy": '"anonymous";q=10;w=600',
            "Retry-After": "120",
            "X-RateLimit-Limit": "10",
            "X-RateLimit-Remaining": "2",
            "X-RateLimit-Reset": "480",
        },
    )
    assert answer.json() == {
        "errors": [
            {
                "message": "You have used up what you may ask for: try again in 120 s",
                "extensions": {
                    "code": "RATE_LIMIT_EXCEEDED",
                    "number": 1003,
                    "retryAfter": 120,
                    "cost": 4,
                    "remaining": 2,
                },
            }
        ]
    }


async def test_rest_is_refused_in_its_envelope(serve):
    client = await serve(rate_limits={"anonymous": Rate(points=60, burst=1)})
    await client.get("/api/v1/users")
    answer = await client.get("/api/v1/users", headers={"X-Request-ID": "mine"})

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "60"
    assert answer.headers["RateLimit"] == '"anonymous";r=0;t=60'
    assert answer.json() == {
        "errors": [
            {
                "status": "429",
                "code": "rate_limit_exceeded",
                "title": "Rate Limit Exceeded",
                "detail": "You have used up what you may ask for: try again in 60 s",
                "meta": {
                    "number": 1003,
                    "request_id": "mine",
                    "retry_after": 60,
                    "cost": 1,
                    "remaining": 0,
                },
            }
        ]
    }


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/users?per_page=100", 200),
        ("/api/v2/content-items?include=author", 200),
        ("/api/v1/users/none", 404),
        ("/api/v1/users?per_page=0", 400),
    ],
)
async def test_a_call_of_rest_takes_a_point_whatever_it_runs(serve, path, status):
    client = await serve(**LIMITED)
    answer = await client.get(path)

    assert (answer.status_code, left(answer)) == (status, 9)


async def test_what_has_not_changed_takes_a_point_as_well(serve):
    client = await serve(**LIMITED)
    tag = (await client.get("/api/v1/users")).headers["ETag"]
    answer = await client.get("/api/v1/users", headers={"If-None-Match": tag})

    assert (answer.status_code, left(answer)) == (304, 8)


async def test_both_doors_share_one_account(serve, db):
    await factories.add(db, *(factories.user() for _ in range(3)))
    client = await serve(**LIMITED)

    assert left(await client.get("/api/v1/users")) == 9
    assert left(await ask(client, THREE)) == 5
    assert left(await client.get("/api/v2/users")) == 4


async def test_what_was_not_needed_is_given_back(serve, db):
    await factories.add(db, factories.user())
    client = await serve(**LIMITED)

    assert left(await ask(client, THREE)) == 8  # a connection and one user
    assert left(await ask(client, "{ users(first: 7) { totalCount } }")) == 7
    assert left(await ask(client, "{ __typename }")) == 6


async def test_after_errors_nothing_is_given_back(serve):
    client = await serve(**LIMITED)
    answer = await ask(client, '{ users(first: 3, after: "nowhere") { nodes { id } } }')

    assert "errors" in answer.json()
    assert left(answer) == 6


async def test_who_wants_is_told_in_the_answer(serve, db):
    await factories.add(db, factories.user())
    client = await serve(**LIMITED)
    answer = await ask(client, THREE, extensions={"cost": True})

    assert answer.json()["extensions"]["cost"] == {
        "requested": 4, "limit": 10, "actual": 2, "remaining": 8, "restoreRate": 1 / 60,
    }  # fmt: skip
    assert left(answer) == 8


@pytest.mark.parametrize("query", ["{", "{ nothing }", "query A { __typename } query B { x }"])
async def test_a_document_that_cannot_be_run_takes_a_point(serve, query):
    client = await serve(**LIMITED)
    answer = await ask(client, query)

    assert "errors" in answer.json()
    assert left(answer) == 9


async def test_what_could_never_be_paid_is_too_complex(serve):
    client = await serve(**LIMITED)
    answer = await ask(client, "{ users(first: 10) { nodes { id } } }")

    (error,) = answer.json()["errors"]
    assert error["extensions"] == numbered("QUERY_TOO_COMPLEX", limit="cost", allowed=10, actual=11)
    assert left(answer) == 9


async def test_who_has_no_limit_is_told_nothing(serve):
    client = await serve(rate_limits=FREE)
    answers = [
        await ask(client, THREE, extensions={"cost": True}),
        await client.get("/api/v1/users"),
    ]

    assert [told(answer) for answer in answers] == [{}, {}]
    assert answers[0].json()["extensions"]["cost"] == {"requested": 4, "limit": 10_000}


async def test_guests_and_users_have_accounts_of_their_own(serve, token):
    client = await serve(**LIMITED)
    ada, ben = await token(Role.USER), await token(Role.EDITOR)
    seen = [await client.get("/api/v1/users", headers=who) for who in ({}, ada, ada, ben, {})]

    assert [left(answer) for answer in seen] == [9, 9, 8, 9, 8]
    assert [answer.headers["RateLimit"].partition(";")[0] for answer in seen[:2]] == [
        '"anonymous"',
        '"registered"',
    ]


@pytest.fixture
def token(resources):
    return partial(signed_in, resources)


AWAY = {**LIMITED, "redis_url": SecretStr("unix:///nonexistent/redis.sock")}


async def test_while_redis_is_away_nobody_is_refused(serve):
    client = await serve(**AWAY)
    answers = [await ask(client, THREE), await ask(client, "{"), await client.get("/api/v1/users")]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert [told(answer) for answer in answers] == [{}, {}, {}]


async def test_or_everybody_where_that_is_chosen(serve):
    client = await serve(**AWAY, rate_limits_closed=True)
    graphql, rest = await ask(client, THREE), await client.get("/api/v1/users")

    assert [answer.status_code for answer in (graphql, rest)] == [503, 503]
    assert [told(answer) for answer in (graphql, rest)] == [{"Retry-After": "1"}] * 2
    assert graphql.json()["errors"][0]["extensions"] == numbered("SERVICE_UNAVAILABLE")
    assert rest.json()["errors"][0]["code"] == "service_unavailable"
