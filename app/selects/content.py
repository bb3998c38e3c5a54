from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Table, and_, or_, select

from app import ids, search
from app.models import ContentItem, ContentStatus, content_tags
from app.permissions import Actor
from app.selects import filters
from app.selects.resource import Column, Parent, Resource

TABLE: Table = ContentItem.__table__  # type: ignore[assignment]
_c = TABLE.c

# Everything but the body, which is large and has a loader of its own.
_COLUMNS = tuple(column for column in _c if column.name not in ("body", "import_key"))


def public(at: datetime) -> ColumnElement[bool]:
    """Items that anybody sees at a moment: published, and their time has come and not gone."""
    return and_(
        _c.status == ContentStatus.PUBLISHED,
        _c.published_at <= at,
        or_(_c.scheduled_unpublish_at.is_(None), _c.scheduled_unpublish_at > at),
    )


def _rows(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    if actor.sees_unpublished:
        return ()
    everybody = public(datetime.now(UTC))
    if actor.user_id is None:
        return (everybody,)
    return (or_(everybody, _c.author_id == actor.user_id),)


def _columns(_actor: Actor) -> tuple[Column, ...]:
    return _COLUMNS


def _tagged(operand: filters.Filter) -> ColumnElement[bool]:
    tagged = select(content_tags.c.item_id).where(filters.name(content_tags.c.tag_id)(operand))
    return _c.id.in_(tagged)


CONTENT = Resource(
    name="content",
    prefix=ids.CONTENT,
    table=TABLE,
    columns=_columns,
    rows=_rows,
    filters={
        "id": filters.name(_c.id),
        "kind": filters.name(_c.kind),
        "title": filters.phrase(_c.title_key, contains=search.title_contains(_c.id)),
        "slug": filters.name(_c.slug),
        "status": filters.one_of(_c.status),
        "author_id": filters.name(_c.author_id),
        "category_id": filters.name(_c.category_id),
        "tag_id": _tagged,
        "created_at": filters.moment(_c.created_at),
        "updated_at": filters.moment(_c.updated_at),
        "published_at": filters.moment(_c.published_at),
        "query": lambda query: search.mentions(_c.id, query),
    },
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
