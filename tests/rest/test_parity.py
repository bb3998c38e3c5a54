"""Every route beside the same in GraphQL: one caller, one answer, one refusal, the same rows after
it, and the same number of SQL statements but for the one that tells who asks.

What is asked is in parity_reads.py and parity_writes.py, by whom and of which rows in
parity_world.py.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from argon2 import PasswordHasher

from app.auth.passwords import Passwords
from app.http.caller import Caller
from app.media.upload import Upload
from app.models import Attempt
from app.rest.routes import ROUTES
from resolvers.endpoint.parameters import Parameters
from resolvers.execution import Operations
from tests.rest import parity_world
from tests.rest.parity_calls import Call
from tests.rest.parity_doors import (
    FILE,
    VERSIONS,
    Told,
    document,
    filled,
    of_graphql,
    of_rest,
    part,
    renamed,
    request,
)
from tests.rest.parity_reads import READS
from tests.rest.parity_rows import World, written
from tests.rest.parity_world import CLIENT
from tests.rest.parity_writes import WRITES

pytestmark = pytest.mark.timeout(300)  # thousands of calls, twenty seconds of work each

WHO_ASKS = 1
"""Statements that REST runs before all others; none for a guest. GraphQL is handed the caller."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a call answered with, which rows it changed, how many statements it took."""

    told: Told
    rows: dict[str, Any]
    statements: int


@dataclass(frozen=True, slots=True)
class Doors:
    """Both doors of one server in front of the world, which every call finds as it was."""

    world: World
    callers: dict[str, Caller]
    headers: dict[str, dict[str, str]]
    operations: Operations
    http: httpx2.AsyncClient
    statements: list[str]
    file: Path

    async def graphql(self, call: Call, version: str, caller: str) -> Done:
        self.statements.clear()
        asked = Parameters(document(call, version), variables=self._variables(call))
        answer = await self.operations.run(asked, self.callers[caller])
        return await self._done(of_graphql(call, answer.body))

    async def rest(self, call: Call, version: str, caller: str) -> Done:
        self.statements.clear()
        sent = request(call, version)
        known = {"User-Agent": CLIENT, "X-Request-ID": CLIENT, **self.headers[caller]}
        answer = await self.http.request(**sent | {"headers": sent["headers"] | known})
        return await self._done(of_rest(call, version, answer))

    async def _done(self, told: Told) -> Done:
        count = len(self.statements)
        changes = await self.world.changes(written(self.statements))
        await self.world.undo(changes)
        return Done(told, self.world.told(changes), count)

    def _variables(self, call: Call) -> dict[str, Any]:
        input = filled(call.input)
        if call.form:
            self.file.write_bytes(FILE)
            digest = hashlib.sha256(FILE).hexdigest()
            input["file"] = Upload(self.file, "new.png", "image/png", len(FILE), digest)
        return {"input": input} if call.mutation else {}


@pytest.fixture
def resources(resources):
    """Passwords are hashed as fast as can be: here every caller uses them, at every door."""
    cheap = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    yield replace(resources, passwords=cheap)
    cheap.close()


@pytest.fixture
async def doors(resources, http, statements, tmp_path):
    return Doors(
        await parity_world.build(resources.db),
        await parity_world.callers(resources),
        parity_world.headers(resources),
        Operations(resources),
        http,
        statements,
        tmp_path / "file",
    )


def differences(
    version: str, caller: str, world: World, graphql: Done, rest: Done
) -> Iterator[str]:
    """What REST does that GraphQL does not."""
    if rest.told.refusals != graphql.told.refusals:
        yield f"refuses {rest.told.refusals}, GraphQL {graphql.told.refusals}"
    expected = world.plain(renamed(graphql.told.shown, version))
    shown = part(world.plain(rest.told.shown), expected)
    if shown != part(expected, expected):
        yield f"shows {shown}, GraphQL {expected}"
    if world.plain(rest.told.besides) != world.plain(graphql.told.besides):
        yield f"tells {rest.told.besides}, GraphQL {graphql.told.besides}"
    if rest.rows != graphql.rows:
        yield f"changes {rest.rows}, GraphQL {graphql.rows}"
    if rest.told.refusals and rest.rows.keys() - {Attempt.__tablename__}:
        yield f"refuses and changes {rest.rows}"
    if rest.statements - graphql.statements != (0 if caller == "guest" else WHO_ASKS):
        yield f"runs {rest.statements} statements, GraphQL {graphql.statements}"


async def compared(doors: Doors, calls: tuple[Call, ...]) -> tuple[list[str], set[str]]:
    """The differences at all calls by all callers, and the requests that somebody may send."""
    found, allowed = [], set()
    for call in calls:
        for caller in call.callers or doors.callers:
            for version in VERSIONS:
                if version == "v1" or call.counts:
                    graphql = await doors.graphql(call, version, caller)
                rest = await doors.rest(call, version, caller)
                found += [
                    f"{caller}: {version} {call.request}: {one}"
                    for one in differences(version, caller, doors.world, graphql, rest)
                ]
                if not rest.told.refusals:
                    allowed.add(f"{version} {call.route.method} {call.route.path}")
    assert (await doors.world.changes()).before == {}
    return found, allowed


def routes(*methods: str) -> set[str]:
    return {f"{v} {r.method} {r.path}" for v in VERSIONS for r in ROUTES if r.method in methods}


async def test_what_is_read_is_what_graphql_reads(doors):
    found, allowed = await compared(doors, READS)

    assert not found, "\n".join(found)
    assert allowed == routes("GET")


async def test_what_is_written_is_what_graphql_writes(doors):
    found, allowed = await compared(doors, WRITES)

    assert not found, "\n".join(found)
    assert allowed == routes("POST", "PUT", "PATCH", "DELETE")


def test_every_route_is_called():
    called = {(call.route.method, call.route.path) for call in (*READS, *WRITES)}
    assert called == {(route.method, route.path) for route in ROUTES}


def test_every_filter_is_used():
    used = {(call.route.resource.type, name) for call in READS for name in call.filters}
    assert used == {(route.resource.type, name) for route in ROUTES for name in route.filters}
