"""Erasing a user: what goes, what stays for others, and that nothing personal is left anywhere."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, inspect, select, text

from app import jobs
from app.handlers import HANDLERS
from app.models import (
    ApiKey,
    Attempt,
    AuditEntry,
    ContentDraft,
    ContentItem,
    ContentStatus,
    Credential,
    IdempotencyRecord,
    Job,
    MailedToken,
    Media,
    OutboxEvent,
    PreviewToken,
    Purpose,
    RecoveryCode,
    RefreshToken,
    Revision,
    Session,
    Tag,
    User,
)
from app.operations import erase as operation
from app.operations.accounts import attempts
from app.permissions import Actor, Role
from tests import factories as make

ADA, BOB, CLO, EVE = (f"usr_{number:026}" for number in range(1, 5))
AS_ADA, AS_ADMIN = Actor(ADA, Role.USER), Actor(CLO, Role.ADMIN)
LATER = datetime.now(UTC) + timedelta(days=1)
PASSWORD = "Trillian42heart"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
NEEDLES = ("zaphod", "beeblebrox", "twoheads", "galacticpresident", "203.0.113.7", "towel")

ERASE = """
mutation ($input: EraseUserInput!) {
  eraseUser(input: $input) { erasedId errors { field code } }
}
"""


def ada() -> User:
    return make.user(
        id=ADA,
        username="Zaphod_B",
        full_name="Zaphod Beeblebrox",
        email="zaphod@heart.example",
        email_key="zaphod@heart.example",
        bio="Has twoheads, was galacticpresident",
        preferences={"theme": "DARK"},
        import_key="wp:zaphod",
    )


def account() -> list[object]:
    return [
        Credential(user_id=ADA, password_hash=CHEAP.hash(PASSWORD)),
        RecoveryCode(digest="1" * 64, user_id=ADA),
        Session(
            id="ses_1", user_id=ADA, expires_at=LATER, ip_address="203.0.113.7", user_agent="towel"
        ),
        RefreshToken(digest="2" * 64, session_id="ses_1"),
        ApiKey(user_id=ADA, name="Key of Zaphod", scopes=["*"], digest="3" * 64),
        MailedToken(
            digest="4" * 64, user_id=ADA, purpose=Purpose.VERIFY_EMAIL, expires_at=LATER,
            email_key="zaphod@heart.example",
        ),
        IdempotencyRecord(
            owner=ADA, key="towel", fingerprint="5" * 64, answer={"user_id": ADA}, expires_at=LATER
        ),
        Attempt(key=attempts.keys("sign_in", "zaphod_b", None)["account"], last_at=LATER),
        Attempt(key=attempts.hidden("sign_in", ADA), last_at=LATER),
        Attempt(key=attempts.keys("mail", "zaphod@heart.example", None)["account"], last_at=LATER),
        Job(kind="mail", payload={"user_id": ADA, "text": "Dear Zaphod"}),
        Job(kind="mail", payload={"to": "zaphod@heart.example"}),
        Job(kind="mail", payload={"to": "bob@heart.example", "user_id": BOB}),
    ]  # fmt: skip


@pytest.fixture
async def world(db):
    """Ada with all that can be known of her, and others who need some of it; media by name."""
    people = [ada(), make.user(id=BOB), make.user(id=CLO, role=Role.ADMIN)]
    media = {
        name: make.image(
            uploaded_by_id=ADA, title=f"{word} {name}", external_url=None,
            storage_key=f"2026/01/{name}.png",
        )
        for name, word in (("portrait", "Zaphod"), ("unused", "towel"), ("shown", "Garden"))
    }  # fmt: skip
    mine = [
        make.item(people[0], id=f"cnt_{number:026}", title=f"Towel {number}", body="twoheads")
        for number in range(3)
    ]
    mine[1].status, mine[2].deleted_at = ContentStatus.DRAFT, make.NOON
    tag = make.tag("Roses")
    await make.add(
        db,
        *people, *media.values(), tag, *mine, *account(),
        make.item(people[1], id="cnt_bob", featured_image_id=media["shown"].id),
        *(
            Revision(
                id=f"rev_{number}", item_id=item, number=1, snapshot={"title": "Title"},
                created_by_id=ADA,
            )
            for number, item in enumerate((mine[0].id, "cnt_bob"))
        ),
        ContentDraft(item_id=mine[0].id, revision=1, version=2),
        PreviewToken(digest="6" * 64, item_id=mine[0].id, expires_at=LATER),
        tags={mine[0]: [tag]},
    )  # fmt: skip
    async with db.write() as session:
        await session.execute(
            text("UPDATE users SET profile_image_id = :id WHERE id = :user"),
            {"id": media["portrait"].id, "user": ADA},
        )
    return {name: row.id for name, row in media.items()}


async def everything(db) -> dict[str, str]:
    """Every row of every table, as text, by the name of its table: those of the index, too."""
    names = await db.inspect(lambda connection: inspect(connection).get_table_names())
    rows = {name: await db.fetch(text(f"SELECT * FROM {name}")) for name in names}
    return {
        name: "\n".join(sorted(str([_readable(value) for value in row]) for row in found))
        for name, found in rows.items()
    }


def _readable(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


async def left(resources, needles=NEEDLES) -> set[tuple[str, str]]:
    """Where personal words are, once the jobs of the erasure are done."""
    for job in await jobs.claim(resources.db, datetime.now(UTC)):
        if not job.kind.startswith("mail"):
            await HANDLERS[job.kind](resources, job.payload)
    found = await everything(resources.db)
    return {
        (name, word)
        for name, rows in found.items()
        for word in needles
        if word in rows.casefold()
    }  # fmt: skip


async def test_nothing_personal_is_left_when_all_is_removed(data, db, resources, world):
    assert {word for _, word in await left(resources)} == set(NEEDLES)
    answer = await data(ERASE, AS_ADMIN, input={"id": ADA, "content": "REMOVE"})

    assert answer["eraseUser"] == {"erasedId": ADA, "errors": []}
    assert await left(resources) == set()
    assert await db.fetch(select(Attempt.key)) == []


async def test_nothing_is_left_on_the_disk(data, db, resources, settings, tmp_path, world):
    folder = settings.media_dir / "2026/01"
    folder.mkdir(parents=True)
    for name in world:
        (folder / f"{name}.png").write_bytes(b"towel")
    (folder / "shown.png").write_bytes(b"garden")

    await data(ERASE, AS_ADMIN, input={"id": ADA, "content": "REMOVE"})
    await left(resources)
    await db.close()  # SQLite's journal is now in its file

    files = {path: path.read_bytes().lower() for path in tmp_path.rglob("*") if path.is_file()}
    assert [path.name for path in files if path.suffix == ".png"] == ["shown.png"]
    found = [
        (path.name, word) for path in files for word in NEEDLES if word.encode() in files[path]
    ]
    assert found == []


async def test_what_others_show_stays_and_belongs_to_nobody(data, db, world):
    await data(ERASE, AS_ADMIN, input={"id": ADA, "content": "REMOVE"})

    rows = select(Media.id, Media.uploaded_by_id, Media.version)
    assert await db.fetch(rows) == [(world["shown"], None, 2)]
    assert await db.fetch(select(ContentItem.id)) == [("cnt_bob",)]
    assert await db.fetch(select(Revision.id, Revision.created_by_id)) == [("rev_1", None)]
    assert await db.fetch(select(Tag.name)) == [("Roses",)]
    waiting = select(Job.kind, Job.payload)
    assert sorted(await db.fetch(waiting), key=str) == [
        ("mail", {"to": "bob@heart.example", "user_id": BOB}),
        ("media.remove_file", {"key": "2026/01/portrait.png"}),
        ("media.remove_file", {"key": "2026/01/unused.png"}),
        ("search.compact", {}),
    ]


async def test_the_log_and_the_outside_are_told_by_ids(data, db, world):
    await data(ERASE, AS_ADMIN, input={"id": ADA, "content": "REMOVE"})

    entries = await db.fetch(select(AuditEntry.action, AuditEntry.actor_id))
    expected = {
        ("content_item.purged", CLO): 3,
        ("media.deleted", CLO): 2,
        ("media.updated", CLO): 1,
        ("user.erased", CLO): 1,
    }
    assert Counter(map(tuple, entries)) == expected
    events = select(OutboxEvent.data).where(OutboxEvent.type == "user.erased")
    assert await db.fetch(events) == [
        ({"actorId": CLO, "changedFields": [], "content": "REMOVE", "heir_id": None},)
    ]


async def test_an_admin_makes_everything_somebody_elses_but_the_portrait(
    data, db, resources, world
):
    given = {"id": ADA, "content": "REATTRIBUTE", "reattributeToId": BOB}
    answer = await data(ERASE, AS_ADMIN, input=given)

    assert answer["eraseUser"]["errors"] == []
    items = select(ContentItem.author_id, ContentItem.version).where(ContentItem.id != "cnt_bob")
    assert await db.fetch(items) == [(BOB, 2)] * 3
    assert await db.fetch(select(ContentDraft.version)) == [(3,)]
    media = dict(await db.fetch(select(Media.id, Media.uploaded_by_id)))
    assert media == {world["unused"]: BOB, world["shown"]: BOB}
    # What she wrote is kept, which is what was asked for; who she was is not.
    personal = await left(resources, ("zaphod", "beeblebrox", "galacticpresident", "203.0.113.7"))
    assert personal == set()
    found = await data("""{
        search(query: "towel", types: [CONTENT_ITEM]) { totalCount }
        zaphod: search(query: "zaphod") { totalCount }
    }""")
    assert found == {"search": {"totalCount": 1}, "zaphod": {"totalCount": 0}}


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"content": "REATTRIBUTE"}, ("reattributeToId", "REQUIRED")),
        ({"content": "REATTRIBUTE", "reattributeToId": ADA}, ("reattributeToId", "INVALID")),
        ({"content": "REATTRIBUTE", "reattributeToId": EVE}, ("reattributeToId", "NOT_FOUND")),
        ({"content": "REATTRIBUTE", "reattributeToId": "\0"}, ("reattributeToId", "NOT_FOUND")),
        ({"id": EVE}, ("id", "NOT_FOUND")),
        ({"id": "\0"}, ("id", "NOT_FOUND")),
    ],
)
async def test_what_cannot_be_done_changes_nothing(data, db, world, given, error):
    before = await everything(db)
    answer = await data(ERASE, AS_ADMIN, input={"id": ADA, "content": "REMOVE", **given})
    assert answer["eraseUser"]["errors"] == [{"field": error[0], "code": error[1]}]
    assert await everything(db) == before


async def test_people_erase_themselves_with_their_password(data, db, resources, world):
    before = await everything(db)
    del before["attempts"]
    mine = {"id": ADA, "content": "REMOVE"}
    for given, code in (
        ({}, "REQUIRED"),
        ({"password": ""}, "REQUIRED"),
        ({"password": "wrong"}, "INVALID_CREDENTIALS"),
    ):
        answer = await data(ERASE, AS_ADA, input=mine | given)
        assert answer["eraseUser"]["errors"] == [{"field": "password", "code": code}]
    # Nobody's name is put under somebody's words by their author.
    answer = await data(
        ERASE, AS_ADA,
        input=mine | {
            "content": "REATTRIBUTE", "reattributeToId": BOB, "password": PASSWORD,
        },
    )  # fmt: skip
    assert answer["eraseUser"]["errors"] == [{"field": "reattributeToId", "code": "FORBIDDEN"}]
    after = await everything(db)
    del after["attempts"]
    assert after == before

    answer = await data(ERASE, AS_ADA, input=mine | {"password": PASSWORD})
    assert answer["eraseUser"] == {"erasedId": ADA, "errors": []}
    assert await left(resources) == set()


async def test_a_password_leaves_no_trace_beside_the_key_of_a_replay(data, world):
    once = ERASE.replace(
        "eraseUser(input: $input)", 'eraseUser(input: $input) @idempotent(key: "1")'
    )
    for password in ("Wrong-Lamp-38", None, PASSWORD):
        given = {"id": ADA, "content": "REMOVE", "password": password}
        answer = await data(once, AS_ADMIN, input=given)
        assert answer["eraseUser"] == {"erasedId": ADA, "errors": []}


async def test_a_stranger_erases_nobody(ask, db, world):
    before = await everything(db)
    for actor in (Actor(BOB, Role.USER), Actor(BOB, Role.EDITOR)):
        body = await ask(ERASE, actor, input={"id": ADA, "content": "REMOVE"})
        codes = [error["extensions"]["code"] for error in body["errors"]]
        assert codes == ["INSUFFICIENT_PERMISSIONS"]
    assert await everything(db) == before


async def test_the_last_admin_is_not_erased(data, db, world):
    async with db.write() as session:
        session.add(Credential(user_id=CLO, password_hash=CHEAP.hash(PASSWORD)))
    before = await everything(db)
    given = {"id": CLO, "content": "REMOVE", "password": PASSWORD}
    answer = await data(ERASE, AS_ADMIN, input=given)
    assert answer["eraseUser"]["errors"] == [{"field": "id", "code": "INVALID_STATE"}]
    after = await everything(db)
    assert {**after, "attempts": ""} == {**before, "attempts": ""}


async def test_very_much_goes_in_batches(data, db, world, monkeypatch):
    monkeypatch.setattr(operation, "BATCH", 7)
    author = User(id=ADA)
    await make.add(db, *(make.item(author) for _ in range(50)))
    await make.add(db, *(make.image(uploaded_by_id=ADA) for _ in range(50)))

    await data(ERASE, AS_ADMIN, input={"id": ADA, "content": "REMOVE"})

    assert await db.fetch(select(func.count()).select_from(ContentItem)) == [(1,)]
    assert await db.fetch(select(Media.id)) == [(world["shown"],)]
    purged = select(func.count()).where(AuditEntry.action == "content_item.purged")
    assert await db.fetch(purged) == [(53,)]


async def test_sent_twice_under_one_key_it_is_answered_twice(data, db, world):
    once = ERASE.replace(
        "eraseUser(input: $input)", 'eraseUser(input: $input) @idempotent(key: "1")'
    )
    given = {"id": ADA, "content": "REMOVE"}
    answers = [await data(once, AS_ADMIN, input=given) for _ in range(2)]

    assert [answer["eraseUser"]["erasedId"] for answer in answers] == [ADA, ADA]
    stored = await db.fetch(select(IdempotencyRecord.owner, IdempotencyRecord.answer))
    assert [row.owner for row in stored] == [CLO]
    assert "zaphod" not in json.dumps(stored[0].answer).casefold()
