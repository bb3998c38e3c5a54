"""Tags and categories."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import exists, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app import ids, indexing, text
from app.errors import ErrorCode, Invalid
from app.models import Category, ContentItem, Tag, content_tags
from app.operations import slugs
from app.operations.checks import Checks
from app.operations.work import Work, expect
from app.permissions import Permission

MAX_NAME = 200
MAX_DESCRIPTION = 5_000
MAX_POSITION = 1_000_000
MAX_MERGED = 100

PREFIXES = {Tag: ids.TAG, Category: ids.CATEGORY}

T = TypeVar("T", Tag, Category)

# What an input leaves out is absent from these; None stands for null.
Changes = dict[str, Any]


async def create_tag(work: Work, name: str, slug: str | None = None) -> Tag:
    """A new tag; without a slug it gets a free one, made from its name. Raises Invalid."""
    work.actor.require(Permission.TAGS_MANAGE)
    checks = Checks()
    name = checks.line(name, "name", most=MAX_NAME)
    slug = await _slug(work.session, checks, Tag, slug, name)
    checks.done()
    tag = Tag(name=name, name_key=text.key(name), slug=slug)
    work.session.add(tag)
    await work.session.flush()
    await indexing.put(work.session, [indexing.Entry(tag.id, tag.name)])
    work.record("tag.created", tag.id)
    return tag


async def update_tag(work: Work, id: str, changes: Changes, if_version: int | None) -> Tag:
    """Rename a tag. Raises Invalid, Conflict."""
    work.actor.require(Permission.TAGS_MANAGE)
    tag = await _found(work.session, Tag, id, "tag")
    expect(if_version, tag.version)
    changed = await _change(work.session, Checks(), tag, changes)
    if changed:
        await indexing.put(work.session, [indexing.Entry(tag.id, tag.name)])
        work.record("tag.updated", tag.id, changed)
    return tag


async def delete_tag(work: Work, id: str, if_version: int | None) -> None:
    """Remove a tag from everything that has it. Raises Invalid, Conflict."""
    work.actor.require(Permission.TAGS_MANAGE)
    tag = await _found(work.session, Tag, id, "tag")
    expect(if_version, tag.version)
    await work.session.delete(tag)
    await indexing.remove(work.session, [id])
    work.record("tag.deleted", id)


async def merge_tags(work: Work, merged: Sequence[str], into: str, if_version: int | None) -> Tag:
    """Give everything that has one of these tags the tag `into`, and remove them.

    Raises Invalid, Conflict.
    """
    work.actor.require(Permission.TAGS_MANAGE)
    if len(merged) > MAX_MERGED:
        raise Invalid.one(ErrorCode.LIMIT_EXCEEDED, f"At most {MAX_MERGED} tags", "from_ids")
    # Locked in one order, so that two merges at once wait for each other and not in a circle.
    locked = select(Tag).where(Tag.id.in_({*merged, into})).order_by(Tag.id).with_for_update()
    there = {tag.id: tag for tag in await work.session.scalars(locked)}
    checks = Checks()
    if into not in there:
        checks.add(ErrorCode.NOT_FOUND, "There is no such tag", "into_id")
    for number, id in enumerate(merged):
        if id == into:
            message = "A tag cannot be merged into itself"
            checks.add(ErrorCode.INVALID, message, "from_ids", number)
        elif id not in there:
            checks.add(ErrorCode.NOT_FOUND, "There is no such tag", "from_ids", number)
    checks.done()
    tag = there[into]
    expect(if_version, tag.version)
    for id in merged:
        await _retag(work.session, id, into)
        await work.session.delete(there[id])
        work.record("tag.deleted", id, merged_into=into)
    await indexing.remove(work.session, merged)
    tag.version += 1
    work.record("tag.merged", into)
    return tag


async def _retag(session: AsyncSession, old: str, new: str) -> None:
    links = content_tags.c
    has_both = select(links.item_id).where(links.tag_id == new)
    await session.execute(
        update(content_tags)
        .where(links.tag_id == old, links.item_id.not_in(has_both))
        .values(tag_id=new)
    )


@dataclass(frozen=True, slots=True)
class NewCategory:
    name: str
    slug: str | None = None
    parent_id: str | None = None
    description: str | None = None
    position: int = 0


async def create_category(work: Work, new: NewCategory) -> Category:
    """A new category. Raises Invalid."""
    work.actor.require(Permission.CATEGORIES_MANAGE)
    checks = Checks()
    name = checks.line(new.name, "name", most=MAX_NAME)
    slug = await _slug(work.session, checks, Category, new.slug, name)
    if new.description is not None:
        checks.text(new.description, "description", most=MAX_DESCRIPTION)
    _position(checks, new.position)
    if new.parent_id is not None and not await _locked(work.session, Category, new.parent_id):
        checks.add(ErrorCode.NOT_FOUND, "There is no such category", "parent_id")
    checks.done()
    category = Category(
        name=name, name_key=text.key(name), slug=slug, parent_id=new.parent_id,
        description=new.description, position=new.position,
    )  # fmt: skip
    work.session.add(category)
    await work.session.flush()
    work.record("category.created", category.id)
    return category


async def update_category(
    work: Work, id: str, changes: Changes, if_version: int | None
) -> Category:
    """Rename, describe or move a category. Raises Invalid, Conflict."""
    work.actor.require(Permission.CATEGORIES_MANAGE)
    if changes.get("parent_id") is not None:
        # Two moves at once could close a circle that neither sees: the tree is for one at a time.
        await work.session.execute(select(Category.id).order_by(Category.id).with_for_update())
    category = await _found(work.session, Category, id, "category")
    expect(if_version, category.version)
    checks = Checks()
    if changes.get("parent_id") is not None:
        await _check_parent(work.session, checks, category, changes["parent_id"])
    changed = await _change(work.session, checks, category, changes)
    if changed:
        work.record("category.updated", id, changed)
    return category


async def delete_category(work: Work, id: str, if_version: int | None) -> None:
    """Remove an empty category. Raises Invalid, Conflict."""
    work.actor.require(Permission.CATEGORIES_MANAGE)
    category = await _found(work.session, Category, id, "category")
    expect(if_version, category.version)
    for used, what in (
        (exists().where(Category.parent_id == id), "categories below it"),
        (
            exists().where(ContentItem.category_id == id, ContentItem.deleted_at.is_(None)),
            "content items in it",
        ),
    ):
        if await work.session.scalar(select(used)):
            message = f"There are {what}: move them first"
            raise Invalid.one(ErrorCode.IN_USE, message, "id")
    await work.session.delete(category)
    work.record("category.deleted", id)


async def _check_parent(
    session: AsyncSession, checks: Checks, category: Category, parent_id: str
) -> None:
    """The parent must be there, and neither the category itself nor below it."""
    if not await _locked(session, Category, parent_id):
        checks.add(ErrorCode.NOT_FOUND, "There is no such category", "parent_id")
    climb = select(Category.id, Category.parent_id, literal(0).label("up")).where(
        Category.id == parent_id
    )
    path = climb.cte("path", recursive=True)
    above = select(Category.id, Category.parent_id, path.c.up + 1)
    path = path.union_all(above.join(path, Category.id == path.c.parent_id))
    if category.id in set(await session.scalars(select(path.c.id))):
        checks.add(ErrorCode.INVALID, "A category cannot be below itself", "parent_id")


async def _change(
    session: AsyncSession, checks: Checks, row: Tag | Category, changes: Changes
) -> set[str]:
    """Set what differs; the names of what did. Raises Invalid."""
    wanted = dict(changes)
    if "name" in wanted:
        wanted["name"] = checks.line(wanted["name"] or "", "name", most=MAX_NAME)
        wanted["name_key"] = text.key(wanted["name"])
    if "slug" in wanted:
        name = wanted.get("name", row.name)
        wanted["slug"] = await _slug(session, checks, type(row), wanted["slug"], name, row.id)
    if wanted.get("description") is not None:
        checks.text(wanted["description"], "description", most=MAX_DESCRIPTION)
    if "position" in wanted:
        wanted["position"] = wanted["position"] or 0
        _position(checks, wanted["position"])
    checks.done()
    changed = {name for name, value in wanted.items() if getattr(row, name) != value}
    for name in changed:
        setattr(row, name, wanted[name])
    row.version += bool(changed)
    return changed - {"name_key"}


async def _slug(
    session: AsyncSession,
    checks: Checks,
    model: type[Tag] | type[Category],
    wanted: str | None,
    name: str,
    id: str = "",
) -> str:
    return await slugs.slug(session, checks, wanted, name, model.slug, model.id != id)


def _position(checks: Checks, position: int) -> None:
    if not 0 <= position <= MAX_POSITION:
        checks.add(ErrorCode.INVALID, f"A position is from 0 to {MAX_POSITION:,}", "position")


async def _found(session: AsyncSession, model: type[T], id: str, what: str, *path: str | int) -> T:
    row = await _locked(session, model, id)
    if row is None:
        raise Invalid.one(ErrorCode.NOT_FOUND, f"There is no such {what}", *(path or ("id",)))
    return row


async def _locked(session: AsyncSession, model: type[T], id: str) -> T | None:
    if ids.prefix_of(id) != PREFIXES[model]:
        return None
    return await session.get(model, id, with_for_update=True)
