"""A server that is killed while it writes leaves each mutation done wholly, or not at all."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from app.auth.tokens import Tokens
from app.models import AuditEntry, IdempotencyRecord, OutboxEvent, SearchDocument, Session, Tag
from app.settings import Settings
from tests import factories as make
from tests.processes import started

SECRET = "for these tests and nothing else"
CREATE = """
mutation ($name: String!) {
  createTag(input: {name: $name}) @idempotent(key: $name) { tag { id } }
}
"""


async def token_of(db: Any, role: str) -> str:
    """An access token of somebody with a role, for a server with our secret."""
    user = make.user(role=role)
    now = datetime.now(UTC)
    session = Session(user_id=user.id, expires_at=now + timedelta(days=1))
    await make.add(db, user, session)
    tokens = Tokens.of(Settings(_env_file=None, secret_key=SECRET), SECRET.encode())  # type: ignore[call-arg]
    return tokens.issue(user.id, session.id, now)[0]


@pytest.mark.parametrize("answers", [1, 25, 60])
async def test_a_killed_server_left_all_or_nothing(db, address, tmp_path, answers):
    token = await token_of(db, "EDITOR")
    server, url = started(
        DATABASE_URL=address, THINKALIKE_SECRET_KEY=SECRET, THINKALIKE_DATA_DIR=str(tmp_path / "d")
    )
    told: list[str] = []
    enough = asyncio.Event()

    async def write(client: httpx2.AsyncClient, worker: int) -> None:
        for number in range(1_000):
            name = f"tag {worker} {number}"
            body = {"query": CREATE, "variables": {"name": name}}
            try:
                answer = (await client.post(f"{url}/graphql", json=body)).json()
            except httpx2.TransportError:
                return
            told.append(answer["data"]["createTag"]["tag"]["id"])
            if len(told) >= answers:
                enough.set()

    headers = {"Authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(headers=headers, timeout=30) as client:
        writers = [asyncio.create_task(write(client, n)) for n in range(8)]
        await enough.wait()
        server.kill()
        await asyncio.gather(*writers)
    server.communicate()

    made = {row.id for row in await db.fetch(select(Tag.id))}
    assert made >= set(told)
    for subject in (AuditEntry.subject_id, OutboxEvent.subject, SearchDocument.subject_id):
        rows = [row[0] for row in await db.fetch(select(subject)) if row[0].startswith("tag_")]
        assert sorted(rows) == sorted(made)
    kept = [row.answer["tag_id"] for row in await db.fetch(select(IdempotencyRecord.answer))]
    assert sorted(kept) == sorted(made)
