"""The client that most pages use (the package graphql-ws) finds what it expects."""

import asyncio
import json
import os
from pathlib import Path

from app.permissions import Role
from tests.rest.signing import signed_in
from tests.sockets import live

SCRIPT = Path(__file__).parents[2] / "scripts" / "graphql-ws-client"


async def test_a_foreign_client_connects_again_with_fresh_proof(resources):
    headers = await signed_in(resources, Role.ADMIN)
    token = headers["Authorization"].removeprefix("Bearer ")
    async with live(resources) as server:
        client = await asyncio.create_subprocess_exec(
            SCRIPT, env={**os.environ, "API_HOST": server.url, "API_TOKEN": token},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        said, errors = await client.communicate()

    assert client.returncode == 0, errors.decode()
    assert json.loads(said) == {
        "viewer": {"viewer": {"user": {"role": "ADMIN"}}},
        "proofs": 2,
        "created": {"createTag": {"tag": {"name": "otters"}}},
        "together": ["ADMIN", "ADMIN", "ADMIN"],
        "failed": "BAD_USER_INPUT",
        "invalid": "GRAPHQL_VALIDATION_FAILED",
        "closed": [[4403, "INVALID_TOKEN"]],
    }
