"""Content servers that bring schemas of their own: `scripts/bench --cms` measures them in the same
run. Each has our content in a PostgreSQL schema with its name, in tables as it makes them."""

import asyncio
import os
import secrets
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg

from benches import rivals
from benches.databases import Data
from benches.processes import Program
from benches.same import moments

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Content:
    """What Node runs, in the server's folder, to make its tables and then to serve."""

    tables: Sequence[str]
    serve: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


DIRECTUS = "node_modules/@directus/api/dist/cli/run.js"  # `directus` looks for updates first
KEYSTONE = "node_modules/@keystone-6/core/bin/cli.js"
SERVERS = {
    "directus": Content(
        (DIRECTUS, "bootstrap", "--skipAdminInit"),
        (DIRECTUS, "start"),
        {
            "HOST": "127.0.0.1",
            "DB_CLIENT": "pg",
            "DB_PORT": "5432",
            "DB_USER": "postgres",
            "DB_PASSWORD": "",
            "DB_DATABASE": "bench",
            "DB_SEARCH_PATH": "array:directus",
            "DB_POOL__MIN": "10",
            "DB_POOL__MAX": "10",
            "SERVE_APP": "false",
            "TELEMETRY": "false",
            "LOG_LEVEL": "error",
            "CACHE_ENABLED": "false",
            "RATE_LIMITER_ENABLED": "false",
            "PRESSURE_LIMITER_ENABLED": "false",  # refuses while the process is busy
        },
    ),
    "strapi": Content(
        ("server.js", "--tables"),
        ("server.js",),
        {"STRAPI_TELEMETRY_DISABLED": "true", "STRAPI_HIDE_STARTUP_MESSAGE": "true"},
    ),
    "keystone": Content(
        (KEYSTONE, "build", "--no-ui"),
        (KEYSTONE, "start", "--no-ui"),
        # Prisma fetches this binary to change tables, which it is not asked to do.
        {"HOST": "127.0.0.1", "PRISMA_SCHEMA_ENGINE_BINARY": "/bin/true"},
    ),
}
NAMES = tuple(SERVERS)


def programs(data: Data) -> list[Program]:
    """How they are started, installed (once) and filled with our content."""
    return [_program(name, content, data) for name, content in SERVERS.items()]


def _program(name: str, content: Content, data: Data) -> Program:
    node, folder = rivals.installed(f"cms/{name}")
    [socket] = parse_qs(urlsplit(data.address).query)["host"]
    environment = {
        "NODE_ENV": "production",
        "TZ": "UTC",
        "DATABASE_URL": data.address,
        "DB_HOST": socket,
        "SECRET": secrets.token_hex(),
        **content.environment,
    }
    asyncio.run(_execute(data.address, f"CREATE SCHEMA {name}"))
    subprocess.run(
        [node, *content.tables],
        cwd=folder,
        env={**os.environ, **environment, "PORT": "0"},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    asyncio.run(_execute(data.address, (HERE / name / "content.sql").read_text(), name))
    texts = rivals.texts((HERE / name / "queries.graphql").read_text())
    return Program(name, ("env", "-C", folder, node, *content.serve), environment, texts)


async def _execute(address: str, statements: str, schema: str = "public") -> None:
    settings = {"search_path": schema, "timezone": "UTC"}
    connection = await asyncpg.connect(address, server_settings=settings)
    await connection.execute(statements)
    await connection.execute("ANALYZE")
    await connection.close()


def alike(value: dict[str, Any]) -> dict[str, Any]:
    """Without what cannot be the same: Strapi's items have no status, Directus shows what links an
    item to a tag, and Keystone's tags have no order."""
    value = moments(value)
    value.pop("status", None)
    value.pop("publishedAt", None)
    if "tags" in value:
        tags = [tag.get("tag", tag) for tag in value["tags"]]
        value["tags"] = sorted(tags, key=lambda tag: str(tag["id"]))
    return value
