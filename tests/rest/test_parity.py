"""Every route beside the same in GraphQL: one caller, one answer, one refusal, the same rows after
it, and the same number of SQL statements but for the one that tells who asks.

What is asked is in parity_calls.py, by whom and of which rows in parity_world.py.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

import pytest
from argon2 import PasswordHasher

from app.auth.passwords import Passwords
from app.media.upload import Upload
from app.rest.routes import ROUTES
from resolvers.endpoint.parameters import Parameters
from resolvers.execution import Operations
from tests.app.media.files import picture
from tests.rest import parity_world
from tests.rest.parity_calls import CALLS, READS, WRITES, Call
from tests.rest.parity_doors import VERSIONS, Told, document, filled, of_graphql, of_rest, request
from tests.rest.parity_doors import part, untyped
from tests.rest.parity_world import CLIENT, World

FOUND = 1  # statements that REST runs first, to find who asks; none for a guest


@pytest.fixture
def resources(resources):
    """Passwords are hashed as fast as can be: here every caller uses them at both doors."""
    cheap = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    yield replace(resources, passwords=cheap)
    cheap.close()


@dataclass
class Doors:
    """Asks both doors of one server, and counts statements."""

    resources: Any
    http: Any
    statements: list[str]
    callers: dict[str, Any]
    headers: dict[str, dict[str, str]]
    operations: Operations

    async def graphql(self, call: Call, version: str, caller: str, folder: Any) -> Told:
        variables = {"input": filled(call.input)} if call.mutation else {}
        if call.form:
            variables["input"]["file"] = upload(folder)
        asked = Parameters(document(call, version), variables=variables)
        answer = await self.operations.run(asked, self.callers[caller])
        return of_graphql(call, version, answer.body)

    async def rest(self, call: Call, version: str, caller: str) -> Told:
        sent = request(call, version)
        known = {"User-Agent": CLIENT, "X-Request-ID": CLIENT, **self.headers[caller]}
        answer = await self.http.request(**sent | {"headers": sent["headers"] | known})
        return of_rest(call, version, answer)


def upload(folder: Any) -> Upload:
    path = folder / "0"
    path.write_bytes(picture("PNG"))
    return Upload(path, "new.png", "image/png", path.stat().st_size, "0" * 64)


@pytest.fixture
async def doors(resources, http, statements):
    """Both doors, in front of the world."""
    world = await World.of(resources.db)
    callers = await parity_world.callers(resources)
    headers = parity_world.headers(resources)
    operations = Operations(resources)
    return Doors(resources, http, statements, callers, headers, operations), world


def differences(world, expected, told, counts, caller):
    plain, other = world.plain(expected.shown), world.plain(told.shown)
    if told.refusals != expected.refusals:
        yield f"refused {told.refusals}, GraphQL {expected.refusals}"
    elif part(other, plain) != untyped(plain):
        yield f"shows {part(other, plain)}, GraphQL {untyped(plain)}"
    if expected.besides and world.plain(told.besides) != world.plain(expected.besides):
        yield f"tells {told.besides}, GraphQL {expected.besides}"
    graphql, rest = counts
    if rest - graphql != (0 if caller == "guest" else FOUND):
        yield f"runs {rest} statements, GraphQL {graphql}"


async def test_reads(doors, tmp_path):
    doors, world = doors
    found = []
    for call in READS:
        for caller in doors.callers:
            for version in VERSIONS:
                doors.statements.clear()
                expected = await doors.graphql(call, version, caller, tmp_path)
                graphql = len(doors.statements)
                told = await doors.rest(call, version, caller)
                counts = graphql, len(doors.statements) - graphql
                for one in differences(world, expected, told, counts, caller):
                    found.append(f"{version} {call.request} {dict(call.query)} {dict(call.filters)} {caller}: {one}")
    changes = await world.changes()
    assert changes.before == {}
    print(*found, sep="\n")
    assert not found


async def test_writes(doors, tmp_path):
    doors, world = doors
    found = []
    done = defaultdict(set)
    for call in WRITES:
        for caller in doors.callers:
            doors.statements.clear()
            expected = await doors.graphql(call, "v2", caller, tmp_path)
            graphql = len(doors.statements)
            changes = await world.changes()
            rows = changes.told(world)
            await world.undo(changes)
            for version in VERSIONS:
                doors.statements.clear()
                told = await doors.rest(call, version, caller)
                counts = graphql, len(doors.statements)
                changes = await world.changes()
                expect = expected
                for one in differences(world, expect, told, counts, caller):
                    found.append(f"{version} {call.request} {caller}: {one}")
                if changes.told(world) != rows:
                    found.append(f"{version} {call.request} {caller}: rows {changes.told(world)} GraphQL {rows}")
                await world.undo(changes)
                if not told.refusals: done[call.request].add(version)
    print(set(c.request for c in WRITES) - set(done))
    assert (await world.changes()).before == {}
    print(*found, sep="\n")
    print(*found, sep="\n")
    assert not found
