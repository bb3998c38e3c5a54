"""Writes that depend on what is there: `If-Match` and its like (RFC 9110, 13)."""

import asyncio

import pytest

from tests.resolvers.access_world import IDS
from tests.rest.writing import identifiers, problems, shown

ITEM = f"/content-items/{IDS['draft']}"
USER = f"/users/{IDS['owner']}"


@pytest.fixture
def editor(as_):
    return as_("editor")


async def test_an_answer_has_the_etag_of_the_next(editor):
    first = await editor.etag(ITEM)
    changed = await editor.with_(If_Match=first).send("PATCH", ITEM, title="New")
    again = await editor.raw("GET", ITEM)
    same = await editor.with_(If_None_Match=changed.headers["ETag"]).raw("GET", ITEM)

    assert (changed.status_code, changed.headers["ETag"][:3]) == (200, '"2-')
    assert changed.headers["ETag"] == again.headers["ETag"] != first
    assert changed.content == again.content
    assert same.status_code == 304


@pytest.mark.parametrize(
    ("expected", "status"),
    [
        ("{tag}", 200),
        ("*", 200),
        ('"nothing-of-ours", {tag}', 200),
        ("{tag}, {tag}", 200),
        ("W/{tag}", 412),
        ('"7-AAAAAAAAAAAAAAAAAAAAAA"', 412),
        ('"nothing-of-ours"', 412),
        ("{version}", 412),  # not in quotes
        ("", 412),
        ('{tag}, "7-AAAAAAAAAAAAAAAAAAAAAA"', 400),
    ],
)
async def test_if_match(editor, dump, expected, status):
    tag = await editor.etag(ITEM)
    before = await dump()

    condition = expected.format(tag=tag, version=tag[1])
    answer = await editor.with_(If_Match=condition).send("PATCH", ITEM, title="New")

    assert answer.status_code == status
    if status != 200:
        assert await dump() == before
    if status == 412:
        assert problems(answer) == [("412", "version_conflict", "If-Match")]
        assert "version 0" not in answer.json()["errors"][0]["detail"]


async def test_another_representation_of_the_same_version_will_do(editor, api):
    some = await editor.etag(
        f"{ITEM}?fields[{'content-item' if api.version == 'v1' else 'content-items'}]=title"
    )

    answer = await editor.with_(If_Match=some).send("PATCH", ITEM, title="New")

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("header", "value", "status", "code"),
    [
        ("If-None-Match", "*", 412, "version_conflict"),
        ("If-None-Match", '"1-AAAAAAAAAAAAAAAAAAAAAA"', 400, "bad_request"),
        ("If-Unmodified-Since", "Thu, 01 Jan 2099 00:00:00 GMT", 400, "bad_request"),
    ],
)
async def test_other_conditions_of_a_write(editor, dump, header, value, status, code):
    before = await dump()

    answer = await editor.with_(**{header: value}).send("PATCH", ITEM, title="New")

    assert problems(answer) == [(str(status), code, header)]
    assert await dump() == before


async def test_what_has_no_versions_takes_no_conditions(as_, dump):
    before = await dump()

    answer = await as_("editor").with_(If_Match='"1-x"').send("POST", "/tags", name="New")

    assert problems(answer) == [("400", "bad_request", "If-Match")]
    assert await dump() == before


async def test_everything_that_changes_a_version_takes_it(as_, api, dump):
    tags = ["/content-items/{published}", "/tags/{tag}", "/categories/{category}", "/users/{owner}"]
    published, tag, category, owner = (path.format(**IDS) for path in tags)
    named = identifiers("tags", [IDS["tag"]])
    linkage = {"data": named} if api.version == "v2" else named
    before = await dump()

    calls = [
        ("PUT", published, {"title": "New"}),
        ("PATCH", published, {"title": "New"}),
        ("DELETE", published, {}),
        *(("POST", f"{published}/{action}", {}) for action in ("publish", "unpublish", "archive")),
        ("POST", f"{published}/discard-draft", {}),
        ("POST", f"{published}/schedule", {"publishAt": "2099-01-01T00:00:00Z"}),
        ("POST", f"{published}/revisions/1/restore", {}),
        ("PATCH", tag, {"name": "New"}),
        ("DELETE", tag, {}),
        ("POST", f"{tag}/merge", {"fromIds": [IDS["other_tag"]]}),
        ("PATCH", category, {"name": "New"}),
        ("DELETE", category, {}),
        ("PATCH", owner, {"fullName": "New"}),
        ("POST", f"{owner}/assign-role", {"role": "EDITOR"}),
        ("POST", f"{owner}/deactivate", {}),
        ("PATCH", f"/media/{IDS['image']}", {"title": "New"}),
        ("DELETE", f"/media/{IDS['image']}", {}),
        ("DELETE", f"/users/{IDS['other']}", {}),
    ]
    admin = as_("admin").with_(If_Match='"9-AAAAAAAAAAAAAAAAAAAAAA"')
    answers = [await admin.send(method, path, **input) for method, path, input in calls]
    answers += [
        await admin.raw(method, f"{published}/relationships/tags", linkage)
        for method in ("PATCH", "POST", "DELETE")
    ]
    preferences = f"{owner}/preferences"
    answers.append(await admin.send("PATCH", preferences, "preferences", theme="DARK"))

    assert [problems(answer) for answer in answers] == [
        [("412", "version_conflict", "If-Match")]
    ] * len(answers)
    assert await dump() == before


async def test_other_problems_come_before_the_condition(as_):
    wrong = '"9-AAAAAAAAAAAAAAAAAAAAAA"'

    assert (
        await as_("guest").with_(If_Match=wrong).send("PATCH", ITEM, title="x")
    ).status_code == 401
    assert (
        await as_("other").with_(If_Match=wrong).send("PATCH", ITEM, title="x")
    ).status_code == 404
    assert (
        await as_("owner").with_(If_Match=wrong).send("PATCH", ITEM, title=3)
    ).status_code == 400


async def test_of_twenty_writers_that_saw_the_same_one_wins(editor):
    mine = editor.with_(If_Match=await editor.etag(ITEM))

    answers = await asyncio.gather(
        *(mine.send("PATCH", ITEM, title=f"Title {number}") for number in range(20))
    )

    won = [answer for answer in answers if answer.status_code == 200]
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 19
    now = await editor.raw("GET", ITEM)
    assert now.json()["data"] == won[0].json()["data"]
    assert shown(now)["version"] == 2


class TestRequired:
    @pytest.fixture
    def settings(self, settings):
        return settings.model_copy(update={"require_if_match": True})

    async def test_put_and_patch_must_say_what_they_change(self, as_, dump):
        before = await dump()
        for method, path, input in [
            ("PUT", ITEM, {"title": "New"}),
            ("PATCH", ITEM, {"title": "New"}),
            ("PATCH", USER, {"bio": "New"}),
        ]:
            answer = await as_("admin").send(method, path, **input)
            assert problems(answer) == [("428", "precondition_required", "If-Match")]
        assert await dump() == before

    async def test_with_an_etag_or_for_any_version(self, as_):
        admin = as_("admin")
        tag = await admin.etag(ITEM)

        for condition in (tag, "*"):
            answer = await admin.with_(If_Match=condition).send("PATCH", ITEM, title="New")
            assert answer.status_code == 200

    async def test_other_methods_need_not(self, as_):
        admin = as_("admin")

        assert (await admin.send("POST", "/tags", name="New")).status_code == 201
        assert (await admin.send("POST", f"{ITEM}/publish")).status_code == 200
        assert (await admin.send("DELETE", ITEM)).status_code == 204
