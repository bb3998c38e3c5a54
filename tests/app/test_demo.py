"""The demo: what is loaded, that it is loaded once, and never among somebody's own content."""

import base64
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from PIL import Image
from sqlalchemy import func, select

from app.auth.passwords import Passwords, problems
from app.db import Database
from app.demo import load, load_if_empty, new_password, pictures
from app.demo.texts import community, texts
from app.errors import StartupError
from app.media.storage import FileStorage
from app.models import (
    Category,
    ContentItem,
    ContentStatus,
    Credential,
    Media,
    SearchDocument,
    Tag,
    User,
    content_tags,
)
from app.permissions import GUEST, Role
from app.selects import CONTENT
from app.selects.search import Query, hits
from app.text import slugify
from cli import main

DRAWN: dict[str, tuple[pictures.Picture, bytes]] = {}
MODELS = (User, Media, Tag, Category, ContentItem, SearchDocument)
COUNTS = {
    "users": 12, "media": 39, "tags": 31, "categories": 12, "content_items": 125,
    "search_documents": 12 + 39 + 31 + 125,
}  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> FileStorage:
    return FileStorage(tmp_path / "media")


@pytest.fixture(autouse=True)
def drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pictures of this module are real, but each is drawn only once."""
    for draw in (pictures.keep_scene, pictures.keep_portrait):

        def kept(folder: Path, name: str, *how: Any, draw: Callable[..., Any] = draw) -> Any:
            if name not in DRAWN:
                picture = draw(folder, name, *how)
                DRAWN[name] = picture, (folder / picture.storage_key).read_bytes()
            picture, data = DRAWN[name]
            (folder / picture.storage_key).parent.mkdir(parents=True, exist_ok=True)
            (folder / picture.storage_key).write_bytes(data)
            return picture

        monkeypatch.setattr(pictures, draw.__name__, kept)


async def counts(db: Database) -> dict[str, int]:
    return {
        model.__tablename__: (await db.fetch(select(func.count()).select_from(model)))[0][0]
        for model in MODELS
    }


async def own_user(db: Database, username: str) -> None:
    async with db.write() as session:
        session.add(User(username=username, username_key=username))


async def test_everything_is_there_once(db: Database, store: FileStorage) -> None:
    assert await load_if_empty(db, store) is True
    assert await counts(db) == COUNTS
    before = await db.fetch(select(User.id, User.updated_at).order_by(User.id))

    assert await load_if_empty(db, store) is False
    assert await load(db, store) is False
    assert await load(db, store, force=True) is False
    assert await counts(db) == COUNTS
    assert await db.fetch(select(User.id, User.updated_at).order_by(User.id)) == before


async def test_people_and_items(db: Database, store: FileStorage) -> None:
    await load(db, store)

    roles = await db.fetch(select(User.role, func.count()).group_by(User.role))
    assert dict(map(tuple, roles)) == {Role.ADMIN: 1, Role.EDITOR: 2, Role.USER: 9}
    statuses = await db.fetch(select(ContentItem.status, func.count()).group_by(ContentItem.status))
    assert dict(map(tuple, statuses)) == {
        ContentStatus.PUBLISHED: 118, ContentStatus.DRAFT: 5, ContentStatus.ARCHIVED: 2
    }  # fmt: skip
    scheduled = select(ContentItem.slug).where(ContentItem.scheduled_publish_at.is_not(None))
    assert sorted(await db.fetch(scheduled.order_by(ContentItem.slug))) == [
        ("next-question-who-is-a-compliment-for",),
        ("set-list-for-the-winter",),
    ]
    (mira,) = await db.fetch(select(User.__table__).where(User.username == "mira"))
    assert mira.full_name == "Mira Okonjo"
    assert mira.email == "mira@example.org"
    assert mira.preferences == {"theme": "SYSTEM", "emailNotifications": True}
    assert mira.updated_at == mira.created_at
    (portrait,) = await db.fetch(
        select(Media.uploaded_by_id).where(Media.id == mira.profile_image_id)
    )
    assert portrait == (mira.id,)


async def test_guests_see_what_is_published(db: Database, store: FileStorage) -> None:
    await load(db, store)

    seen = await db.fetch(CONTENT.visible(GUEST))

    assert len(seen) == 118
    assert {row.status for row in seen} == {ContentStatus.PUBLISHED}
    assert all(row.created_at < row.published_at for row in seen)


async def test_tags_keep_their_order(db: Database, store: FileStorage) -> None:
    await load(db, store)

    rows = await db.fetch(
        select(Tag.slug)
        .join(content_tags, content_tags.c.tag_id == Tag.id)
        .join(ContentItem, ContentItem.id == content_tags.c.item_id)
        .where(ContentItem.slug == "soup-for-a-cold-stairwell")
        .order_by(content_tags.c.position)
    )
    assert [slug for (slug,) in rows] == ["recipe", "soup", "winter"]


async def test_pictures_are_real_files(db: Database, store: FileStorage, tmp_path: Path) -> None:
    media_dir = tmp_path / "media"
    await load(db, store)

    rows = await db.fetch(select(Media.__table__))

    for row in rows:
        data = (media_dir / row.storage_key).read_bytes()
        digest = sha256(data).hexdigest()
        assert row.storage_key == f"{digest[:2]}/{digest}.jpg"
        assert row.size == len(data)
        with Image.open(BytesIO(data)) as image:
            assert (image.format, image.size) == ("JPEG", (row.width, row.height))
        scheme, _, tiny = row.placeholder.partition(",")
        assert scheme == "data:image/webp;base64"
        assert len(row.placeholder) < 600
        with Image.open(BytesIO(base64.b64decode(tiny))) as image:
            assert image.width / image.height == pytest.approx(row.width / row.height, rel=0.03)
        assert row.alt_text
    files = media_dir.glob("*/*")
    assert {str(path.relative_to(media_dir)) for path in files} == {row.storage_key for row in rows}
    assert sorted({(row.width, row.height) for row in rows}) == [(800, 800), (1600, 900)]


@pytest.mark.parametrize(
    ("words", "slugs"),
    [
        ("poplars", {"walking-to-the-edge-of-the-map", "where-the-wind-begins"}),
        ("fermentation gerda", set()),
        ("kombu", {"beans-for-fifteen-without-hurry"}),
        ("purée", set()),
        ("OUREM", {"seed-swap-what-went-over-the-table"}),
    ],
)
async def test_search_finds_the_words(
    db: Database, store: FileStorage, words: str, slugs: set[str]
) -> None:
    await load(db, store)

    found = hits(GUEST, Query(words, ("cnt",))).subquery()
    rows = await db.fetch(
        select(ContentItem.slug).join(found, found.c.subject_id == ContentItem.id)
    )

    assert {slug for (slug,) in rows} == slugs


async def test_foreign_content_is_left_alone(db: Database, store: FileStorage) -> None:
    await own_user(db, "somebody")

    assert await load_if_empty(db, store) is False
    with pytest.raises(StartupError, match="content of its own: add --force"):
        await load(db, store)
    assert (await counts(db))["users"] == 1

    assert await load(db, store, force=True) is True
    assert await counts(db) == COUNTS | {"users": 13}


async def test_a_name_that_is_taken_undoes_all(db: Database, store: FileStorage) -> None:
    await own_user(db, "yuki")

    with pytest.raises(StartupError, match="already uses a username or slug"):
        await load(db, store, force=True)

    assert await counts(db) == dict.fromkeys(COUNTS, 0) | {"users": 1}


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    run = CliRunner().invoke

    done, invitation = run(main, ["demo", "--data", str(tmp_path)]).output.splitlines()
    again = run(main, ["demo", "--data", str(tmp_path)]).output

    assert done == "The demo is loaded"
    assert re.fullmatch(
        r"Sign in as mira \(an admin\), jonas \(an editor\), noor \(an author\) with the password "
        r"Demo-1-(\w{4}-){2}\w{4} \(it is not shown again\)",
        invitation,
    )
    assert again == "The demo is there already\n"
    assert len(list((tmp_path / "media").glob("*/*.jpg"))) == 39


def test_nobody_can_sign_in_to_the_demo_in_production(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    production = {
        "THINKALIKE_ENVIRONMENT": "production", "THINKALIKE_MIGRATE": "true",
        "THINKALIKE_SECRET_KEY": "x" * 32,
    }  # fmt: skip

    done = CliRunner(env=production).invoke(main, ["demo", "--data", str(tmp_path)])

    assert done.output == "The demo is loaded\n"
    with closing(sqlite3.connect(tmp_path / "thinkalike.db")) as stored:
        assert stored.execute("SELECT count(*) FROM credentials").fetchall() == [(0,)]


async def test_some_can_sign_in_with_the_password(db: Database, store: FileStorage) -> None:
    password = new_password()
    assert problems(password, personal=["mira", "mira@example.org"]) == []

    await load(db, store, password=password)

    known = select(User.username, User.role, Credential.password_hash)
    known = known.join(Credential, Credential.user_id == User.id).order_by(User.username)
    rows = await db.fetch(known)
    assert [(row.username, row.role) for row in rows] == [
        ("jonas", Role.EDITOR), ("mira", Role.ADMIN), ("noor", Role.USER)
    ]  # fmt: skip
    passwords = Passwords()
    assert all([await passwords.verify(row.password_hash, password) for row in rows])
    passwords.close()


def test_a_picture_is_the_same_every_time(tmp_path: Path) -> None:
    palette = community()["pictures"]["hot-bowl"]["palette"]

    one = pictures.keep_scene(tmp_path / "one", "hot-bowl", "bowl", palette)
    two = pictures.keep_scene(tmp_path / "two", "hot-bowl", "bowl", palette)

    assert one == two
    assert pictures.keep_scene(tmp_path / "one", "other", "bowl", palette) != one
    assert [path.name for path in (tmp_path / "two").glob("*/*")] == [Path(two.storage_key).name]


def test_texts_fit_together() -> None:
    known, written = community(), texts()

    assert {text.author for text in written} == set(known["people"])
    assert {tag for text in written for tag in text.tags} == set(known["tags"])
    assert {text.image for text in written if text.image} == set(known["pictures"])
    assert {text.category for text in written} | {"outside", "thinking"} == set(known["categories"])
    assert len({slugify(text.title) for text in written}) == len(written)
    assert all(text.body and len(set(text.tags)) == len(text.tags) for text in written)
