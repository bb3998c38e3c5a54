from dataclasses import replace

from sqlalchemy import (
    ColumnElement,
    Table,
    and_,
    case,
    exists,
    false,
    literal,
    null,
    or_,
    select,
    true,
)

from app import ids, search
from app.models import ContentItem, ContentStatus, content_tags
from app.pagination import Direction
from app.permissions import Permission
from app.selects import filters
from app.selects.common import common
from app.selects.resource import Column, Parent, Resource
from app.selects.sight import NOW, Seer

TABLE: Table = ContentItem.__table__  # type: ignore[assignment]
_c = TABLE.c

_PRIVATE = (_c.scheduled_publish_at, _c.scheduled_unpublish_at)
# Everything else but the body, which is large and has a loader of its own.
_COLUMNS = tuple(
    column
    for column in _c
    if column.name not in ("body", "import_key", *(private.name for private in _PRIVATE))
)
# In the text, as PostgreSQL plans with no parameter's value for long.
_PUBLISHED = literal(ContentStatus.PUBLISHED, _c.status.type, literal_execute=True)


def public() -> ColumnElement[bool]:
    """Items that anybody sees now: published, and their time has come and not gone."""
    return and_(
        common(_c.status) == _PUBLISHED,
        common(_c.published_at) <= NOW,
        _c.deleted_at.is_(None),
        or_(_c.scheduled_unpublish_at.is_(None), _c.scheduled_unpublish_at > NOW),
    )


def drafts(actor: Seer) -> tuple[ColumnElement[bool], ...]:
    """Items of which the actor sees everything, public or not."""
    there = _c.deleted_at.is_(None)
    if actor.may(Permission.CONTENT_READ_DRAFTS):
        return (there,)
    author = actor.own(Permission.CONTENT_READ_DRAFTS)
    return (false(),) if author is None else (common(_c.author_id) == author, there)


def _rows(actor: Seer) -> tuple[ColumnElement[bool], ...]:
    if actor.may(Permission.CONTENT_READ_DRAFTS):
        return drafts(actor)
    everybody = public()
    if actor.own(Permission.CONTENT_READ_DRAFTS) is None:
        return (everybody,)
    return (or_(everybody, and_(*drafts(actor))),)


def _filled(actor: Seer) -> frozenset[str]:
    everything_is_public = actor.own(Permission.CONTENT_READ_DRAFTS) is None
    return frozenset({"published_at"}) if everything_is_public else frozenset()


def _trashed(actor: Seer) -> tuple[ColumnElement[bool], ...]:
    """What is in the trash exists for those who see drafts and may put them there."""
    gone = _c.deleted_at.is_not(None)
    needed = (Permission.CONTENT_READ_DRAFTS, Permission.CONTENT_DELETE)
    if all(actor.may(permission) for permission in needed):
        return (gone,)
    if any(actor.own(permission) is None for permission in needed):
        return (false(),)
    return (gone, common(_c.author_id) == actor.user_id)


def known(actor: Seer) -> ColumnElement[bool]:
    """Items that exist for `actor`, in the trash or not."""
    return or_(and_(true(), *_rows(actor)), and_(*_trashed(actor)))


def _columns(actor: Seer) -> tuple[Column, ...]:
    return (*_COLUMNS, *(_planned(column, actor) for column in _PRIVATE))


def _planned(column: Column, actor: Seer) -> Column:
    """When something is going to happen is told to those who see drafts; NULL to others."""
    if actor.may(Permission.CONTENT_READ_DRAFTS):
        return column
    author = actor.own(Permission.CONTENT_READ_DRAFTS)
    if author is None:
        return null().label(column.key)
    mine: Column = case((_c.author_id == author, column), else_=None)
    return mine.label(column.key)


def _tagged(operand: filters.Filter) -> ColumnElement[bool]:
    """There is a tag for which all operators hold; `is_null` says whether there is none at all."""
    operators = dict(operand)
    untagged = operators.pop("is_null", None)
    conditions: list[ColumnElement[bool]] = []
    if operators or untagged is False:
        holds = filters.name(content_tags.c.tag_id)(tuple(operators.items()))
        conditions.append(_c.id.in_(select(content_tags.c.item_id).where(holds)))
    if untagged:
        conditions.append(~exists().where(content_tags.c.item_id == _c.id).correlate(TABLE))
    return and_(true(), *conditions)


CONTENT = Resource(
    name="content",
    prefix=ids.CONTENT,
    table=TABLE,
    columns=_columns,
    rows=_rows,
    filters={
        "id": filters.name(_c.id),
        "kind": filters.name(_c.kind),
        "title": filters.phrase(_c.title_key, contains=search.contains(_c.id)),
        "slug": filters.name(_c.slug),
        "status": filters.OneOf(_c.status),
        "author_id": filters.name(_c.author_id),
        "category_id": filters.name(_c.category_id),
        "tag_id": _tagged,
        "created_at": filters.moment(_c.created_at),
        "updated_at": filters.moment(_c.updated_at),
        "published_at": filters.moment(_c.published_at),
        "query": lambda query: search.mentions(_c.id, query),
    },
    filled=_filled,
    sorts={
        "created_at": _c.created_at,
        "updated_at": _c.updated_at,
        "published_at": _c.published_at,
        "title": _c.title_key,
    },
    parents={
        "author": Parent(_c.author_id),
        "category": Parent(_c.category_id),
        "tag": Parent(content_tags.c.tag_id, content_tags, content_tags.c.item_id),
        "featured_image": Parent(_c.featured_image_id),
    },
)

TRASH = replace(
    CONTENT,
    name="trash",
    rows=_trashed,
    filled=lambda _actor: frozenset({"deleted_at"}),
    sorts={"deleted_at": _c.deleted_at},
    default_sort=(("deleted_at", Direction.DESC),),
    parents={},
)
