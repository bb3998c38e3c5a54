"""Schemathesis over both versions as everybody: no failure that schemathesis.toml leaves open."""

import asyncio
from dataclasses import replace

import pytest
from argon2 import PasswordHasher

from app.auth.passwords import Passwords
from app.permissions import Role
from tests.rest.fuzzing import PHASES, findings
from tests.rest.live import live

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

# It asks about the door, which is the same on both databases.
pytestmark = pytest.mark.parametrize("migrated", ["sqlite"], indirect=True)


@pytest.fixture
def resources(resources):
    resources = replace(resources, passwords=Passwords(QUICK))
    yield resources
    resources.passwords.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("version", ["v1", "v2"])
async def test_the_api_is_as_documented(http, application, signed, version, role):
    document = (await http.get(f"/api/{version}/openapi.json")).json()
    headers = await signed(role)

    # The boundary values are for whoever may do all; others are about what they may not do.
    phases = PHASES if role is Role.ADMIN else ("examples", "fuzzing", "stateful")

    async with live(application) as address:
        found = await asyncio.to_thread(findings, document, address, headers, phases)

    assert found == []
