"""`Idempotency-Key`: what is sent twice is done once. `Prefer`: answers without bodies."""

import asyncio

import pytest
from sqlalchemy import func, select

from app.models import ContentItem, Tag
from tests.resolvers.access_world import IDS, SECRETS
from tests.rest.writing import addressed, body, identifiers, problems

ITEM = f"/content-items/{IDS['draft']}"


@pytest.fixture
def editor(as_):
    return as_("editor").with_(Idempotency_Key="one")


async def count(db, model):
    return (await db.fetch(select(func.count()).select_from(model)))[0][0]


async def test_the_second_is_answered_like_the_first(db, editor):
    first = await editor.send("POST", "/tags", name="New")
    second = await editor.send("POST", "/tags", name="New")

    assert (first.status_code, second.status_code) == (201, 201)
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.content == first.content
    assert second.headers["Location"] == first.headers["Location"]
    assert await count(db, Tag) == 3


async def test_thirty_at_once_are_done_once(db, editor):
    answers = await asyncio.gather(
        *(editor.send("POST", "/content-items", title="New") for _ in range(30))
    )

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    replayed = [answer.headers.get("Idempotent-Replayed") for answer in answers]
    assert (replayed.count(None), replayed.count("true")) == (1, 29)
    assert await count(db, ContentItem) == 4


async def test_another_request_under_the_same_key(db, editor, dump):
    await editor.send("POST", "/tags", name="New")
    before = await dump()

    for path, input in [
        ("/tags", {"name": "Other"}), ("/categories", {"name": "New"}), (f"{ITEM}/publish", {}),
    ]:  # fmt: skip
        answer = await editor.send("POST", path, **input)
        assert problems(answer) == [("422", "idempotency_mismatch", "Idempotency-Key")]
    assert await dump() == before


async def test_keys_are_those_of_who_sends_them(db, as_):
    for name in ("editor", "admin"):
        answer = await as_(name).with_(Idempotency_Key="one").send("POST", "/tags", name="New")
        assert "Idempotent-Replayed" not in answer.headers
    assert await count(db, Tag) == 4


async def test_actions_and_relationships(as_, api):
    editor = as_("editor")
    named = identifiers("tags", [IDS["tag"]])
    linkage = {"data": named} if api.version == "v2" else named
    calls = [(f"{ITEM}/publish", None), (f"{ITEM}/relationships/tags", linkage)]
    for path, content in calls:
        mine = editor.with_(Idempotency_Key=path)
        first, second = [await mine.raw("POST", path, content) for _ in range(2)]
        assert (first.status_code, second.status_code) == (200, 200)
        assert second.headers["Idempotent-Replayed"] == "true"


async def test_what_leaves_nothing_to_be_shown(editor):
    first, second = [
        await editor.send("POST", f"/content-items/{IDS['trashed']}/purge") for _ in range(2)
    ]

    assert (first.status_code, second.status_code) == (204, 204)
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"


async def test_what_was_refused_may_be_sent_again(as_):
    author = as_("owner").with_(Idempotency_Key="one")

    refused = await author.send("POST", "/content-items", title="")
    done = await author.send("POST", "/content-items", title="New")

    assert (refused.status_code, done.status_code) == (422, 201)
    assert "Idempotent-Replayed" not in done.headers


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
async def test_keys_that_are_none(as_, dump, key):
    before = await dump()

    answer = await as_("editor").with_(Idempotency_Key=key).send("POST", "/tags", name="New")

    assert problems(answer) == [("422", "invalid", "Idempotency-Key")]
    assert "1 to 255 printable characters" in answer.text
    assert await dump() == before


@pytest.mark.parametrize(
    ("path", "type", "input"),
    [
        ("/users", "users",
         {"username": "newcomer", "email": "n@heart.example", "password": SECRETS["password"]}),
        ("/auth/login", "tokens", {"username": "owner", "password": SECRETS["password"]}),
        ("/auth/refresh", "tokens", {"refreshToken": SECRETS["refresh"]}),
        ("/api-keys", "api-keys", {"name": "New", "scopes": ["public:read"]}),
        (f"{ITEM}/preview-tokens", "preview-tokens", {"expiresIn": 60}),
    ],
)  # fmt: skip
async def test_secrets_are_not_kept_for_a_second_answer(editor, dump, path, type, input):
    before = await dump()

    answer = await editor.send("POST", path, type, **input)

    assert problems(answer) == [("422", "invalid", "Idempotency-Key")]
    assert answer.json()["errors"][0]["detail"] == (
        "This deals in secrets, which are not stored: send it without an idempotency key"
    )
    assert await dump() == before


async def test_other_methods_pass_it_over(editor):
    for _ in range(2):
        answer = await editor.send("PATCH", ITEM, title="New")
        assert answer.status_code == 200
        assert "Idempotent-Replayed" not in answer.headers


async def test_return_minimal(as_):
    editor = as_("editor").with_(Prefer="return=minimal")

    created = await editor.send("POST", "/tags", name="New")
    changed = await editor.send("PATCH", ITEM, title="New")

    assert (created.status_code, created.content) == (201, b"")
    assert created.headers["Location"].startswith(f"/api/{editor.version}/tags/tag_")
    assert (changed.status_code, changed.content) == (204, b"")
    for answer in (created, changed):
        assert answer.headers["Preference-Applied"] == "return=minimal"
        assert "Prefer" in answer.headers["Vary"]
    next = as_("editor").with_(If_Match=changed.headers["ETag"])
    assert (await next.send("PATCH", ITEM, title="Newer")).status_code == 200


@pytest.mark.parametrize(
    "prefer", ["respond-async", "return=representation", "handling=strict", "x"]
)
async def test_other_preferences_are_passed_over(as_, prefer):
    answer = await as_("editor").with_(Prefer=prefer).send("PATCH", ITEM, title="New")

    assert answer.status_code == 200
    assert answer.json()["data"]["attributes"]["title"] == "New"
    assert "Preference-Applied" not in answer.headers


async def test_among_other_preferences(as_, api):
    content = body(api.version, "content-items", {"title": "New"}, addressed(ITEM))
    for prefer in ("respond-async, return=minimal", "return=minimal; foo", 'Return="minimal"'):
        answer = await as_("editor").with_(Prefer=prefer).raw("PATCH", ITEM, content)
        assert answer.status_code == 204, prefer


async def test_secrets_are_answered_all_the_same(as_):
    """What is told once only cannot be left out."""
    owner = as_("owner").with_(Prefer="return=minimal")

    answer = await owner.send("POST", "/api-keys", name="New", scopes=["public:read"])

    assert answer.status_code == 201
    assert answer.json()["meta"]["secret"].startswith("tak_")
    assert "Preference-Applied" not in answer.headers
