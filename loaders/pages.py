"""A page of a list, as Relay's connections show it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.selects import Listing


@dataclass(slots=True)
class Edge:
    node: Any
    cursor_of: Callable[[Any], str]

    @property
    def cursor(self) -> str:
        return self.cursor_of(self.node)


@dataclass(slots=True)
class Page:
    """Rows between two cursors. Cursors are made when asked for, counts by their own loader.

    In the direction of the page, "is there more" is looked up; in the other one a given cursor
    says it (its own row is there), or an offset.
    """

    nodes: Sequence[Any]
    has_next_page: bool
    has_previous_page: bool
    listing: Listing
    parent: str
    cursor_of: Callable[[Any], str]

    @property
    def edges(self) -> list[Edge]:
        return [Edge(node, self.cursor_of) for node in self.nodes]

    @property
    def page_info(self) -> "Page":
        return self

    @property
    def start_cursor(self) -> str | None:
        return self.cursor_of(self.nodes[0]) if self.nodes else None

    @property
    def end_cursor(self) -> str | None:
        return self.cursor_of(self.nodes[-1]) if self.nodes else None
