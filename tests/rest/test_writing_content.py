"""Content items through REST, from the first draft to the end."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.resolvers.access_world import IDS
from tests.rest.writing import problems, shown

# It asks about the door, which is the same on both databases.
pytestmark = pytest.mark.parametrize("migrated", ["sqlite"], indirect=True)

DRAFT = f"/content-items/{IDS['draft']}"
PUBLISHED = f"/content-items/{IDS['published']}"
TRASHED = f"/content-items/{IDS['trashed']}"
WHOLE = {
    "title": "Roses",
    "slug": "roses",
    "summary": "Red ones.",
    "body": {"value": "<p>Red.</p>", "format": "HTML"},
    "categoryId": IDS["category"],
    "featuredImageId": IDS["image"],
    "tagIds": [IDS["other_tag"], IDS["tag"]],
}


@pytest.fixture
def editor(as_):
    return as_("editor")


async def linked(client, path, name):
    data = (await client.raw("GET", f"{path}/relationships/{name}")).json()["data"]
    return [one["id"] for one in data] if isinstance(data, list) else data and data["id"]


async def links(client, path):
    names = ("author", "category", "featured-image", "tags")
    return [await linked(client, path, name) for name in names]


async def test_a_new_item_with_everything(editor, api):
    answer = await editor.send(
        "POST", "/content-items", kind="page", authorId=IDS["other"], publish=True, **WHOLE
    )

    assert answer.status_code == 201
    path = answer.headers["Location"].removeprefix(api.root)
    made = shown(answer)
    assert {name: made[name] for name in ("kind", "title", "slug", "summary", "status")} == {
        "kind": "page", "title": "Roses", "slug": "roses", "summary": "Red ones.",
        "status": "PUBLISHED",
    }  # fmt: skip
    assert (made["body"]["raw"], made["body"]["format"]) == ("<p>Red.</p>", "HTML")
    assert await links(editor, path) == [
        IDS["other"], IDS["category"], IDS["image"], WHOLE["tagIds"]
    ]  # fmt: skip
    assert (await api.raw("GET", path)).status_code == 200


async def test_of_a_new_item_the_title_is_enough(as_, api):
    answer = await as_("owner").send("POST", "/content-items", title="Roses and Tulips")

    made = shown(answer)
    assert (made["slug"], made["status"], made["kind"], made["version"]) == (
        "roses-and-tulips", "DRAFT", "article", 1
    )  # fmt: skip
    path = answer.headers["Location"].removeprefix(api.root)
    assert await links(as_("owner"), path) == [IDS["owner"], None, None, []]
    assert (await api.raw("GET", path)).status_code == 404


async def test_put_replaces_the_whole(editor):
    await editor.send("PATCH", DRAFT, **WHOLE)

    answer = await editor.send("PUT", DRAFT, title="Tulips", message="Anew")

    made = shown(answer)
    assert answer.status_code == 200
    assert (made["title"], made["slug"], made["summary"], made["body"]["raw"]) == (
        "Tulips", "tulips", None, ""
    )  # fmt: skip
    assert await links(editor, DRAFT) == [IDS["owner"], None, None, []]
    revisions = (await editor.raw("GET", f"{DRAFT}/revisions")).json()["data"]
    assert "Anew" in [one["attributes"]["message"] for one in revisions]


async def test_put_needs_what_an_item_cannot_lack(editor, api, dump):
    before = await dump()

    answer = await editor.send("PUT", DRAFT, summary="No title")

    assert problems(answer) == [("422", "required", api.pointer("title"))]
    assert await dump() == before


async def test_patch_changes_what_it_names(editor):
    await editor.send("PATCH", DRAFT, **WHOLE)

    answer = await editor.send("PATCH", DRAFT, summary=None, categoryId=None)

    made = shown(answer)
    assert (made["title"], made["summary"], made["body"]["raw"]) == ("Roses", None, "<p>Red.</p>")
    assert await links(editor, DRAFT) == [IDS["owner"], None, IDS["image"], WHOLE["tagIds"]]


async def test_a_patch_of_nothing_changes_nothing(editor, dump):
    before = await dump()

    answers = [await editor.send("PATCH", DRAFT), await editor.send("PATCH", DRAFT, title="Item")]

    assert answers[0].status_code == 200
    assert shown(answers[0])["version"] == 1
    assert before != await dump()


async def test_another_author_only_by_who_may_change_everything(as_, api, dump):
    before = await dump()

    answer = await as_("owner").send("PATCH", DRAFT, authorId=IDS["other"])

    assert problems(answer) == [("403", "insufficient_permissions", None)]
    assert await dump() == before


async def test_from_draft_to_archive(editor, api):
    published = await editor.send("POST", f"{DRAFT}/publish")
    assert (published.status_code, shown(published)["status"]) == (200, "PUBLISHED")
    assert (await api.raw("GET", DRAFT)).status_code == 200

    assert shown(await editor.send("POST", f"{DRAFT}/publish"))["status"] == "PUBLISHED"
    assert shown(await editor.send("POST", f"{DRAFT}/unpublish"))["status"] == "DRAFT"
    assert (await api.raw("GET", DRAFT)).status_code == 404
    archived = await editor.send("POST", f"{DRAFT}/archive")
    assert (archived.status_code, shown(archived)["status"]) == (200, "ARCHIVED")
    assert (await api.raw("GET", DRAFT)).status_code == 404


async def test_pending_changes_are_published_or_forgotten(editor, api):
    changed = await editor.send("PATCH", PUBLISHED, title="Newer")
    assert shown(changed)["hasUnpublishedChanges"] is True
    assert shown(await api.raw("GET", PUBLISHED))["title"] != "Newer"

    await editor.send("POST", f"{PUBLISHED}/publish")
    assert shown(await api.raw("GET", PUBLISHED))["title"] == "Newer"
    await editor.send("PATCH", PUBLISHED, title="Newest")
    discarded = await editor.send("POST", f"{PUBLISHED}/discard-draft")
    assert (shown(discarded)["title"], shown(discarded)["hasUnpublishedChanges"]) == (
        "Newer", False
    )  # fmt: skip


async def test_plans(editor, api):
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    later = soon + timedelta(days=1)

    planned = await editor.send(
        "POST", f"{DRAFT}/schedule", publishAt=soon.isoformat(), unpublishAt=later.isoformat()
    )
    past = await editor.send("POST", f"{DRAFT}/schedule", publishAt="2020-01-01T00:00:00Z")
    wrong = await editor.send("POST", f"{DRAFT}/schedule", publishAt="tomorrow")

    assert shown(planned)["scheduledPublishAt"] == soon.isoformat()
    assert shown(planned)["scheduledUnpublishAt"] == later.isoformat()
    assert problems(past) == [("422", "invalid", api.pointer("publishAt"))]
    assert problems(wrong) == [("400", "validation_error", api.pointer("publishAt"))]


async def test_a_copy_is_a_draft_of_its_own(as_, api):
    answer = await as_("other").send("POST", f"{PUBLISHED}/duplicate")

    assert answer.status_code == 201
    path = answer.headers["Location"].removeprefix(api.root)
    assert path not in (PUBLISHED, "")
    assert shown(answer)["status"] == "DRAFT"
    assert await linked(as_("other"), path, "author") == IDS["other"]


async def test_into_the_trash_and_out_of_it(as_, editor):
    assert (await editor.send("DELETE", DRAFT)).status_code == 204
    assert (await editor.raw("GET", DRAFT)).status_code == 404
    assert (await editor.send("PATCH", DRAFT, title="x")).status_code in (404, 409)
    trash = (await editor.raw("GET", "/content-items/trash")).json()["data"]
    assert {one["id"] for one in trash} == {IDS["draft"], IDS["trashed"]}

    restored = await editor.send("POST", f"{DRAFT}/restore")
    assert (restored.status_code, shown(restored)["deletedAt"]) == (200, None)
    assert (await editor.send("POST", f"{TRASHED}/purge")).status_code == 204
    assert (await editor.send("POST", f"{TRASHED}/restore")).status_code == 404


async def test_what_is_not_in_the_trash_is_not_purged(editor, dump):
    before = await dump()

    answer = await editor.send("POST", f"{PUBLISHED}/purge")

    assert [problem[:2] for problem in problems(answer)] == [("409", "invalid_state")]
    assert await dump() == before


async def test_what_an_item_was(editor, api):
    pending = await editor.send("POST", f"{PUBLISHED}/revisions/1/restore")
    assert (pending.status_code, shown(pending)["title"]) == (200, "Before")
    assert shown(await api.raw("GET", PUBLISHED))["title"] != "Before"

    public = await editor.send("POST", f"{PUBLISHED}/revisions/1/restore", publish=True)
    assert public.status_code == 200
    assert shown(await api.raw("GET", PUBLISHED))["title"] == "Before"
    for number in ("99", "0", "x", "1.5", "-1", "99999999999"):
        absent = await editor.send("POST", f"{PUBLISHED}/revisions/{number}/restore")
        assert problems(absent) == [("404", "not_found", None)]


async def test_who_has_a_token_sees_a_draft(editor, api):
    made = await editor.send("POST", f"{DRAFT}/preview-tokens", "preview-tokens", expiresIn=60)
    assert (made.status_code, "ETag" in made.headers) == (201, False)
    assert made.headers["Cache-Control"] == "no-store"
    parameter = "preview_token" if api.version == "v1" else "previewToken"
    address = f"{DRAFT}?{parameter}={shown(made)['token']}"
    assert (await api.raw("GET", address)).status_code == 200

    assert (await editor.send("DELETE", f"{DRAFT}/preview-tokens")).status_code == 204
    assert (await api.raw("GET", address)).status_code in (400, 404)


async def test_a_write_answers_with_the_fields_that_are_asked_for(editor, api):
    type = "content-item" if api.version == "v1" else "content-items"
    user = "user" if api.version == "v1" else "users"
    query = f"include=author&fields[{type}]=title,author&fields[{user}]=username"

    created = await editor.send("POST", f"/content-items?{query}", "content-items", title="New")
    changed = await editor.send("PATCH", f"{DRAFT}?{query}", "content-items", title="Newer")

    for answer, title, author in ((created, "New", "editor"), (changed, "Newer", "owner")):
        data = answer.json()["data"]
        assert data["attributes"] == {"title": title}
        assert data["relationships"].keys() == {"author"}
        (included,) = answer.json()["included"]
        assert included["attributes"] == {"username": author}


@pytest.mark.parametrize("api", ["v2"], indirect=True)
async def test_members_of_other_vocabularies_are_ignored_wherever_they_stand(as_):
    """@-members: JSON:API 1.1, member names."""
    tags = {"data": [{"type": "tags", "id": IDS["tag"], "@id": 1}], "@type": "Thing"}
    attributes = {"title": "Roses", "@context": {}, "body": {"value": "Red.", "@a": [{"@b": 1}]}}
    data = {
        "type": "content-items", "@type": "Thing", "attributes": attributes,
        "relationships": {"tags": tags, "@other": None},
    }  # fmt: skip

    answer = await as_("editor").raw("POST", "/content-items", {"@context": "x", "data": data})

    assert answer.status_code == 201, answer.text
    assert (shown(answer)["title"], shown(answer)["body"]["raw"]) == ("Roses", "Red.")
