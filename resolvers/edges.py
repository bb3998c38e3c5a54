"""The loads behind edges: what the fields of every type are made of (`engine.fields.batched`).

Each takes all parents of a level and asks one loader once. The parent None is the root.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from operator import attrgetter
from typing import Annotated, Any

import strawberry

from app import ids
from app.models import ContentStatus, MediaKind
from app.pagination import MAX_OFFSET, Direction, Window, sized
from app.selects import BY_PREFIX, Listing
from app.selects.resource import Sort
from engine.fields import Load, needs
from loaders.lists import ROOT, AllByParent, CountByParent, PageByParent, SliceByParent
from loaders.pages import Page
from loaders.rows import RowById
from loaders.trees import Many, One
from resolvers.context import Context
from resolvers.enums import ContentItemSortField
from resolvers.inputs import (
    After,
    Before,
    ContentItemFilter,
    ContentItemSort,
    First,
    Last,
    Limit,
    Offset,
    Skip,
    Words,
    filtered,
    ordered,
)
from resolvers.whole import edge

Parents = list[Any]
AsyncLoad = Callable[..., Awaitable[list[Any]]]

Filter = Annotated[ContentItemFilter | None, strawberry.argument(description="Which items.")]
SortKeys = Annotated[
    list[ContentItemSort] | None,
    strawberry.argument(description="In which order; newest first when left out."),
]
Status = Annotated[ContentStatus | None, strawberry.argument(description="Filter by status.")]
SortBy = Annotated[
    ContentItemSortField | None, strawberry.argument(description="What to order by.")
]
Kinds = Annotated[
    list[MediaKind] | None, strawberry.argument(description="Only files of these sorts.")
]
MimeType = Annotated[
    str | None,
    strawberry.argument(description="Only this media type, or all that begin so: `image/`."),
]
Way = Annotated[Direction | None, strawberry.argument(description="Which end comes first.")]


def keys(parents: Parents) -> list[str]:
    return [ROOT if parent is None else parent.id for parent in parents]


def row(resource: str, attribute: str) -> AsyncLoad:
    """The row of `resource` whose id is in an attribute of the parent."""

    key = attrgetter(attribute)

    @edge(lambda: One(resource, attribute))
    @needs(attribute)
    async def load_row(parents: Parents, context: Context) -> list[Any]:
        return await context.load(RowById, resource).many(map(key, parents))

    return load_row


def by_id(resource: str, described: str) -> Load:
    """The row of `resource` with an id that is given."""

    async def load_by_id(
        parents: Parents,
        context: Context,
        id: Annotated[strawberry.ID, strawberry.argument(description=described)],
    ) -> list[Any]:
        return await context.load(RowById, resource).many([id] * len(parents))

    return load_by_id


def image(attribute: str) -> Load:
    """The image whose id is in an attribute of the parent; other media are not shown as one."""
    load_row = row("media", attribute)
    shown = One("media", attribute, (("kind", MediaKind.IMAGE),))

    @edge(lambda: shown)
    @needs(attribute)
    async def load_image(parents: Parents, context: Context) -> list[Any]:
        found = await load_row(parents, context)
        return [media if media and media.kind is MediaKind.IMAGE else None for media in found]

    return load_image


def rows(resource: str, parent: str, sort: Sort = ()) -> Load:
    """All rows of `resource` that belong to the parent: for lists that are short by nature."""
    listing = Listing(resource, sort=sort, parent=parent)

    @edge(lambda: Many(listing))
    @needs("id")
    async def load_rows(parents: Parents, context: Context) -> list[Any]:
        return await context.load(AllByParent, listing).many(keys(parents))

    return load_rows


def count(resource: str, parent: str) -> Load:
    """How many rows of `resource` the actor sees that belong to the parent."""
    listing = Listing(resource, parent=parent)

    @needs("id")
    async def load_count(parents: Parents, context: Context) -> list[Any]:
        return await context.load(CountByParent, listing).many(keys(parents))

    return load_count


def part(limit: int | None, offset: int | None, default: int = 10) -> tuple[int, int]:
    """The size and start of a slice. Raises BadInput when one is out of bounds."""
    limit = sized("limit", default if limit is None else limit)
    return limit, sized("offset", offset or 0, MAX_OFFSET)


def content_part(
    parent: str | None,
    limit: int | None = None,
    offset: int | None = None,
    status: ContentStatus | None = None,
    sort_by: ContentItemSortField | None = None,
    sort_direction: Direction | None = None,
    filter: ContentItemFilter | None = None,
) -> Many:
    """Which content items the arguments of a slice ask for. Raises BadInput."""
    conditions = filtered(filter)
    if status is not None:
        conditions = (*conditions, ("status", (status,)))
    order = (sort_by or ContentItemSortField.CREATED_AT, sort_direction or Direction.DESC)
    listing = Listing("content", conditions, ((order[0].value, order[1]),), parent)
    return Many(listing, *part(limit, offset))


def content_items(parent: str | None) -> Load:
    """A slice of content items, as in the guidelines' sample query."""

    @edge(partial(content_part, parent))
    @needs("id")
    async def load_content_items(
        parents: Parents,
        context: Context,
        limit: Limit = 10,
        offset: Offset = 0,
        status: Status = None,
        sort_by: SortBy = ContentItemSortField.CREATED_AT,
        sort_direction: Way = Direction.DESC,
        filter: Filter = None,
    ) -> list[Any]:
        asked = content_part(parent, limit, offset, status, sort_by, sort_direction, filter)
        loader = context.load(SliceByParent, asked.listing, asked.limit, asked.offset)
        return await loader.many(keys(parents))

    return load_content_items


async def page(parents: Parents, context: Context, listing: Listing, window: Window) -> list[Any]:
    """Each parent's page of a listing."""
    return await context.load(PageByParent, listing, window).many(keys(parents))


def content_page(parent: str | None) -> Load:
    """A page of content items between cursors."""

    @needs("id")
    async def load_content_page(
        parents: Parents,
        context: Context,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        offset: Skip = 0,
        filter: Filter = None,
        sort: SortKeys = None,
    ) -> list[Any]:
        listing = Listing("content", filtered(filter), ordered(sort), parent)
        window = Window.of(first, after, last, before, offset)
        return await page(parents, context, listing, window)

    return load_content_page


def media_page(parent: str | None) -> Load:
    """A page of media between cursors, newest first."""

    @needs("id")
    async def load_media_page(
        parents: Parents,
        context: Context,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        offset: Skip = 0,
        kind: Kinds = None,
        mime_type: MimeType = None,
        query: Words = None,
    ) -> list[Any]:
        given = {
            "kind": None if kind is None else tuple(kind),
            "mime_type": None if mime_type is None else (("starts_with", mime_type),),
            "query": query,
        }
        filter = tuple((name, value) for name, value in given.items() if value is not None)
        listing = Listing("media", filter, parent=parent)
        window = Window.of(first, after, last, before, offset)
        return await page(parents, context, listing, window)

    return load_media_page


def newest_first(resource: str, parent: str | None = None) -> Load:
    """A page of a list that has one order and no filter."""
    listing = Listing(resource, parent=parent)

    @needs("id")
    async def load_newest_first(
        parents: Parents,
        context: Context,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        offset: Skip = 0,
    ) -> list[Any]:
        window = Window.of(first, after, last, before, offset)
        return await page(parents, context, listing, window)

    return load_newest_first


async def load_nodes(context: Context, wanted: list[str]) -> list[Any]:
    """The rows with these ids, whatever they are: one statement per resource."""
    rows: dict[str, Any] = {}
    for prefix in BY_PREFIX.keys() & {ids.prefix_of(id) for id in wanted}:
        of_resource = [id for id in wanted if id.startswith(prefix)]
        found = await context.load(RowById, BY_PREFIX[prefix].name).many(of_resource)
        rows.update(zip(of_resource, found, strict=True))
    return [rows.get(id) for id in wanted]


async def load_total_count(pages: list[Page], context: Context) -> list[Any]:
    """The size of each page's whole list."""
    counts = [context.load(CountByParent, page.listing).load(page.parent) for page in pages]
    return [await one for one in counts]
