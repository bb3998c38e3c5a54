"""From an upload to what is kept of it."""

import asyncio
import hashlib

import pytest

from app.errors import Invalid, Overloaded
from app.media.intake import Intake
from app.media.upload import Upload
from app.models.media import MediaKind
from tests.app.media import files
from tests.app.media.files import PAGE, picture


@pytest.fixture
def intake():
    intake = Intake(max_bytes=100_000, max_pixels=1_000_000)
    yield intake
    intake.close()


@pytest.fixture
def upload(tmp_path):
    def upload(data, name="cat.jpg", claimed="image/jpeg"):
        (tmp_path / "0").write_bytes(data)
        digest = hashlib.sha256(data).hexdigest()
        return Upload(tmp_path / "0", name, claimed, len(data), digest)

    return upload


@pytest.mark.parametrize(
    ("data", "kind", "mime_type"),
    [(files.MP4, "VIDEO", "video/mp4"), (files.WEBM, "VIDEO", "video/webm"),
     (files.MP3_TAGGED, "AUDIO", "audio/mpeg"), (files.FLAC, "AUDIO", "audio/flac"),
     (files.PDF + PAGE, "DOCUMENT", "application/pdf")],
    ids=["mp4", "webm", "mp3", "flac", "pdf"],
)  # fmt: skip
async def test_what_is_no_picture_stays_as_it_came(intake, upload, data, kind, mime_type):
    sent = upload(data)
    found = await intake.inspected(sent)

    assert (found.kind, found.mime_type) == (MediaKind(kind), mime_type)
    assert (found.path, found.size) == (sent.path, len(data))
    assert found.path.read_bytes() == data
    assert (found.width, found.height, found.placeholder) == (None, None, None)


async def test_a_picture_is_written_anew_beside_the_upload(intake, upload):
    data = picture("PNG") + PAGE
    sent = upload(data, claimed="text/html")
    found = await intake.inspected(sent)

    assert (found.kind, found.mime_type, found.extension) == (MediaKind.IMAGE, "image/png", "png")
    assert (found.width, found.height) == (64, 48)
    assert found.path.parent == sent.path.parent
    assert found.path != sent.path
    assert found.size == found.path.stat().st_size == len(data) - len(PAGE)


@pytest.mark.parametrize(
    ("data", "code", "message"),
    [(PAGE, "UNSUPPORTED_MEDIA", "The file is none of the types that are accepted"),
     (b"", "UNSUPPORTED_MEDIA", "The file is none of the types that are accepted"),
     (files.PDF + bytes(100_000), "LIMIT_EXCEEDED", "The file is larger than 100,000 bytes"),
     (files.pixel_bomb(1_001), "LIMIT_EXCEEDED", "The picture has more than 1,000,000 pixels"),
     (picture("JPEG")[:300], "INVALID", "The picture is damaged")],
    ids=["page", "empty", "large", "pixels", "cut off"],
)  # fmt: skip
async def test_refusals_name_what_is_wrong(intake, upload, data, code, message):
    sent = upload(data)
    with pytest.raises(Invalid) as error:
        await intake.inspected(sent)

    (problem,) = error.value.problems
    assert (problem.code, problem.message, problem.path) == (code, message, ("file",))
    assert [path.name for path in sent.path.parent.iterdir()] == ["0"]


async def test_more_than_can_wait_is_refused_and_leaves_nothing(upload):
    intake, sent = (
        Intake(max_bytes=100_000, max_pixels=1_000_000, threads=1, waiting=2),
        upload(files.PDF),
    )
    answers = await asyncio.gather(
        *(intake.inspected(sent) for _ in range(5)), return_exceptions=True
    )
    refused = [answer for answer in answers if isinstance(answer, Overloaded)]
    again = await intake.inspected(sent)
    intake.close()

    assert len(refused) == 2
    assert [answer for answer in answers if answer not in refused] == [again] * 3
