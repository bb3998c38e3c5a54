"""Uploading: what becomes of a file, and that whatever fails leaves nothing behind."""

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.errors import Invalid, StorageUnavailable
from app.jobs import LEASE
from app.media.arrival import arriving
from app.media.storage import FileStorage
from app.models import Job, Media, OutboxEvent, SearchDocument
from app.operations import media
from app.operations.work import Work
from app.permissions import GUEST, Actor, Role
from app.worker import do_jobs
from tests import factories as make
from tests.app.media import files
from tests.resolvers.media.conftest import (
    CAT,
    UPLOAD,
    Stubborn,
    count,
    events,
    jobs,
    kept_in,
    nothing,
)

ONCE = """
mutation ($input: UploadMediaInput!, $key: String!) {
  uploadMedia(input: $input) @idempotent(key: $key) {
    media { id } duplicate replayed errors { field code }
  }
}
"""


async def test_a_picture_is_uploaded(data, db, settings, ann, sent):
    words = {"altText": " A cat\non a mat ", "caption": "", "title": " Cat "}
    made = (await data(UPLOAD, ann, input={"file": sent(), **words}))["uploadMedia"]

    assert (made["duplicate"], made["errors"]) == (False, [])
    (row,) = await db.fetch(select(Media.__table__))
    (file,) = kept_in(settings)
    assert made["media"] == {
        "__typename": "Image", "id": row.id, "fileName": "cat.png", "mimeType": "image/png",
        "url": f"http://content.example/media/{row.storage_key}", "size": file.stat().st_size,
        "width": 64, "height": 48, "sha256": hashlib.sha256(CAT).hexdigest(), "version": 1,
        "title": "Cat", "altText": "A cat\non a mat", "caption": None,
        "uploadedBy": {"id": ann.user_id}, "viewerCan": {"update": True, "delete": True},
    }  # fmt: skip
    assert file == settings.media_dir / row.storage_key
    assert row.placeholder.startswith("data:image/webp;base64,")
    assert await jobs(db) == []
    details = {"kind": "IMAGE", "size": row.size}
    assert await events(db) == [("media.uploaded", ann.user_id, [], details)]
    found = await db.fetch(select(SearchDocument.title, SearchDocument.text))
    assert ("Cat", "cat.png\nA cat\non a mat") in [tuple(row) for row in found]


async def test_other_files_stay_as_they_are(data, db, settings, ann, sent):
    made = await data(UPLOAD, ann, input={"file": sent(files.PDF, "a.pdf")})

    assert made["uploadMedia"]["media"]["__typename"] == "Document"
    assert [file.read_bytes() for file in kept_in(settings)] == [files.PDF]


@pytest.mark.parametrize(
    ("actor", "code"),
    [(GUEST, "UNAUTHENTICATED"),
     (Actor("usr_a", Role.EDITOR, frozenset({"public:read"})), "INSUFFICIENT_PERMISSIONS")],
)  # fmt: skip
async def test_who_may_not_upload(ask, db, settings, sent, actor, code):
    answer = await ask(UPLOAD, actor, input={"file": sent()})

    assert [error["extensions"]["code"] for error in answer["errors"]] == [code]
    await nothing(db, settings)


async def test_all_problems_are_told_at_once(data, db, settings, ann, sent):
    words = {"title": "a\nb", "altText": "x" * 2_001, "caption": "\x01" + "x" * 5_000}
    made = await data(UPLOAD, ann, input={"file": sent(files.PAGE), **words})

    told = [(error["field"], error["code"]) for error in made["uploadMedia"]["errors"]]
    assert told == [
        ("file", "UNSUPPORTED_MEDIA"), ("title", "INVALID"), ("altText", "TOO_LONG"),
        ("caption", "INVALID"), ("caption", "TOO_LONG"),
    ]  # fmt: skip
    for title in ("a\nb", "x" * 501):
        made = await data(UPLOAD, ann, input={"file": sent(), "title": title})
        assert [error["field"] for error in made["uploadMedia"]["errors"]] == ["title"]
    await nothing(db, settings)


async def test_the_same_bytes_are_stored_once(data, db, settings, people, mine, sent):
    again = {"file": sent(name="other.png"), "title": "Other"}
    made = (await data(UPLOAD, people["ben"], input=again))["uploadMedia"]
    bad = await data(UPLOAD, people["ben"], input={"file": sent(), "title": "a\nb"})

    assert made["duplicate"]
    told = [made["media"][name] for name in ("id", "fileName", "title", "version", "viewerCan")]
    assert told == [mine, "cat.png", "Cat", 1, {"update": False, "delete": False}]
    assert bad["uploadMedia"]["errors"][0]["field"] == "title"
    assert [await count(db, model) for model in (Media, OutboxEvent, Job)] == [1, 1, 0]
    assert len(kept_in(settings)) == 1


async def test_of_many_who_upload_the_same_one_is_first(data, db, settings, ann, sent):
    asked = [data(UPLOAD, ann, input={"file": sent()}) for _ in range(10)]
    answers = [answer["uploadMedia"] for answer in await asyncio.gather(*asked)]

    assert len({answer["media"]["id"] for answer in answers}) == 1
    assert sorted(answer["duplicate"] for answer in answers) == [False] + [True] * 9
    assert [await count(db, model) for model in (Media, OutboxEvent, Job)] == [1, 1, 0]
    (row,) = await db.fetch(select(Media.storage_key))
    assert kept_in(settings) == [settings.media_dir / row.storage_key]


async def test_a_key_makes_ten_uploads_one(data, db, settings, ann, sent):
    asked = [data(ONCE, ann, input={"file": sent()}, key="once") for _ in range(10)]
    answers = [answer["uploadMedia"] for answer in await asyncio.gather(*asked)]
    other = await data(ONCE, ann, input={"file": sent(files.PDF, "cat.png")}, key="once")

    assert len({answer["media"]["id"] for answer in answers}) == 1
    assert sorted(answer["replayed"] for answer in answers) == [False] + [True] * 9
    assert not any(answer["duplicate"] for answer in answers)
    assert other["uploadMedia"]["errors"] == [{"field": None, "code": "IDEMPOTENCY_MISMATCH"}]
    assert [await count(db, model) for model in (Media, OutboxEvent, Job)] == [1, 1, 0]
    assert len(kept_in(settings)) == 1


async def test_what_the_storage_fails_to_remove_is_left_to_a_job(
    ask_with, resources, db, settings, ann, sent
):
    storage = Stubborn(settings.media_dir)
    answer = await ask_with(storage, UPLOAD, ann, input={"file": sent()})

    assert answer["errors"][0]["extensions"]["code"] == "STORAGE_UNAVAILABLE"
    assert await count(db, Media) == 0
    assert len(kept_in(settings)) == 1
    await do_jobs(resources, datetime.now(UTC))
    await nothing(db, settings)


async def test_a_transaction_that_fails_takes_the_file_along(ask, db, settings, ann, sent):
    await db.run(lambda connection: connection.exec_driver_sql("ALTER TABLE outbox RENAME TO o"))
    answer = await ask(UPLOAD, ann, input={"file": sent()})
    await db.run(lambda connection: connection.exec_driver_sql("ALTER TABLE o RENAME TO outbox"))

    assert answer["errors"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    await nothing(db, settings)


async def test_a_process_that_dies_leaves_a_job_and_no_row(resources, db, settings, sent):
    file = await resources.intake.inspected(sent())
    seen = []

    class Watched(FileStorage):
        async def put(self, key, path, mime_type):
            seen.extend(await jobs(db))
            await super().put(key, path, mime_type)

    # What is never left is what a killed process leaves.
    dying = arriving(db, Watched(settings.media_dir), file)
    arrival = await dying.__aenter__()
    assert seen == [("media.remove_file", {"key": arrival.key})]
    assert kept_in(settings) == [settings.media_dir / arrival.key]
    await do_jobs(resources, datetime.now(UTC) + LEASE)
    assert len(kept_in(settings)) == 1

    await do_jobs(resources, datetime.now(UTC) + timedelta(hours=1, minutes=1))
    await nothing(db, settings)
    await dying.__aexit__(None, None, None)
    async with db.write() as session:
        with pytest.raises(StorageUnavailable, match="took too long: send it again"):
            await arrival.keep(session)


async def test_what_was_committed_stays_whatever_is_said_of_it(resources, db, settings, sent):
    async def commit_and_fail(file):
        async with arriving(db, resources.storage, file) as arrival:
            async with db.write() as session:
                await arrival.keep(session)
            raise TimeoutError

    with pytest.raises(TimeoutError):
        await commit_and_fail(await resources.intake.inspected(sent()))
    assert len(kept_in(settings)) == 1
    assert await jobs(db) == []


async def test_a_duplicate_that_is_deleted_meanwhile(db, settings, ann, sent):
    async with db.write() as session:
        with pytest.raises(Invalid, match="is being deleted: send it again"):
            await media.add(Work(session, ann, "test", make.NOON), sent(), {}, None)
    await nothing(db, settings)
