"""The rows, one after the other, each with what a search finds of it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import accumulate
from random import Random
from typing import Any, TypeVar

from app import ids, indexing
from app.generate.plan import Plan
from app.generate.prose import Writer
from app.generate.words import given, language
from app.indexing import Entry
from app.models import ContentStatus, MediaKind
from app.models.users import Theme
from app.permissions import Role
from app.richtext import Format
from app.text import fold, key, slugify

Row = dict[str, Any]
T = TypeVar("T")

KINDS = (("article", 0.7), ("note", 0.15), ("page", 0.1), ("event", 0.05))
STATUSES = (
    (ContentStatus.PUBLISHED, 0.85), (ContentStatus.DRAFT, 0.1), (ContentStatus.ARCHIVED, 0.05)
)  # fmt: skip
TAGS_EACH = ((0, 5), (1, 12), (2, 22), (3, 26), (4, 18), (5, 10), (6, 5), (7, 2))
FILES = (
    ("jpg", "image/jpeg", MediaKind.IMAGE, 80), ("png", "image/png", MediaKind.IMAGE, 10),
    ("mp4", "video/mp4", MediaKind.VIDEO, 5), ("mp3", "audio/mpeg", MediaKind.AUDIO, 3),
    ("pdf", "application/pdf", MediaKind.DOCUMENT, 2),
)  # fmt: skip
SHAPES = ((1600, 900), (1200, 800), (800, 1200), (1024, 1024), (640, 480))


def categories(plan: Plan) -> list[Row]:
    """The whole tree, parents before children; nothing when there are no items to be in it."""
    rows: list[Row] = []
    for parent_name, names in language()["categories"].items() if plan.items else ():
        parent = _category(plan, len(rows), parent_name, None, len(rows))
        rows.append(parent)
        for position, name in enumerate(names):
            rows.append(_category(plan, len(rows), name, parent["id"], position))
    return rows


def users(plan: Plan) -> Iterator[tuple[Row, Entry]]:
    random = plan.random("users")
    writer = Writer(plan.random("bios"), 0)
    given_names, family_names = given("given_names"), given("family_names")
    for number in range(plan.users):
        first, family = random.choice(given_names), random.choice(family_names)
        username = f"{slugify(first)}_{slugify(family)}_{plan.seed}_{number}"
        email = f"{username}@example.org"
        bio = writer.sentences(1, 3) if random.random() < 0.8 else None
        row = _timed(plan, ids.USER, number) | {
            "username": username, "username_key": fold(username),
            "email": email, "email_key": fold(email),
            "full_name": f"{first} {family}", "bio": bio, "version": 1,
            "role": Role.ADMIN if number == 0 else Role.EDITOR if number % 50 == 1 else Role.USER,
            "preferences": {
                "theme": random.choice(list(Theme)).value,
                "emailNotifications": random.random() < 0.6,
            },
        }  # fmt: skip
        yield row, indexing.user(row["id"], username, f"{first} {family}", bio)


def media(plan: Plan) -> Iterator[tuple[Row, Entry]]:
    random = plan.random("media")
    writer = Writer(plan.random("captions"), plan.media // 10)
    pictures = _chooser([(file, file[3]) for file in FILES if file[2] is MediaKind.IMAGE])
    others = _chooser([(file, file[3]) for file in FILES if file[2] is not MediaKind.IMAGE])
    for number in range(plan.media):
        ending, mime, kind, _ = (others if _is_other(number) else pictures)(random)
        title = writer.title()
        name = f"{slugify(title)}-{plan.seed}-{number}.{ending}"
        seen = kind in (MediaKind.IMAGE, MediaKind.VIDEO)
        width, height = random.choice(SHAPES) if seen else (None, None)
        row = _timed(plan, ids.MEDIA, number) | {
            "kind": kind, "mime_type": mime, "file_name": name, "title": title,
            "external_url": f"https://images.example/{plan.seed}/{number}.{ending}",
            "size": random.randint(20_000, 2_000_000), "width": width, "height": height,
            "duration": round(random.uniform(5, 600), 1)
            if kind in (MediaKind.VIDEO, MediaKind.AUDIO) else None,
            "alt_text": writer.sentences(1, 1) if kind is MediaKind.IMAGE else None,
            "caption": writer.sentences(1, 1) if random.random() < 0.4 else None,
            "uploaded_by_id": _member(plan, ids.USER, random, 1.5),
        }  # fmt: skip
        texts = (name, row["alt_text"], row["caption"])
        yield row, Entry(row["id"], title, "\n".join(text for text in texts if text))


def tags(plan: Plan) -> Iterator[tuple[Row, Entry]]:
    writer = Writer(plan.random("tags"), 0)
    for number in range(plan.tags):
        name = " ".join(writer.some(1 + number % 2))
        row = _timed(plan, ids.TAG, number) | {
            "name": name, "name_key": key(name), "slug": f"{slugify(name)}-{plan.seed}-{number}"
        }  # fmt: skip
        yield row, Entry(row["id"], name)


def items(plan: Plan) -> Iterator[tuple[Row, list[Row], Entry]]:
    """Each item with its links to tags. Few people write much, few tags are used often."""
    random = plan.random("items")
    writer = Writer(plan.random("texts"), plan.items)
    places = sum(1 + len(names) for names in language()["categories"].values())
    kinds = _chooser(KINDS)
    statuses = _chooser(STATUSES)
    counts = _chooser(TAGS_EACH)
    for number in range(plan.items):
        row = _timed(plan, ids.CONTENT, number)
        title, body, status = writer.title(), writer.body(), statuses(random)
        summary = writer.sentences(1, 2) if random.random() < 0.9 else None
        published = row["created_at"] + timedelta(minutes=random.randint(0, 10_000))
        row |= {
            "kind": kinds(random), "title": title, "title_key": key(title),
            "slug": f"{slugify(title)[:170]}-{plan.seed}-{number}",
            "summary": summary, "body": body.markdown, "body_format": Format.MARKDOWN,
            "status": status, "version": 1,
            "author_id": _member(plan, ids.USER, random, 2.5),
            "featured_image_id": _picture(plan, random) if random.random() < 0.7 else None,
            "category_id": plan.id(ids.CATEGORY, random.randrange(places))
            if random.random() < 0.95 else None,
            "published_at": None if status is ContentStatus.DRAFT else published,
            "updated_at": published + timedelta(minutes=random.randint(0, 50_000)),
        }  # fmt: skip
        chosen = {_member(plan, ids.TAG, random, 2.0) for _ in range(counts(random))} - {None}
        links = [
            {"item_id": row["id"], "tag_id": tag, "position": position}
            for position, tag in enumerate(sorted(filter(None, chosen)))
        ]
        text = f"{summary}\n{body.text}" if summary else body.text
        yield row, links, Entry(row["id"], title, text)


def _timed(plan: Plan, prefix: str, number: int) -> Row:
    created = plan.created(prefix, number)
    return {"id": plan.id(prefix, number), "created_at": created, "updated_at": created}


def _member(plan: Plan, prefix: str, random: Random, skew: float) -> str | None:
    """The id of any row of a kind, with more `skew` rather one of the first; None without rows."""
    count = plan.count(prefix)
    return plan.id(prefix, int(count * random.random() ** skew)) if count else None


def _is_other(number: int) -> bool:
    """Whether the media item with this number is no picture: one in ten."""
    return number % 10 == 9


def _picture(plan: Plan, random: Random) -> str | None:
    if not plan.media:
        return None
    number = random.randrange(plan.media)
    return plan.id(ids.MEDIA, number - _is_other(number))


def _category(plan: Plan, number: int, name: str, parent: str | None, position: int) -> Row:
    return _timed(plan, ids.CATEGORY, number) | {
        "parent_id": parent, "name": name, "name_key": key(name),
        "slug": f"{slugify(name)}-{plan.seed}", "position": position,
        "description": f"Everything about {name.lower()}.",
    }  # fmt: skip


def _chooser(weighted: Sequence[tuple[T, float]]) -> Callable[[Random], T]:
    values = [value for value, _ in weighted]
    totals = list(accumulate(weight for _, weight in weighted))
    return lambda random: random.choices(values, cum_weights=totals)[0]
