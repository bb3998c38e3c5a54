"""Schemathesis over both versions as everybody: no failure that schemathesis.toml leaves open.

Here every role meets a version, and every version two roles; `scripts/fuzz` looks longer, with
boundary values, as everybody at both, and elsewhere each time.
"""

import pytest

from app.permissions import Role
from tests.rest.attack import attacked

# They ask about the door, which is the same on both databases.
pytestmark = [
    pytest.mark.parametrize("migrated", ["sqlite"], indirect=True),
    pytest.mark.timeout(300),
]


@pytest.mark.parametrize(
    ("version", "role"),
    [("v1", Role.GUEST), ("v2", Role.USER), ("v1", Role.EDITOR), ("v2", Role.ADMIN)],
)
async def test_whatever_is_sent_does_what_is_documented(resources, version, role):
    phases = {"examples": {}, "fuzzing": {}, "stateful": {}}

    found = await attacked(resources, version, role, phases=phases)

    assert not found, "\n\n".join(found)
