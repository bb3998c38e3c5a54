"""What caches and clients are told about reads, and what they need not be sent again."""

import pytest

from tests import factories as make
from tests.rest.library import ADA, DRAFT, GREEN, IMAGE, PUBLISHED

# It asks about the door, which is the same on both databases.
pytestmark = pytest.mark.parametrize("migrated", ["sqlite"], indirect=True)

ITEM = f"/content-items/{PUBLISHED}"
CHANGED = "Fri, 02 Jan 2026 12:00:00 GMT"
PLAIN = {"Accept-Encoding": "identity"}


@pytest.fixture
def read(v1, library):
    async def read(path, who="guest", **headers):
        return await v1.get(path, {**library[who], **PLAIN}, **headers)

    return read


@pytest.mark.parametrize(("path", "version"), [
    (ITEM, "4"), (f"/users/{ADA}", "3"), (f"/media/{IMAGE}", "2"), (f"/tags/{GREEN}", "2"),
    (f"/users/{ADA}/preferences", "3"),
])  # fmt: skip
async def test_the_tag_of_one_resource_begins_with_its_version(read, path, version):
    tag = (await read(path, "ada")).headers["ETag"]
    assert tag.startswith(f'"{version}-')
    assert len(tag) == len('"4-"') + 22


@pytest.mark.parametrize(
    "path", [ITEM, "/content-items", "/limits", f"{ITEM}/relationships/tags", "/search?q=oaks"]
)
async def test_what_did_not_change_is_not_sent_again(read, path):
    first = await read(path)
    tag = first.headers["ETag"]
    for condition in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = await read(path, If_None_Match=condition)
        assert (again.status_code, again.content) == (304, b"")
        for name in ("ETag", "Cache-Control", "Vary", "Last-Modified"):
            assert again.headers.get(name) == first.headers.get(name)
        assert "Content-Type" not in again.headers
    other = await read(path, If_None_Match='"other"')
    assert other.content == first.content


async def test_tags_differ_where_answers_do(v1, v2, library):
    paths = (ITEM, f"{ITEM}?fields=title", f"{ITEM}?include=author", f"{ITEM}/author")
    tags = {(await v1.get(path, PLAIN)).headers["ETag"] for path in paths}
    tags.add((await v2.get(ITEM, PLAIN)).headers["ETag"])
    tags.add((await v1.get(ITEM, {**library["ada"], **PLAIN})).headers["ETag"])
    assert len(tags) == 6


async def test_a_change_makes_another_tag(read, db):
    tag = (await read("/tags")).headers["ETag"]
    await make.add(db, make.tag("New"))
    answer = await read("/tags", If_None_Match=tag)
    assert answer.status_code == 200
    assert answer.headers["ETag"] != tag


@pytest.mark.parametrize("path", [ITEM, f"/users/{ADA}", f"/media/{IMAGE}"])
async def test_guests_are_told_when_it_was_changed(read, path):
    assert (await read(path)).headers["Last-Modified"] == CHANGED
    assert (await read(path, If_Modified_Since=CHANGED)).status_code == 304
    assert (await read(path, If_Modified_Since="Sat, 03 Jan 2026 12:00:00 GMT")).status_code == 304
    for since in ("Fri, 02 Jan 2026 11:59:59 GMT", "yesterday", ""):
        assert (await read(path, If_Modified_Since=since)).status_code == 200


async def test_a_tag_counts_before_a_date(read):
    answer = await read(ITEM, If_None_Match='"other"', If_Modified_Since=CHANGED)
    assert answer.status_code == 200


@pytest.mark.parametrize(("path", "who"), [
    (ITEM, "ada"),  # what she may do changes with her role
    (f"/tags/{GREEN}", "guest"),  # how often it is used, with the items
    (f"{ITEM}?include=author", "guest"),
    (f"{ITEM}?fields=tags", "guest"),
    (f"{ITEM}/author", "guest"),  # another one may be older
    ("/content-items", "guest"), ("/limits", "guest"), (f"{ITEM}/relationships/author", "guest"),
])  # fmt: skip
async def test_no_date_is_told_that_covers_only_a_part(read, path, who):
    assert "Last-Modified" not in (await read(path, who)).headers
    assert (await read(path, who, If_Modified_Since=CHANGED)).status_code == 200


@pytest.mark.parametrize(("condition", "status"), [
    ({"If_Match": "*"}, 200),
    ({"If_Match": '"other"'}, 412),
    ({"If_Unmodified_Since": CHANGED}, 200),
    ({"If_Unmodified_Since": "Thu, 01 Jan 2026 12:00:00 GMT"}, 412),
])  # fmt: skip
async def test_reads_on_condition(read, condition, status):
    answer = await read(ITEM, **condition)
    assert answer.status_code == status
    if status == 412:
        (header,) = condition
        (error,) = answer.json()["errors"]
        assert error["code"] == "precondition_failed"
        assert error["source"] == {"header": header.replace("_", "-")}


async def test_a_read_for_the_version_that_is_there(read):
    tag = (await read(ITEM)).headers["ETag"]
    assert (await read(ITEM, If_Match=tag)).status_code == 200
    assert (await read(ITEM, If_Match=f"W/{tag}")).status_code == 412


async def test_what_guests_see_is_public_and_asked_for_again(read):
    headers = (await read(ITEM)).headers
    assert headers["Cache-Control"] == "public, no-cache"
    assert headers["Vary"].startswith("Accept, Authorization, X-API-Key")


@pytest.mark.parametrize("who", ["ada", "eve", "key"])
@pytest.mark.parametrize("path", [ITEM, "/content-items", "/limits", "/search?q=oaks"])
async def test_what_somebody_sees_is_private(read, path, who):
    assert (await read(path, who)).headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(("path", "status"), [
    ("/users/me", 401), (f"/content-items/{DRAFT}", 404), ("/users?page=0", 400), ("/no", 404),
])  # fmt: skip
async def test_errors_are_not_kept(read, path, status):
    answer = await read(path)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (status, "no-store")
    assert "ETag" not in answer.headers


class TestWithAge:
    @pytest.fixture
    def settings(self, settings):
        return settings.model_copy(update={"public_max_age": 60, "session_cookies": True})

    async def test_caches_of_all_may_keep_what_guests_see(self, read):
        headers = (await read(ITEM)).headers
        assert headers["Cache-Control"] == "public, max-age=60, must-revalidate"
        assert "Cookie" in headers["Vary"].split(", ")
        assert (await read(ITEM, "ada")).headers["Cache-Control"] == "private, no-cache"


async def test_compressed_answers_have_tags_of_their_own_that_fit_all_the_same(v1, library):
    coded = await v1.get("/content-items", Accept_Encoding="gzip")
    assert coded.headers["Content-Encoding"] == "gzip"
    plain = await v1.get("/content-items", PLAIN)
    assert coded.headers["ETag"] != plain.headers["ETag"]
    again = await v1.get(
        "/content-items", Accept_Encoding="gzip", If_None_Match=coded.headers["ETag"]
    )
    assert again.status_code == 304
