"""A JSON:API client that nobody here wrote (WarpDrive) reads and writes through /api/v2."""

import asyncio
import json
import os
from pathlib import Path

from app.permissions import Role
from tests.rest.live import live

SCRIPT = Path(__file__).parents[2] / "scripts" / "json-api-client"


async def test_a_foreign_client_reads_and_writes(application, signed):
    token = (await signed(Role.EDITOR))["Authorization"].removeprefix("Bearer ")
    async with live(application) as address:
        client = await asyncio.create_subprocess_exec(
            SCRIPT, env={**os.environ, "API_HOST": address, "API_TOKEN": token},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        said, errors = await client.communicate()

    assert client.returncode == 0, errors.decode()
    seen = json.loads(said)
    assert seen.pop("complaints") == []
    id, author = (seen["created"][name] for name in ("id", "author"))
    missing, invalid = seen.pop("gone"), seen.pop("invalid")
    assert (missing["status"], invalid["status"]) == (404, 422)
    assert [error["source"] for error in invalid["errors"]] == [
        {"pointer": "/data/attributes/title"}
    ]
    item = {"id": id, "summary": "Short.", "status": "DRAFT", "author": author, "tags": ["otters"]}
    assert seen == {
        "created": {**item, "title": "One"},
        "location": f"/api/v2/content-items/{id}",
        "changed": {**item, "title": "Uno"},
        "added": 200,
        "afterAdding": ["otters", "lakes"],
        "replaced": 200,
        "afterReplacing": ["lakes"],
        "removed": 200,
        "afterRemoving": [],
        "pages": [["Five", "Four"], ["Three", "Two"], ["Uno"]],
        "deleted": 204,
    }
