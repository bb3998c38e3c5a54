"""Who uploads what, and what is left of it."""

import hashlib
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from app.errors import StorageUnavailable
from app.http.caller import Caller
from app.media.storage import FileStorage
from app.media.upload import Upload
from app.models import AuditEntry, Job, Media, OutboxEvent
from app.permissions import Actor, Role
from resolvers.endpoint.parameters import Parameters
from resolvers.execution import Operations
from tests import factories as make
from tests.app.media import files

CAT = files.picture("PNG")

UPLOAD = """
mutation ($input: UploadMediaInput!) {
  uploadMedia(input: $input) {
    media {
      __typename id url fileName mimeType size width height sha256 version
      title altText caption uploadedBy { id } viewerCan { update delete }
    }
    duplicate
    errors { field code message }
  }
}
"""


@pytest.fixture
def sent(tmp_path):
    """A file as it comes out of a form."""

    def sent(data=CAT, name="cat.png"):
        folder = tmp_path / make.ids.new("tmp")
        folder.mkdir()
        (folder / "0").write_bytes(data)
        return Upload(folder / "0", name, "x/y", len(data), hashlib.sha256(data).hexdigest())

    return sent


@pytest.fixture
async def people(db):
    users = {name: make.user(username=name) for name in ("ann", "ben", "eve")}
    await make.add(db, *users.values())
    roles = {"ann": Role.USER, "ben": Role.USER, "eve": Role.EDITOR}
    return {name: Actor(user.id, roles[name]) for name, user in users.items()}


@pytest.fixture
def ann(people):
    return people["ann"]


@pytest.fixture
def eve(people):
    return people["eve"]


@pytest.fixture
async def mine(data, ann, sent):
    """The id of what Ann has uploaded."""
    answer = await data(UPLOAD, ann, input={"file": sent(), "title": "Cat"})
    return answer["uploadMedia"]["media"]["id"]


@pytest.fixture
def ask_with(resources):
    """Run an operation with another storage."""

    async def ask_with(storage, query, actor, **variables):
        operations = Operations(replace(resources, storage=storage))
        asked = Parameters(query, variables=variables)
        return (await operations.run(asked, Caller(actor, "http://content.example", "test"))).body

    return ask_with


def kept_in(settings):
    return sorted(path for path in settings.media_dir.rglob("*") if path.is_file())


async def count(db, model):
    return (await db.fetch(select(func.count()).select_from(model)))[0][0]


async def jobs(db):
    return [(row.kind, row.payload) for row in await db.fetch(select(Job.__table__))]


async def events(db):
    told = select(OutboxEvent.type, AuditEntry.actor_id, AuditEntry.changed, AuditEntry.details)
    told = told.join(AuditEntry, AuditEntry.subject_id == OutboxEvent.subject)
    told = told.where(OutboxEvent.type == AuditEntry.action).order_by(OutboxEvent.sequence)
    return [tuple(row) for row in await db.fetch(told)]


async def nothing(db, settings):
    """Assert that no upload has left anything."""
    assert [await count(db, model) for model in (Media, Job, OutboxEvent, AuditEntry)] == [0] * 4
    assert kept_in(settings) == []


class Stubborn(FileStorage):
    """Takes files, and fails afterwards; removes nothing."""

    async def put(self, key, path, mime_type):
        await super().put(key, path, mime_type)
        raise StorageUnavailable("The storage does not answer")

    async def delete(self, key):
        raise StorageUnavailable("The storage does not answer")
