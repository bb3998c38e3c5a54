"""The whole application, filled and on a socket, with schemathesis at it as somebody."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import httpx2
from argon2 import PasswordHasher
from starlette.types import ASGIApp, Receive, Scope, Send

from app import ids
from app.auth.passwords import Passwords
from app.main import create_app
from app.permissions import Role
from app.resources import Resources
from asgi import doors
from tests.rest.examples.world import build
from tests.rest.fuzzing import findings, of_world
from tests.rest.live import live
from tests.rest.signing import signed_in

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
NOBODY = ids.make(ids.USER, 0, 0)


async def attacked(resources: Resources, version: str, role: Role, **options: Any) -> list[str]:
    """What is wrong with a version as `role` meets it. `options` are those of `findings`."""
    resources = replace(resources, passwords=Passwords(QUICK))
    spared: list[str] = []
    application = _sparing(spared, create_app(resources, doors=doors(resources)))
    try:
        async with live(application) as address, httpx2.AsyncClient(base_url=address) as client:
            world = await build(resources, client)
            answer = await client.get(f"/api/{version}/openapi.json")
            document = of_world(answer.json(), world)
            caller = await signed_in(resources, role)
            before = await _self(client, caller)
            spared.append(before.get("id", ""))
            found = await asyncio.to_thread(findings, document, address, caller, **options)
            if await _self(client, caller) != before:  # all that followed was asked by another
                found.append(f"Who asks is not the same any more: {before}")
            return found
    finally:
        resources.passwords.close()


def _sparing(users: Sequence[str], application: ASGIApp) -> ASGIApp:
    """Nobody is changed instead of these: an admin may take their own role away."""

    async def spare(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] != "GET":
            for id in filter(None, users):
                scope["path"] = scope["path"].replace(id, NOBODY)
        await application(scope, receive, send)

    return spare


async def _self(client: httpx2.AsyncClient, caller: dict[str, str]) -> dict[str, Any]:
    """Whether they are known, and what they may do."""
    address = "/api/v2/users/me?fields[users]=role,viewerCan"
    data: dict[str, Any] = (await client.get(address, headers=caller)).json().get("data", {})
    return data
