from typing import Generic, TypeVar

import strawberry

from engine.fields import batched
from resolvers.edges import load_total_count
from resolvers.scalars import Cursor

T = TypeVar("T")


@strawberry.type(description="Where a page is in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more follows this page.")
    has_previous_page: bool = strawberry.field(description="Whether more is before this page.")
    start_cursor: Cursor | None = strawberry.field(description="The first item's place.")
    end_cursor: Cursor | None = strawberry.field(description="The last item's place.")


@strawberry.type(description="An item and its place in a list.")
class Edge(Generic[T]):
    cursor: Cursor = strawberry.field(description="The item's place in this order.")
    node: T | None = strawberry.field(description="The item.")


@strawberry.type(description="A page of a list (Relay's cursor connections).")
class Connection(Generic[T]):
    edges: list[Edge[T]] = strawberry.field(description="The items with their places.")
    nodes: list[T] = strawberry.field(description="The items.")
    page_info: PageInfo = strawberry.field(description="Where this page is in the list.")
    total_count: int = batched(
        load_total_count, description="How many items the whole list has; counted when asked for."
    )
