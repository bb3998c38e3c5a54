"""A small library with nothing left to chance, for tests to say exactly what REST shows of it."""

from datetime import UTC, datetime, timedelta

from app.auth import opaque
from app.db import Database
from app.models import (
    ApiKey,
    Base,
    ContentDraft,
    ContentStatus,
    MediaKind,
    Revision,
    Session,
    Tag,
    User,
)
from app.permissions import Role
from tests import factories as make

AT = datetime(2026, 1, 1, 12, tzinfo=UTC)
SHOWN = "2026-01-01T12:00:00+00:00"
CHANGED = AT + timedelta(days=1)
CHANGED_SHOWN = "2026-01-02T12:00:00+00:00"
SECRET = "s" * 43

ADA, BOB, EVE, ROOT = (f"usr_{n:026}" for n in range(1, 5))
PUBLISHED, DRAFT, TRASHED, ARCHIVED = (f"cnt_{n:026}" for n in range(1, 5))
IMAGE, SOUND = (f"med_{n:026}" for n in range(1, 3))
PLANTS, TREES = (f"cat_{n:026}" for n in range(1, 3))
GREEN, OLD = (f"tag_{n:026}" for n in range(1, 3))
KEY = f"key_{1:026}"
REVISION = f"rev_{1:026}"
SESSIONS = {ADA: f"ses_{1:026}", BOB: f"ses_{2:026}", EVE: f"ses_{3:026}", ROOT: f"ses_{4:026}"}
NOBODY = f"usr_{9:026}"

WHEN = {"created_at": AT, "updated_at": CHANGED}
SNAPSHOT = {
    "title": "Oaks before", "slug": "oaks", "summary": None, "body": "Old words",
    "bodyFormat": "MARKDOWN", "categoryId": TREES, "featuredImageId": IMAGE, "tagIds": [OLD],
}  # fmt: skip


async def fill(db: Database) -> None:
    """Ada wrote the items and uploaded the media; Eve is an editor, Root an administrator."""
    people, (image, sound), (green, old) = _people(), _media(), _tags()
    items = _items(people[0])
    rows = (image, *people, sound, green, old, *_categories(), *items, *_revisions(), *_access())
    await make.add(db, *rows, tags={items[0]: [old, green]})


def _people() -> list[User]:
    ada = make.user(
        id=ADA, username="ada", full_name="Ada Lovelace", bio="Counts", email="ada@heart.example",
        email_key="ada@heart.example", email_verified_at=AT, role=Role.USER, version=3,
        profile_image_id=IMAGE, preferences={"theme": "DARK"}, **WHEN,
    )  # fmt: skip
    others = ((BOB, "bob", Role.USER), (EVE, "eve", Role.EDITOR), (ROOT, "root", Role.ADMIN))
    return [ada, *(make.user(id=id, username=name, role=role, **WHEN) for id, name, role in others)]


def _media() -> list[Base]:
    return [
        make.image(id=IMAGE, file_name="oak.png", external_url="https://images.example/oak.png",
                   title="An oak", alt_text="A tree", sha256=None, version=2, **WHEN),
        make.image(id=SOUND, kind=MediaKind.AUDIO, mime_type="audio/mpeg", file_name="wind.mp3",
                   external_url="https://images.example/wind.mp3", width=None, height=None,
                   duration=2.5, uploaded_by_id=ADA,
                   **{**WHEN, "created_at": AT + timedelta(hours=1)}),
    ]  # fmt: skip


def _tags() -> list[Tag]:
    return [
        make.tag("Green", id=GREEN, version=2, **WHEN),
        make.tag("Old", id=OLD, **WHEN),
    ]


def _categories() -> list[Base]:
    plants = make.category("Plants", id=PLANTS, description="What grows", position=1, **WHEN)
    return [plants, make.category("Trees", plants, id=TREES, **WHEN)]


def _items(ada: User) -> list[Base]:
    trash = {"status": ContentStatus.DRAFT, "deleted_at": CHANGED}
    old = {"status": ContentStatus.ARCHIVED, "published_at": AT}
    return [
        make.item(ada, id=PUBLISHED, title="Oaks", slug="oaks", summary="On trees", body="*Tall*",
                  category_id=TREES, featured_image_id=IMAGE, version=4, published_at=AT,
                  first_published_at=AT, **WHEN),
        make.item(ada, id=DRAFT, title="Elms", slug="elms", kind="page", body="Words",
                  status=ContentStatus.DRAFT,
                  **{**WHEN, "created_at": AT + timedelta(hours=1)}),
        make.item(ada, id=TRASHED, title="Weeds", slug="weeds", **trash, **WHEN),
        make.item(ada, id=ARCHIVED, title="Ferns", slug="ferns", **old,
                  **{**WHEN, "created_at": AT + timedelta(hours=2)}),
    ]  # fmt: skip


def _revisions() -> list[Base]:
    """What the published item was, and what it is going to be."""
    of = {"item_id": PUBLISHED, "created_by_id": ADA}
    return [
        Revision(id=REVISION, number=1, snapshot=SNAPSHOT, message="A start", created_at=AT,
                 published_at=AT, **of),
        Revision(number=2, snapshot={**SNAPSHOT, "title": "Oaks to come"}, created_at=CHANGED,
                 **of),
        ContentDraft(item_id=PUBLISHED, revision=2, version=4),
    ]  # fmt: skip


def _access() -> list[Base]:
    later = datetime.now(UTC) + timedelta(days=1)
    return [
        *(Session(id=id, user_id=user, expires_at=later, created_at=AT, last_seen_at=AT)
          for user, id in SESSIONS.items()),
        ApiKey(id=KEY, user_id=ADA, name="Reader", scopes=["public:read"],
               digest=opaque.digest(SECRET), created_at=AT, last_used_at=datetime.now(UTC)),
    ]  # fmt: skip
