"""What one item of a WordPress export becomes here: pure functions, no database."""

import html
import math
import mimetypes
import re
from dataclasses import dataclass
from datetime import MINYEAR, UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from urllib.parse import unquote, urlsplit

from app import richtext, text
from app.imports import php
from app.imports.records import TAG, Item, Term
from app.imports.report import Fact, Report
from app.models import ContentStatus, MediaKind
from app.richtext import Format

TAGS = (TAG, "tag")  # the second is what WXR 1.0 calls them on items
KINDS = {"post": "article", "page": "page"}
DRAFTS = {"draft", "pending", "auto-draft"}
MAX_SLUG = 200
MAX_TITLE = 500

_TAG = re.compile(r"<[/!]?[a-zA-Z-][^<>]*>")
_NOT_IN_SLUG = re.compile(r"[\s/\\?#\x00-\x1f\x7f-\x9f]")
_RFC_DATE = re.compile(r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} ")
_TYPES = mimetypes.MimeTypes()
for _ending in ("avif", "heic", "webp"):  # not in every Python's list
    _TYPES.add_type(f"image/{_ending}", f".{_ending}")


def key(site: str, kind: str, id: str) -> str:
    """By what a thing is recognised when the import runs again; fits `import_key`."""
    whole = f"wordpress:{site}:{kind}:{id}"
    return whole if len(whole) <= 255 else f"wordpress:{sha256(whole.encode()).hexdigest()}"


def number(item: Item) -> str:
    """What tells an item apart from all others of its site; "" when nothing does."""
    return item.id or item.guid


def left_out(item: Item) -> Fact | None:
    """Why an item is not imported; None for one that is."""
    match item.type, item.status:
        case "nav_menu_item", _:
            return Fact.MENU_ITEMS
        case "revision", _:
            return Fact.REVISIONS
        case (("post" | "page" | "attachment"), _) if not number(item):
            return Fact.NAMELESS
        case (("post" | "page" | "attachment"), "trash"):
            return Fact.TRASH
        case "attachment", status:
            public = status in ("inherit", "publish") and not item.password
            return None if public else Fact.HIDDEN_MEDIA
        case (("post" | "page"), "inherit"):
            return Fact.REVISIONS
        case (("post" | "page"), _):
            return None
        case _:
            return Fact.OTHER


def featured(item: Item) -> str:
    """The number of the attachment that is an item's featured image, or ""."""
    found = item.meta.get("_thumbnail_id", "").strip()
    return found if re.fullmatch("[1-9][0-9]{0,18}", found) else ""


# Texts


def plain(markup: str) -> str:
    """A title or name as people read it: WordPress keeps them as HTML."""
    tagged = _TAG.search(markup)
    readable = richtext.text(markup, Format.HTML) if tagged else html.unescape(markup)
    return " ".join(readable.split())


def title(item: Item, report: Report) -> str:
    found = plain(item.title)[:MAX_TITLE]
    if _TAG.search(item.title) or len(found) == MAX_TITLE < len(item.title):
        report.count(Fact.TITLE)
    return found


def slug(raw: str) -> str:
    """A slug as it is, its percent-encoding undone; "" when nothing usable is left of it."""
    found = decoded(raw)
    return (text.slugify(found) if _NOT_IN_SLUG.search(found) else found)[:MAX_SLUG]


def decoded(raw: str) -> str:
    """Percent-encoded UTF-8 as text; anything else as it is."""
    try:
        return unquote(raw, errors="strict")
    except UnicodeDecodeError:
        return raw


def term_key(term: Term) -> str:
    """By what the terms of items and those of the file's head find each other."""
    return term.slug or text.slugify(term.name)


def wanted_slug(item: Item, title: str) -> str:
    """The slug an item has, or one made of its title, or of its number."""
    made = slug(item.slug) or text.slugify(title)[:MAX_SLUG]
    return made or f"{KINDS[item.type]}-{text.slugify(number(item))}"[:MAX_SLUG]


# Moments


def created(item: Item, now: datetime, report: Report) -> datetime:
    """When an item was made: UTC if the file says it, else what it says, taken as UTC."""
    if found := moment(item.date_gmt) or _rfc_moment(item.published):
        return found
    if found := moment(item.date):
        report.count(Fact.ZONE)
        return found
    report.count(Fact.DATE)
    return now


def moment(written: str) -> datetime | None:
    """WordPress's `2018-10-21 03:03:48`; None for nothing and for `0000-00-00 00:00:00`."""
    try:
        return _utc(datetime.fromisoformat(written))
    except (ValueError, OverflowError):
        return None


def _rfc_moment(written: str) -> datetime | None:
    """An RSS date; WordPress dates drafts in the year -0001, which parsers take for 2001."""
    try:
        return _utc(parsedate_to_datetime(written)) if _RFC_DATE.match(written) else None
    except (ValueError, OverflowError):
        return None


def _utc(found: datetime) -> datetime:
    """Raises ValueError, OverflowError."""
    if found.year == MINYEAR:  # other programs' word for none; PostgreSQL would keep -infinity
        raise ValueError("No date")
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


# State


@dataclass(frozen=True, slots=True)
class State:
    """Who may see an item from when on, and which rows of the report that is."""

    status: ContentStatus
    facts: tuple[Fact, ...]
    published_at: datetime | None = None
    scheduled_publish_at: datetime | None = None


def state(item: Item, created: datetime, now: datetime) -> State:
    """Whatever has a password is a draft, with no date on which it would become public."""
    if item.password:
        return State(ContentStatus.DRAFT, (Fact.DRAFTS, Fact.PASSWORD))
    if item.status == "future" or (item.status == "publish" and created > now):
        return State(ContentStatus.DRAFT, (Fact.SCHEDULED,), scheduled_publish_at=created)
    if item.status == "publish":
        shown = Fact.ARTICLES if item.type == "post" else Fact.PAGES
        return State(ContentStatus.PUBLISHED, (shown,), published_at=created)
    if item.status in DRAFTS:
        return State(ContentStatus.DRAFT, (Fact.DRAFTS,))
    why = Fact.PRIVATE if item.status == "private" else Fact.STATUS
    return State(ContentStatus.DRAFT, (Fact.DRAFTS, why))


# Files


@dataclass(frozen=True, slots=True)
class File:
    kind: MediaKind
    mime_type: str
    name: str


def address(item: Item) -> str | None:
    """Where a file is, if that is an address of the web."""
    found = item.url or item.guid
    try:
        parts = urlsplit(found)
    except ValueError:
        return None
    return found if parts.scheme in ("http", "https") and parts.netloc else None


def file(address: str) -> File:
    """What an address says of its file."""
    last = unquote(urlsplit(address).path.rpartition("/")[2], errors="replace")
    name = "".join(char if char.isprintable() else "_" for char in last)[-255:] or "file"
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    mime_type = _TYPES.guess_type(f"file.{ending}", strict=False)[0] or "application/octet-stream"
    family = mime_type.partition("/")[0].upper()
    kind = MediaKind(family) if family in ("IMAGE", "VIDEO", "AUDIO") else MediaKind.DOCUMENT
    return File(kind, mime_type, name)


def sizes(item: Item, report: Report) -> dict[str, int | float | None]:
    """Width and height, bytes and seconds, where WordPress knew them."""
    found: php.Value = {}
    if written := item.meta.get("_wp_attachment_metadata", "").strip():
        try:
            found = php.loads(written)
        except php.MalformedError:
            report.count(Fact.SIZES)
    known = found if isinstance(found, dict) else {}
    return {
        "width": _whole(known.get("width"), 2**31),
        "height": _whole(known.get("height"), 2**31),
        "size": _whole(known.get("filesize"), 2**63),
        "duration": _seconds(known.get("length")),
    }


def _whole(value: php.Value, limit: int) -> int | None:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,19}", value):
        value = int(value)
    return value if type(value) is int and 0 < value < limit else None


def _seconds(value: php.Value) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and value > 0 else None
