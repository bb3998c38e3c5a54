"""Files through REST: a form with parts, read as it comes in."""

import pytest
from sqlalchemy import func, select

from app.models import ContentItem, Media
from tests import factories as make
from tests.app.media import files
from tests.resolvers.access_world import IDS
from tests.rest.writing import problems, shown

# It asks about the door, which is the same on both databases.
pytestmark = pytest.mark.parametrize("migrated", ["sqlite"], indirect=True)

CAT = files.picture("PNG")
IMAGE = f"/media/{IDS['image']}"


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"max_upload_bytes": 100_000, "max_body_bytes": 10_000})


@pytest.fixture
def upload(as_):
    """Send a form: files by the names of their parts, and texts."""

    async def upload(file=CAT, by="owner", texts=None, **options):
        parts = {"file": ("cat.png", file, "image/png")} | options.pop("parts", {})
        client = as_(by)
        return await client.http.post(
            f"{client.root}/media",
            files={name: part for name, part in parts.items() if part},
            data=texts,
            headers=client.headers | options.pop("headers", {}),
        )

    return upload


@pytest.fixture
async def nothing(db, settings, dump):
    """Asserts that an upload has left nothing."""
    before = await dump()

    async def nothing():
        assert await dump() == before
        kept = [path for path in settings.data_dir.rglob("*") if path.is_file()]
        assert [path for path in kept if "secret" not in path.name] == []

    return nothing


async def count(db):
    return (await db.fetch(select(func.count()).select_from(Media)))[0][0]


async def test_a_picture_and_what_is_said_about_it(upload, api, http):
    alt_text = "alt_text" if api.version == "v1" else "altText"
    answer = await upload(texts={"title": "Cat", alt_text: "A cat, asleep", "caption": ""})

    assert answer.status_code == 201
    location = answer.headers["Location"]
    assert location == f"/api/{api.version}/media/{answer.json()['data']['id']}"
    made = shown(answer)
    assert [made[name] for name in ("kind", "title", "altText", "caption", "fileName")] == [
        "Image", "Cat", "A cat, asleep", None, "cat.png"
    ]  # fmt: skip
    assert (made["width"], made["height"], made["mimeType"]) == (64, 48, "image/png")
    assert answer.json()["meta"]["duplicate"] is False
    read = await http.get(location)
    assert shown(read) == {**made, "viewerCan": {"update": False, "delete": False}}
    assert (await http.get(made["url"])).status_code == 200


async def test_the_same_file_again_is_the_same_item(upload, db):
    first = await upload()
    again = await upload(by="editor")

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["meta"]["duplicate"] is True
    assert "Location" not in again.headers
    assert again.json()["data"]["id"] == first.json()["data"]["id"]
    assert await count(db) == 2


@pytest.mark.parametrize(
    ("file", "status", "code"),
    [
        (files.PAGE, 415, "unsupported_media"),
        (b"GIF89a" + bytes(100), 422, "invalid"),
        (b"", 415, "unsupported_media"),
        (files.pixel_bomb(8_000), 422, "limit_exceeded"),
    ],
    ids=["a page", "a broken picture", "an empty file", "too many pixels"],
)
async def test_files_that_are_not_taken(upload, nothing, api, file, status, code):
    answer = await upload(file)

    assert problems(answer) == [(str(status), code, "/file")]
    await nothing()


async def test_files_and_texts_that_are_too_large(upload, nothing):
    for answer in (
        await upload(CAT + bytes(100_001)),
        await upload(texts={"title": "x" * 10_001}),
    ):
        assert problems(answer) == [("413", "body_too_large", None)]
    await nothing()


async def test_all_that_is_wrong_with_the_texts(upload, nothing, api):
    answer = await upload(texts={"title": "x" * 501, "caption": "y" * 5_001})

    assert sorted(problems(answer)) == [
        ("422", "too_long", "/caption"),
        ("422", "too_long", "/title"),
    ]
    await nothing()


async def test_a_form_without_a_file_or_with_others(upload, nothing, api):
    missing = await upload(parts={"file": None, "title": (None, "Cat")})
    other = await upload(parts={"avatar": ("a.png", CAT, "image/png")})

    assert [code for _, code, _ in problems(missing)] == ["validation_error"]
    assert missing.json()["errors"][0]["detail"] == "`file` is needed here"
    assert problems(other) == [("400", "validation_error", "/avatar")]
    assert "known: file, " in other.text
    await nothing()


async def test_two_parts_of_one_name(as_, api, nothing):
    owner = as_("owner")
    for name in ("file", "title"):
        parts = [("file", ("a.png", CAT)), (name, ("b.png", CAT) if name == "file" else "x")]
        parts += [("title", (None, "x"))] * (name == "title")
        answer = await owner.http.post(f"{owner.root}/media", files=parts, headers=owner.headers)
        assert problems(answer) == [("400", "bad_request", None)]
        assert f"two parts `{name}`" in answer.text
    await nothing()


@pytest.mark.parametrize(
    ("content", "type", "status"),
    [
        (b"{}", "application/json", 415),
        (CAT, "image/png", 415),
        (b"", "multipart/form-data", 400),
        (b"--x\r\n", "multipart/form-data; boundary=x", 400),
        (b"--x--", "multipart/form-data; boundary=x", 400),
        (b"--x\r\n\r\nCat\r\n--x--", "multipart/form-data; boundary=x", 400),
        (b"", f"multipart/form-data; boundary={'x' * 71}", 400),
    ],
)
async def test_what_is_no_form(as_, nothing, content, type, status):
    answer = await as_("owner").raw("POST", "/media", content, headers={"Content-Type": type})

    assert answer.status_code == status
    await nothing()


async def test_what_is_said_of_a_file_is_text(as_, api, nothing):
    owner = as_("owner")
    name = "alt_text" if api.version == "v1" else "altText"
    parts = {"file": ("cat.jpg", CAT), name: (None, b"A \xff cat")}

    answer = await owner.http.post(f"{owner.root}/media", files=parts, headers=owner.headers)

    assert problems(answer) == [("400", "validation_error", f"/{name}")]
    await nothing()


async def test_who_may_not_upload_is_refused_before_the_file_is_read(as_, api, nothing):
    read = 0

    class Body:
        async def __aiter__(self):
            nonlocal read
            for _ in range(1_000):
                read += 1
                yield b"x" * 1_000

    for name, status in (("guest", 401), ("key", 403)):
        client = as_(name)
        headers = {**client.headers, "Content-Type": "multipart/form-data; boundary=x"}
        answer = await client.http.post(f"{client.root}/media", content=Body(), headers=headers)
        assert answer.status_code == status
    assert read <= 2
    await nothing()


async def test_a_large_file_is_never_whole_in_memory(as_, api, settings, nothing):
    """What is too large is refused when that is known, not at its end."""
    read = 0

    class Body:
        async def __aiter__(self):
            nonlocal read
            yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
            for _ in range(10_000):
                read += 1
                yield b"x" * 10_000

    owner = as_("owner")
    headers = {**owner.headers, "Content-Type": "multipart/form-data; boundary=x"}
    answer = await owner.http.post(f"{owner.root}/media", content=Body(), headers=headers)

    assert problems(answer) == [("413", "body_too_large", None)]
    assert read < 20
    await nothing()


async def test_put_replaces_and_patch_changes(as_):
    owner = as_("owner")
    patched = await owner.send("PATCH", IMAGE, title="New", altText="Text")
    again = await owner.send("PATCH", IMAGE, caption="Below", fileName="other.png")
    replaced = await owner.send("PUT", IMAGE, caption="Alone")

    texts = ("title", "altText", "caption", "fileName")
    assert [shown(patched)[name] for name in texts[:3]] == ["New", "Text", None]
    assert [shown(again)[name] for name in texts] == ["New", "Text", "Below", "other.png"]
    assert [shown(replaced)[name] for name in texts] == [None, None, "Alone", "other.png"]
    assert shown(replaced)["version"] == 4


async def test_what_is_shown_is_deleted_only_on_request(as_, db, api, dump):
    owner = make.user()
    await make.add(db, owner, make.item(owner, featured_image_id=IDS["image"]))
    before = await dump()
    forced = "even_if_used" if api.version == "v1" else "evenIfUsed"

    refused = await as_("editor").send("DELETE", IMAGE)
    forbidden = await as_("owner").send("DELETE", f"{IMAGE}?{forced}=true")
    wrong = await as_("editor").send("DELETE", f"{IMAGE}?{forced}=yes")
    assert problems(refused) == [("409", "in_use", None)]
    assert forbidden.status_code == 403
    assert problems(wrong) == [("400", "invalid_parameter", forced)]
    assert await dump() == before

    assert (await as_("editor").send("DELETE", f"{IMAGE}?{forced}=true")).status_code == 204
    assert (await as_("editor").raw("GET", IMAGE)).status_code == 404
    shows = select(ContentItem.featured_image_id).where(ContentItem.author_id == owner.id)
    assert (await db.fetch(shows))[0][0] is None
