"""What somebody wants an item to say, looked at before it is stored."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import ErrorCode
from app.models import Category, ContentItem, Media, MediaKind, Tag
from app.models.base import Document
from app.models.revisions import EDITED
from app.operations import slugs
from app.operations.checks import Checks
from app.operations.content import snapshots
from app.richtext import Format

MAX_TITLE = 300
MAX_SUMMARY = 2_000
MAX_BODY = 100_000
"""Characters: of Markdown that is nothing but table, so many take two seconds to render."""

MAX_MESSAGE = 500
MAX_TAGS = 50

EMPTY: Document = {
    "title": "", "slug": "", "summary": None, "body": "", "bodyFormat": Format.MARKDOWN,
    "categoryId": None, "featuredImageId": None, "tagIds": [],
}  # fmt: skip

KIND = re.compile(r"[a-z][a-z0-9_-]{0,49}")
_TAG_LISTS = ("tag_ids", "add_tag_ids", "remove_tag_ids")

# By the names of columns, and `tag_ids`, `add_tag_ids`, `remove_tag_ids`; what is left out stays.
# With a `body` comes its `text`, as `indexing.read` has it.
Changes = Mapping[str, Any]


async def checked(
    session: AsyncSession,
    checks: Checks,
    was: Document,
    changes: Changes,
    others: tuple[ColumnElement[bool], ...],
) -> Document:
    """The snapshot after the changes, its problems told to `checks`."""
    now = was | {EDITED[name]: value for name, value in changes.items() if name in EDITED}
    if "title" in changes:
        now["title"] = checks.line(now["title"] or "", "title", most=MAX_TITLE)
    if now["summary"] != was["summary"]:
        summary = checks.text(now["summary"] or "", "summary", most=MAX_SUMMARY)
        now["summary"] = summary.strip() or None
    if now["body"] != was["body"]:
        now["body"] = checks.text(now["body"] or "", "body", most=MAX_BODY)
    if "slug" in changes:
        wanted = changes["slug"]
        now["slug"] = await slugs.slug(
            session, checks, wanted, now["title"], ContentItem.slug, *others
        )
    await _check_places(session, checks, was, now)
    now["tagIds"] = await _tags(session, checks, was["tagIds"], changes)
    return now


def kind(checks: Checks, value: str) -> str:
    if not KIND.fullmatch(value):
        message = "A kind is a letter and up to 49 letters, digits, - and _, all in lower case"
        checks.add(ErrorCode.INVALID, message, "kind")
    return value


def message(checks: Checks, value: str | None) -> str | None:
    return value and (checks.text(value, "message", most=MAX_MESSAGE).strip() or None)


async def _check_places(
    session: AsyncSession, checks: Checks, was: Document, now: Document
) -> None:
    category, image = now["categoryId"], now["featuredImageId"]
    if category not in (None, was["categoryId"]) and not await session.get(Category, category):
        checks.add(ErrorCode.NOT_FOUND, "There is no such category", "category_id")
    if image not in (None, was["featuredImageId"]):
        found = await session.scalar(select(Media.kind).where(Media.id == image))
        if found is None:
            checks.add(ErrorCode.NOT_FOUND, "There is no such image", "featured_image_id")
        elif found is not MediaKind.IMAGE:
            checks.add(ErrorCode.INVALID, "This file is not an image", "featured_image_id")


async def _tags(
    session: AsyncSession, checks: Checks, was: list[str], changes: Changes
) -> list[str]:
    given = {name: changes[name] for name in _TAG_LISTS if changes.get(name) is not None}
    for name, ids in given.items():
        if len(ids) > MAX_TAGS:
            checks.add(ErrorCode.LIMIT_EXCEEDED, f"{MAX_TAGS} tags at most", name)
            return was
    if "tag_ids" in given and len(given) > 1:
        message = "Give all tags, or those to add and to remove, not both"
        checks.add(ErrorCode.INVALID, message, "tag_ids")
    wanted = [*given.get("tag_ids", was), *given.get("add_tag_ids", ())]
    there = await snapshots.existing(session, Tag.id, wanted)
    for name in ("tag_ids", "add_tag_ids"):
        for number, id in enumerate(given.get(name, ())):
            if id not in there:
                checks.add(ErrorCode.NOT_FOUND, "There is no such tag", name, number)
    kept = [id for id in dict.fromkeys(wanted) if id not in given.get("remove_tag_ids", ())]
    if len(kept) > MAX_TAGS and given:
        checks.add(
            ErrorCode.LIMIT_EXCEEDED, f"An item has {MAX_TAGS} tags at most", *list(given)[:1]
        )
    return kept
