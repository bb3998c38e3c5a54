"""Filters and orders as clients write them, and as plain data for `app/selects`.

`null` says the same as leaving a field out.
"""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Annotated, Any

import strawberry
from strawberry import UNSET

from app.errors import BadInput
from app.models import ContentStatus
from app.pagination import DEFAULT_SIZE, MAX_OFFSET, MAX_SIZE, MAX_SORT_KEYS, Direction
from app.permissions import Role
from app.selects.filters import MAX_VALUES, Filter
from app.selects.resource import Sort
from resolvers.enums import ContentItemSortField, UserSortField
from resolvers.scalars import Cursor

MAX_LEVELS = 10


def about(description: str, name: str | None = None) -> Any:
    return strawberry.field(default=UNSET, description=description, name=name)


@strawberry.input(
    description="Conditions on a text; all must hold. Case and accents do not matter."
)
class StringFilter:
    eq: str | None = about("Is this text.")
    ne: str | None = about("Is not this text.")
    in_: list[str] | None = about(f"Is one of these texts, {MAX_VALUES} at most.", "in")
    starts_with: str | None = about("Begins with this text.")
    contains: str | None = about("Has this text in it somewhere.")


@strawberry.input(
    description="Conditions on a short name such as a slug; all must hold. Compared exactly."
)
class NameFilter:
    eq: str | None = about("Is this name.")
    ne: str | None = about("Is not this name.")
    in_: list[str] | None = about(f"Is one of these names, {MAX_VALUES} at most.", "in")
    starts_with: str | None = about("Begins with this text.")


@strawberry.input(description="Conditions on an id; all must hold.")
class IDFilter:
    eq: strawberry.ID | None = about("Is this id.")
    ne: strawberry.ID | None = about("Is not this id.")
    in_: list[strawberry.ID] | None = about(f"Is one of these ids, {MAX_VALUES} at most.", "in")
    is_null: bool | None = about("Is not set (true), or is set (false).")


@strawberry.input(description="Conditions on a moment; all must hold.")
class DateTimeFilter:
    eq: datetime | None = about("Is this moment.")
    gt: datetime | None = about("Is later than this.")
    gte: datetime | None = about("Is this moment or later.")
    lt: datetime | None = about("Is earlier than this.")
    lte: datetime | None = about("Is this moment or earlier.")
    is_null: bool | None = about("Is not set (true), or is set (false).")


@strawberry.input(description="Which content items; all conditions must hold.")
class ContentItemFilter:
    and_: list["ContentItemFilter"] | None = about("All of these hold.", "and")
    or_: list["ContentItemFilter"] | None = about("At least one of these holds.", "or")
    not_: "ContentItemFilter | None" = about("This does not hold.", "not")
    id: IDFilter | None = about("The item's id.")
    kind: NameFilter | None = about("The kind, such as `article` or `page`.")
    title: StringFilter | None = about("The title.")
    slug: NameFilter | None = about("The slug.")
    status: list[ContentStatus] | None = about("The status is one of these.")
    author_id: IDFilter | None = about("Who wrote it.")
    category_id: IDFilter | None = about("The category that it is in.")
    tag_id: IDFilter | None = about("At least one of its tags.")
    created_at: DateTimeFilter | None = about("When it was made.")
    updated_at: DateTimeFilter | None = about("When it was last changed.")
    published_at: DateTimeFilter | None = about("When it was published.")
    query: str | None = about(
        "All of these words are in title, summary or body; the last may be a beginning."
    )


@strawberry.input(description="Which users; all conditions must hold.")
class UserFilter:
    and_: list["UserFilter"] | None = about("All of these hold.", "and")
    or_: list["UserFilter"] | None = about("At least one of these holds.", "or")
    not_: "UserFilter | None" = about("This does not hold.", "not")
    id: IDFilter | None = about("The user's id.")
    username: StringFilter | None = about("The name for signing in.")
    role: list[Role] | None = about("The role is one of these.")
    created_at: DateTimeFilter | None = about("When the user joined.")
    query: str | None = about(
        "All of these words are in names or bio; the last may be a beginning."
    )


@strawberry.input(description="One key of an order.")
class ContentItemSort:
    field: ContentItemSortField = strawberry.field(description="What to order by.")
    direction: Direction = strawberry.field(
        default=Direction.ASC, description="Which end comes first."
    )


@strawberry.input(description="One key of an order.")
class UserSort:
    field: UserSortField = strawberry.field(description="What to order by.")
    direction: Direction = strawberry.field(
        default=Direction.ASC, description="Which end comes first."
    )


def filtered(conditions: Any, levels: int = MAX_LEVELS) -> Filter:
    """A filter input as plain data. Raises BadInput when it is nested too deeply."""
    if conditions is None or conditions is UNSET:
        return ()
    if levels == 0:
        raise BadInput(f"A filter nests at most {MAX_LEVELS} levels")
    return tuple(
        (field.name.rstrip("_"), _plain(value, levels - 1))
        for field in fields(conditions)
        if (value := getattr(conditions, field.name)) is not None and value is not UNSET
    )


def _plain(value: Any, levels: int) -> Any:
    if is_dataclass(value):
        return filtered(value, levels)
    return tuple(_plain(one, levels) for one in value) if isinstance(value, list) else value


def ordered(sort: Sequence[ContentItemSort | UserSort] | None) -> Sort:
    """An order input as plain data. Raises BadInput for too many or repeated keys."""
    keys = tuple((key.field.value, key.direction) for key in sort or ())
    if len(keys) > MAX_SORT_KEYS:
        raise BadInput(
            f"`sort` has at most {MAX_SORT_KEYS} keys, but {len(keys)} are given", argument="sort"
        )
    if len({name for name, _ in keys}) < len(keys):
        raise BadInput("`sort` names the same field twice", argument="sort")
    return keys


First = Annotated[
    int | None,
    strawberry.argument(
        description=f"How many from the start: {MAX_SIZE} at most, {DEFAULT_SIZE} when neither "
        "`first` nor `last` is given."
    ),
]
After = Annotated[Cursor | None, strawberry.argument(description="Only what comes after this.")]
Last = Annotated[
    int | None, strawberry.argument(description=f"How many from the end: {MAX_SIZE} at most.")
]
Before = Annotated[Cursor | None, strawberry.argument(description="Only what comes before this.")]
Skip = Annotated[
    int | None,
    strawberry.argument(
        description=f"Skip this many items after `after`; {MAX_OFFSET:,} at most. For pages with "
        "numbers."
    ),
]
Limit = Annotated[
    int | None,
    strawberry.argument(description=f"Limit the number of items returned: {MAX_SIZE} at most."),
]
Offset = Annotated[
    int | None, strawberry.argument(description="Skip the specified number of items.")
]
Words = Annotated[
    str | None,
    strawberry.argument(
        description="Only what has all of these words; the last may be a beginning."
    ),
]
