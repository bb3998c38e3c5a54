"""The community as rows, relative to the moment it is loaded."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any

from app import ids, indexing
from app.demo import pictures
from app.demo.texts import Text, community, texts
from app.indexing import Entry
from app.models import ContentStatus, MediaKind
from app.permissions import Role
from app.richtext import Format
from app.text import fold, key, slugify

Row = dict[str, Any]

KEY = "demo:"
FIRST_DAY = 560
DOMAIN = "example.org"


@dataclass(slots=True)
class Demo:
    """Everything that is to be inserted."""

    now: datetime
    users: list[Row] = field(default_factory=list)
    media: list[Row] = field(default_factory=list)
    tags: list[Row] = field(default_factory=list)
    categories: list[Row] = field(default_factory=list)
    items: list[Row] = field(default_factory=list)
    links: list[Row] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    def row(self, prefix: str, name: str, days: float, /, **values: Any) -> Row:
        """A row made so many `days` ago; its id follows from that moment and its name."""
        made = self.now - timedelta(days=days)
        stamp = int(made.timestamp() * 1000)
        bits = blake2b(f"{prefix} {name}".encode(), digest_size=10).digest()
        return {
            "id": ids.make(prefix, stamp, int.from_bytes(bits) >> 6),
            "import_key": f"{KEY}{prefix}:{name}",
            "created_at": made,
            "updated_at": made,
            **values,
        }

    def find(self, row: Row, title: str, *texts: str | None) -> None:
        self.entries.append(Entry(row["id"], title, "\n".join(filter(None, texts))))


def build(folder: Path, now: datetime) -> Demo:
    """Draw the pictures into a folder, by their keys, and make all rows."""
    demo, everything = Demo(now), community()
    users = _users(demo, folder, everything["people"])
    images = _images(demo, folder, everything["pictures"], users["mira"])
    tags = _tags(demo, everything["tags"])
    categories = _categories(demo, everything["categories"])
    for text in texts():
        row = _item(demo, text)
        row["author_id"] = users[text.author]
        row["category_id"] = categories[text.category]
        row["featured_image_id"] = images[text.image] if text.image else None
        demo.items.append(row)
        demo.links += [
            {"item_id": row["id"], "tag_id": tags[tag], "position": position}
            for position, tag in enumerate(text.tags)
        ]
    return demo


def _users(demo: Demo, folder: Path, people: dict[str, Any]) -> dict[str, str]:
    for number, (username, person) in enumerate(people.items()):
        email = f"{username}@{DOMAIN}"
        portrait = _media(
            demo,
            f"portrait-{username}",
            pictures.keep_portrait(folder, username, person["portrait"]),
            title=person["name"],
            alt_text=f"Portrait of {person['name']}",
            days=FIRST_DAY - number * 9,
        )
        row = demo.row(
            ids.USER, username, FIRST_DAY - number * 9, version=1,
            username=username, username_key=fold(username),
            email=email, email_key=fold(email),
            full_name=person["name"], bio=person["bio"], role=Role(person.get("role", "USER")),
            preferences={"theme": person["theme"], "emailNotifications": person["mail"]},
            profile_image_id=portrait["id"],
        )  # fmt: skip
        portrait["uploaded_by_id"] = row["id"]
        demo.users.append(row)
        demo.entries.append(indexing.user(row["id"], username, person["name"], person["bio"]))
    return {row["username"]: row["id"] for row in demo.users}


def _images(demo: Demo, folder: Path, drawn: dict[str, Any], owner: str) -> dict[str, str]:
    found = {}
    for number, (name, picture) in enumerate(drawn.items()):
        kept = pictures.keep_scene(folder, name, picture["scene"], picture["palette"])
        row = _media(
            demo, name, kept, title=name.replace("-", " ").capitalize(), alt_text=picture["alt"],
            caption=picture.get("caption"), uploaded_by_id=owner, days=FIRST_DAY - 12 - number,
        )  # fmt: skip
        found[name] = row["id"]
    return found


def _media(demo: Demo, name: str, kept: pictures.Picture, *, days: float, **values: Any) -> Row:
    row = demo.row(
        ids.MEDIA, name, days, kind=MediaKind.IMAGE, storage_key=kept.storage_key,
        file_name=f"{name}.jpg", mime_type="image/jpeg", size=kept.size, width=kept.width,
        height=kept.height, placeholder=kept.placeholder,
        **{"caption": None, "uploaded_by_id": None, **values},
    )  # fmt: skip
    demo.media.append(row)
    texts = (row["title"], row["file_name"], row["alt_text"], row["caption"])
    demo.entries.append(indexing.media(row["id"], *texts))
    return row


def _tags(demo: Demo, names: dict[str, str]) -> dict[str, str]:
    for slug, name in names.items():
        row = demo.row(ids.TAG, slug, FIRST_DAY, name=name, name_key=key(name), slug=slug)
        demo.tags.append(row)
        demo.find(row, name)
    return {row["slug"]: row["id"] for row in demo.tags}


def _categories(demo: Demo, named: dict[str, Any]) -> dict[str, str]:
    places: dict[str, str] = {}
    for position, (short, category) in enumerate(named.items()):
        name = category["name"]
        row = demo.row(
            ids.CATEGORY, short, FIRST_DAY, name=name, name_key=key(name), slug=slugify(name),
            description=category["description"], position=position,
            parent_id=places[category["in"]] if "in" in category else None,
        )  # fmt: skip
        places[short] = row["id"]
        demo.categories.append(row)
    return places


def _item(demo: Demo, text: Text) -> Row:
    slug, status = slugify(text.title), ContentStatus(text.status)
    row = demo.row(
        ids.CONTENT, slug, text.days, version=1,
        kind=text.kind, title=text.title, title_key=key(text.title), slug=slug,
        summary=text.summary, body=text.body, body_format=Format.MARKDOWN, status=status,
        scheduled_publish_at=None if text.until is None
        else demo.now + timedelta(days=text.until),
    )  # fmt: skip
    public = row["created_at"] + timedelta(hours=min(20, text.days * 12))
    row["published_at"] = None if status is ContentStatus.DRAFT else public
    row["updated_at"] = row["published_at"] or row["created_at"]
    body = indexing.read(text.body, Format.MARKDOWN)
    found = indexing.item(row["id"], text.title, text.summary, body)
    demo.entries.append(found)
    return row
