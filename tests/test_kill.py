"""A server that is killed while it writes leaves each mutation done wholly, or not at all."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from app.auth.tokens import Tokens
from app.documents import MemoryDocuments
from app.media.upload import sweep
from app.models import (
    AuditEntry,
    ContentItem,
    ContentStatus,
    IdempotencyRecord,
    Job,
    Media,
    OutboxEvent,
    SearchDocument,
    Session,
    Tag,
)
from app.resources import Resources
from app.settings import Settings
from app.worker import do_jobs
from tests import factories as make
from tests.app.media.files import png
from tests.processes import started

SECRET = "for these tests and nothing else"
CREATE = """
mutation ($name: String!) {
  createTag(input: {name: $name}) @idempotent(key: $name) { tag { id } }
}
"""

UPLOAD = "mutation ($file: Upload!) { uploadMedia(input: {file: $file}) { media { id } } }"
PUBLISH = "mutation ($ids: [ID!]!) { publishContentItems(input: {ids: $ids}) { succeeded } }"


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


async def test_a_killed_server_left_no_file_without_row_and_no_half_bulk(db, address, tmp_path):
    token, author = await token_of(db, "EDITOR"), make.user()
    draft = ContentStatus.DRAFT
    bulks = [[make.item(author, body="b", status=draft) for _ in range(10)] for _ in range(30)]
    await make.add(db, author, *(item for bulk in bulks for item in bulk))
    folder = tmp_path / "d"
    server, url = started(
        DATABASE_URL=address, THINKALIKE_SECRET_KEY=SECRET, THINKALIKE_DATA_DIR=str(folder)
    )
    told: list[Any] = []
    enough = asyncio.Event()

    async def write(client: httpx2.AsyncClient, requests: Any) -> None:
        for request in requests:
            try:
                answer = (await client.post(f"{url}/graphql", **request)).json()
            except httpx2.TransportError:
                return
            told.append(answer["data"])
            if len(told) >= 15:
                enough.set()

    def upload(number: int) -> dict[str, Any]:
        operations = json.dumps({"query": UPLOAD, "variables": {"file": None}})
        form = {"operations": operations, "map": '{"0": ["variables.file"]}'}
        picture = png(8, number + 1, rows=b"\0\xaa" * (number + 1))  # no two are the same
        return {"data": form, "files": {"0": ("0.png", picture, "image/png")}}

    def publish(bulk: list[ContentItem]) -> dict[str, Any]:
        ids = [item.id for item in bulk]
        return {"json": {"query": PUBLISH, "variables": {"ids": ids}}}

    uploads = [map(upload, range(start, 1_000, 4)) for start in range(4)]
    async with httpx2.AsyncClient(
        headers={"Authorization": f"Bearer {token}"}, timeout=30
    ) as client:
        publishes = [map(publish, bulks[start::2]) for start in range(2)]
        writers = [asyncio.create_task(write(client, one)) for one in (*uploads, *publishes)]
        await enough.wait()
        server.kill()
        await asyncio.gather(*writers)
    server.communicate()

    settings = Settings(_env_file=None, data_dir=folder)  # type: ignore[call-arg]
    resources = Resources.on(db, MemoryDocuments(), settings)
    rows = {row.storage_key: row.id for row in await db.fetch(select(Media.storage_key, Media.id))}
    assert set(rows.values()) >= {
        one["uploadMedia"]["media"]["id"] for one in told if "uploadMedia" in one
    }
    assert stored(settings) >= set(rows)
    await resources.storage.check()  # as whenever a server starts
    sweep(settings.uploads_dir)
    while await db.fetch(select(Job.id)):
        await do_jobs(resources, datetime.now(UTC) + timedelta(hours=2))
    assert stored(settings) == set(rows)
    assert list(settings.uploads_dir.iterdir()) == []

    public = select(ContentItem.id).where(ContentItem.status == ContentStatus.PUBLISHED)
    published = {row.id for row in await db.fetch(public)}
    whole = [bulk for bulk in bulks if {item.id for item in bulk} <= published]
    assert (
        len(published) == 10 * len(whole) >= 10 * sum("publishContentItems" in one for one in told)
    )
    entries = await db.fetch(select(AuditEntry.action, AuditEntry.subject_id))
    assert sorted(entries) == sorted(
        [("content_item.published", id) for id in published]
        + [("media.uploaded", id) for id in rows.values()]
    )


def stored(settings: Settings) -> set[str]:
    folder = settings.media_dir
    found = folder.rglob("*.*") if folder.is_dir() else ()
    return {str(path.relative_to(folder)) for path in found if path.is_file()}
