"""Stored files over HTTP: the same from a folder and from S3."""

import httpx2
import pytest

from app.errors import numbered
from app.http.media import route
from app.main import create_app
from app.media.storage import storage
from tests.app.media.conftest import in_s3, kept, s3  # noqa: F401
from tests.conftest import BASE_URL

KEY = "2026/11/0123456789abcdefghjkmnpqrs.png"
ETAG = '"0123456789abcdefghjkmnpqrs.png-10"'
URL = f"/media/{KEY}"

pytestmark = pytest.mark.parametrize("migrated", ["sqlite"], indirect=True, scope="session")


@pytest.fixture
async def client(resources, kept, tmp_path):  # noqa: F811
    (tmp_path / "source").write_bytes(b"0123456789")
    await kept.put(KEY, tmp_path / "source", "image/png")
    app = create_app(resources, doors=[route(kept)])  # it comes before the application's own
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url=BASE_URL) as client:
        yield client


async def test_a_file_with_careful_headers(client):
    answer = await client.get(URL)

    assert (answer.status_code, answer.content) == (200, b"0123456789")
    told = {name.title(): value for name, value in answer.headers.items()}
    assert told.pop("X-Request-Id")
    assert told == {
        "Accept-Ranges": "bytes",
        "Cache-Control": "public, max-age=31536000, immutable",
        "Content-Disposition": "inline",
        "Content-Length": "10",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Content-Type": "image/png",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Etag": ETAG,
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Xss-Protection": "0",
    }


async def test_head_is_get_without_the_file(client):
    full, head = await client.get(URL), await client.head(URL)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers | {"x-request-id": ""} == full.headers | {"x-request-id": ""}


@pytest.mark.parametrize(
    ("range", "part", "told"),
    [("bytes=0-3", b"0123", "0-3"), ("bytes=4-", b"456789", "4-9"), ("bytes=-3", b"789", "7-9"),
     ("bytes=0-0", b"0", "0-0"), ("bytes=9-9", b"9", "9-9"), ("bytes=5-999", b"56789", "5-9"),
     ("bytes=-999", b"0123456789", "0-9"), ("BYTES=1-2", b"12", "1-2"),
     (" bytes=1-2 ", b"12", "1-2")],
)  # fmt: skip
async def test_a_part(client, range, part, told):
    answer = await client.get(URL, headers={"Range": range})

    assert (answer.status_code, answer.content) == (206, part)
    assert answer.headers["Content-Range"] == f"bytes {told}/10"
    assert answer.headers["Content-Length"] == str(len(part))
    assert answer.headers["ETag"] == ETAG


@pytest.mark.parametrize("range", ["bytes=10-", "bytes=10-20", "bytes=999-", "bytes=-0"])
async def test_a_part_beyond_the_end(client, range):
    answer = await client.get(URL, headers={"Range": range})

    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == "bytes */10"
    assert answer.json()["errors"][0]["extensions"]["code"] == "REQUESTED_RANGE_NOT_SATISFIABLE"


@pytest.mark.parametrize(
    "range",
    ["bytes=0-1,3-4", "bytes=3-1", "bytes=", "bytes=-", "bytes=a-b", "lines=0-1", "bytes=1-2-3",
     "bytes=0x1-2", "bytes=" + "9" * 5_000 + "-", "bytes=--1", "", "bytes=١-٢", "bytes 0-1"],
)  # fmt: skip
async def test_ranges_that_are_ignored(client, range):
    answer = await client.get(URL, headers=[(b"Range", range.encode())])

    assert (answer.status_code, answer.content) == (200, b"0123456789")


@pytest.mark.parametrize(
    ("tag", "status"),
    [(ETAG, 206), ('"other"', 200), (f"W/{ETAG}", 200), ("Wed, 21 Oct 2026 07:28:00 GMT", 200)],
)
async def test_a_part_if_nothing_changed(client, tag, status):
    answer = await client.get(URL, headers={"Range": "bytes=0-1", "If-Range": tag})

    assert answer.status_code == status
    assert answer.content == (b"01" if status == 206 else b"0123456789")


@pytest.mark.parametrize("tag", [ETAG, f"W/{ETAG}", f'"a", {ETAG}', "*", f'"a,b" , W/{ETAG},"c"'])
async def test_what_the_client_has_is_not_sent_again(client, tag):
    for answer in [
        await client.get(URL, headers={"If-None-Match": tag, "Range": "bytes=0-1"}),
        await client.head(URL, headers={"If-None-Match": tag}),
    ]:
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["ETag"] == ETAG
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("tag", ['"a"', ETAG.strip('"'), ETAG[:-2] + '"', ""])
async def test_what_the_client_lacks_is_sent(client, tag):
    assert (await client.get(URL, headers={"If-None-Match": tag})).status_code == 200


@pytest.mark.parametrize(("tag", "status"), [(ETAG, 206), ("*", 206), ('"other"', 412)])
async def test_the_rest_of_what_the_client_began_to_read(client, tag, status):
    answer = await client.get(URL, headers={"If-Match": tag, "Range": "bytes=4-"})

    assert answer.status_code == status
    assert status == 412 or answer.content == b"456789"


@pytest.mark.parametrize(
    "path",
    ["2026/11/1123456789abcdefghjkmnpqrs.png", "2026/11", "2026/11/", "", "../thinkalike.db",
     "..%2fthinkalike.db", "%2e%2e/secret.key", "/etc/passwd", "%2fetc%2fpasswd", ".incoming/x.png",
     "a%00.png", "a%0a.png", "2026%5c11", "2026/11/0123456789ABCDEFGHJKMNPQRS.png", "é.png",
     KEY + "/x.png", "x" * 5_000, "probe.txt"],
)  # fmt: skip
async def test_there_is_nothing_else(client, path):
    answer = await client.get(f"/media/{path}")

    assert answer.status_code == 404
    (error,) = answer.json()["errors"]
    assert error["message"] == "Not Found"
    assert error["extensions"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_files_are_read_only(client, method):
    answer = await client.request(method, URL)

    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD"}
    assert answer.json()["errors"][0]["extensions"]["code"] == "METHOD_NOT_ALLOWED"


@pytest.mark.parametrize(
    ("name", "type", "disposition"),
    [("a.jpg", "image/jpeg", "inline"), ("a.mp4", "video/mp4", "inline"),
     ("a.mp3", "audio/mpeg", "inline"), ("a.pdf", "application/pdf", "attachment"),
     ("a.html", "application/octet-stream", "attachment"),
     ("a.svg", "application/octet-stream", "attachment")],
)  # fmt: skip
async def test_the_type_is_of_our_table(http, settings, name, type, disposition):
    settings.media_dir.mkdir(parents=True)
    (settings.media_dir / name).write_bytes(b"<script>")
    answer = await http.get(f"/media/{name}")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == type
    assert answer.headers["Content-Disposition"] == disposition


async def test_an_empty_file(http, settings):
    settings.media_dir.mkdir(parents=True)
    (settings.media_dir / "a.png").touch()

    assert (await http.get("/media/a.png")).status_code == 200
    assert (await http.get("/media/a.png", headers={"Range": "bytes=0-"})).status_code == 416


async def test_a_storage_that_does_not_answer(resources, in_s3):  # noqa: F811
    gone = storage(in_s3.model_copy(update={"s3_endpoint": "http://127.0.0.1:1"}))
    transport = httpx2.ASGITransport(create_app(resources, doors=[route(gone)]))
    async with httpx2.AsyncClient(transport=transport, base_url=BASE_URL) as client:
        answer = await client.get(URL)

    assert answer.status_code == 503
    (error,) = answer.json()["errors"]
    assert error["message"] == "The storage does not answer"
    assert error["extensions"]["number"] == numbered("SERVICE_UNAVAILABLE")["number"]
