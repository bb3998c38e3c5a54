"""Schemathesis over both versions as everybody: no failure that schemathesis.toml leaves open.

`scripts/fuzz` looks longer, and elsewhere each time.
"""

import pytest

from app.permissions import Role
from tests.rest.attack import attacked

# They ask about the door, which is the same on both databases.
pytestmark = [
    pytest.mark.parametrize("migrated", ["sqlite"], indirect=True),
    pytest.mark.parametrize("version", ["v1", "v2"]),
    pytest.mark.timeout(300),
]


async def test_boundary_values_do_what_is_documented(resources, version):
    # Routes and inputs are those of v2: what is right is sent to them there.
    coverage = {"v1": {"generation": {"mode": "negative"}}, "v2": {}}[version]
    phases = {"coverage": coverage}

    found = await attacked(resources, version, Role.ADMIN, phases=phases, thin=True)

    assert not found, "\n\n".join(found)


@pytest.mark.parametrize("role", Role)
async def test_whatever_is_sent_does_what_is_documented(resources, version, role):
    phases = {"examples": {}, "fuzzing": {}, "stateful": {}}

    found = await attacked(resources, version, role, phases=phases)

    assert not found, "\n\n".join(found)
