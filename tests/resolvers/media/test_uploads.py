"""Uploads through the real door: real forms, good and hostile, with files and with S3."""

import json
from datetime import UTC, datetime, timedelta
from io import BytesIO

import httpx2
import pytest
from PIL import Image
from sqlalchemy import select

from app.documents import MemoryDocuments
from app.errors import numbered
from app.main import create_app
from app.models import AuditEntry, Job, Media, OutboxEvent, Session
from app.permissions import Role
from app.resources import Resources
from app.worker import do_jobs
from asgi import doors
from tests import factories as make
from tests.app.media import files
from tests.app.media.conftest import in_s3, s3  # noqa: F401
from tests.app.media.files import PAGE, picture
from tests.conftest import BASE_URL
from tests.resolvers.media.conftest import count, kept_in

UPLOAD = """
mutation ($input: UploadMediaInput!) {
  uploadMedia(input: $input) {
    media { id url fileName mimeType size width height }
    duplicate
    errors { field code }
  }
}
"""
DELETE = "mutation ($id: ID!) { deleteMedia(input: {id: $id}) { deletedId } }"
FORM = {"Content-Type": "multipart/form-data; boundary=B"}

once = pytest.mark.parametrize("migrated", ["sqlite"], indirect=True, scope="session")


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"max_upload_bytes": 60_000, "session_cookies": True})


async def signed(resources, role=Role.USER):
    """Headers of somebody who is signed in."""
    now = datetime.now(UTC)
    user = make.user(role=role)
    session = Session(id=make.ids.new("ses"), user_id=user.id, expires_at=now + timedelta(days=1))
    await make.add(resources.db, user, session)
    return {"Authorization": f"Bearer {resources.tokens.issue(user.id, session.id, now)[0]}"}


@pytest.fixture
async def headers(resources):
    return await signed(resources)


async def send(http, headers, data, name="cat.jpg", type="image/jpeg"):
    operations = {"query": UPLOAD, "variables": {"input": {"file": None}}}
    parts = [
        ("operations", (None, json.dumps(operations))),
        ("map", (None, '{"0": ["variables.input.file"]}')),
        ("0", (name, data, type)),
    ]
    return await http.post("/graphql", files=parts, headers=headers)


async def nothing(db, settings):
    """Assert that no upload has left anything, nor is on its way."""
    assert [await count(db, model) for model in (Media, Job, OutboxEvent, AuditEntry)] == [0] * 4
    assert kept_in(settings) == []
    assert not settings.uploads_dir.exists() or list(settings.uploads_dir.iterdir()) == []


async def test_from_a_form_to_an_address(http, db, settings, headers):
    data = picture("JPEG", exif=files.exif(6)) + PAGE
    answer = await send(http, headers, data, "../../Émile's cat.jpg", "text/html")

    assert answer.status_code == 200
    made = answer.json()["data"]["uploadMedia"]
    assert (made["errors"], made["duplicate"]) == ([], False)
    media = made["media"]
    assert (media["width"], media["height"]) == (48, 64)  # upright
    assert (media["fileName"], media["mimeType"]) == ("Émile's cat.jpg", "image/jpeg")
    assert list(settings.uploads_dir.iterdir()) == []

    file = await http.get(media["url"])
    part = await http.get(media["url"], headers={"Range": "bytes=0-9"})
    assert (file.status_code, file.headers["Content-Type"]) == (200, "image/jpeg")
    assert len(file.content) == media["size"]
    for trace in (PAGE, b"Camera of Ada", b"Exif"):
        assert trace not in file.content
    with Image.open(BytesIO(file.content)) as image:
        assert (image.size, image.getexif()) == ((48, 64), {})
    assert (part.status_code, part.content) == (206, file.content[:10])

    gone = await http.post(
        "/graphql", json={"query": DELETE, "variables": {"id": media["id"]}}, headers=headers
    )
    assert gone.json()["data"] == {"deleteMedia": {"deletedId": media["id"]}}
    assert (await http.get(media["url"])).status_code == 404
    assert kept_in(settings) == []
    assert await count(db, Media) == 0


REFUSED = {
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "UNSUPPORTED_MEDIA"),
    "html": (b"<!doctype html>" + PAGE, "UNSUPPORTED_MEDIA"),
    "zip": (b"PK\3\4" + b"\0" * 60, "UNSUPPORTED_MEDIA"),
    "nothing": (b"", "UNSUPPORTED_MEDIA"),
    "cut off": (picture("JPEG")[:300], "INVALID"),
    "144 million pixels": (files.png(12_000, 12_000, rows=bytes(1_501 * 12_000)), "LIMIT_EXCEEDED"),
    "many frames": (files.gif_of(1_001), "LIMIT_EXCEEDED"),
}


@pytest.mark.parametrize(("data", "code"), REFUSED.values(), ids=REFUSED)
async def test_files_that_are_refused(http, db, settings, headers, data, code):
    answer = await send(http, headers, data)

    assert answer.status_code == 200
    made = answer.json()["data"]["uploadMedia"]
    assert made == {
        "media": None, "duplicate": False, "errors": [{"field": "file", "code": code}]
    }  # fmt: skip
    await nothing(db, settings)


async def test_a_file_that_is_too_large(http, db, settings, headers):
    answer = await send(http, headers, files.PDF + bytes(60_000))

    assert answer.status_code == 413
    (error,) = answer.json()["errors"]
    assert error["extensions"] == numbered("BODY_TOO_LARGE")
    await nothing(db, settings)


GOOD = (
    b'--B\r\nContent-Disposition: form-data; name="operations"\r\n\r\n'
    + json.dumps({"query": UPLOAD, "variables": {"input": {"file": None}}}).encode()
    + b'\r\n--B\r\nContent-Disposition: form-data; name="map"\r\n\r\n'
    b'{"0": ["variables.input.file"]}'
    b'\r\n--B\r\nContent-Disposition: form-data; name="0"; filename="cat.png"\r\n\r\n'
    + picture("PNG", size=(8, 8))
    + b"\r\n--B--\r\n"
)
MALFORMED = {
    "no boundary": (GOOD, {"Content-Type": "multipart/form-data"}),
    "another boundary": (GOOD, {"Content-Type": "multipart/form-data; boundary=C"}),
    "cut off in the file": (GOOD[:-40], FORM),
    "no end": (GOOD[:-6], FORM),
    "no file": (GOOD[: GOOD.rindex(b"--B\r\n")] + b"--B--\r\n", FORM),
    "no UTF-8": (GOOD.replace(b'"query": "', b'"query": "\xff'), FORM),
    "nothing": (b"", FORM),
}


@pytest.mark.parametrize(("body", "type"), MALFORMED.values(), ids=MALFORMED)
async def test_forms_that_are_none(http, db, settings, headers, body, type):
    answer = await http.post("/graphql", content=body, headers={**headers, **type})

    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["extensions"] == numbered("BAD_REQUEST")
    await nothing(db, settings)


@once
async def test_names_are_cleaned(http, headers):
    body = GOOD.replace(b"cat.png", b"../../etc/c\0at.png")
    answer = await http.post("/graphql", content=body, headers={**headers, **FORM})

    assert answer.json()["data"]["uploadMedia"]["media"]["fileName"] == "cat.png"


@once
async def test_a_form_that_a_page_of_another_site_could_send(http, db, settings, headers):
    cookie = {"Cookie": f"thinkalike_access={headers['Authorization'].removeprefix('Bearer ')}"}
    answer = await http.post("/graphql", content=Unread(), headers={**cookie, **FORM})
    guarded = {**cookie, **FORM, "GraphQL-Preflight": "1"}

    assert answer.status_code == 403
    (error,) = answer.json()["errors"]
    assert error["extensions"] == numbered("CSRF_PREVENTED")
    await nothing(db, settings)
    assert (await http.post("/graphql", content=GOOD, headers=guarded)).status_code == 200


class Unread(httpx2.AsyncByteStream):
    """A body that nobody should want."""

    async def __aiter__(self):
        raise AssertionError("the body was read")
        yield b""


@once
async def test_who_may_not_upload_is_refused_before_anything_is_read(http, db, settings, resources):
    body, headers = Unread(), {**FORM, "GraphQL-Preflight": "1"}
    guest = await http.post("/graphql", content=body, headers=headers)
    known = await signed(resources, Role.GUEST)
    forbidden = await http.post("/graphql", content=body, headers={**headers, **known})

    assert (guest.status_code, forbidden.status_code) == (401, 403)
    assert guest.headers["WWW-Authenticate"] == 'Bearer realm="thinkalike"'
    assert [answer.json()["errors"] for answer in (guest, forbidden)] == [
        [{"message": message, "extensions": numbered(code, permission="media:upload")}]
        for message, code in (
            ("Sign in to do this", "UNAUTHENTICATED"),
            ("You may not do this", "INSUFFICIENT_PERMISSIONS"),
        )
    ]
    await nothing(db, settings)


@once
async def test_files_with_s3(db, in_s3):  # noqa: F811
    resources = Resources.on(db, MemoryDocuments(), in_s3)
    app = create_app(resources, doors=doors(resources))
    headers = await signed(resources)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=BASE_URL) as http:
        answers = [await send(http, headers, picture("PNG")) for _ in range(2)]
        first, again = (answer.json()["data"]["uploadMedia"] for answer in answers)
        url = first["media"]["url"].replace(in_s3.public_url or BASE_URL, "")
        file = await http.get(url)
        (row,) = await db.fetch(select(Media.storage_key))
        await http.post(
            "/graphql", json={"query": DELETE, "variables": {"id": first["media"]["id"]}},
            headers=headers,
        )  # fmt: skip

        assert (first["duplicate"], again["duplicate"]) == (False, True)
        assert first["media"] == again["media"]
        assert (file.status_code, len(file.content)) == (200, first["media"]["size"])
        assert (await http.get(url)).status_code == 404
    with pytest.raises(FileNotFoundError):
        await resources.storage.size(row.storage_key)
    await do_jobs(resources, datetime.now(UTC))
    assert await count(db, Job) == 0
    assert not in_s3.media_dir.exists()
