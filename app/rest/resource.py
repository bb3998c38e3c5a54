"""What REST shows of a GraphQL type: its attributes and where they lead."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class To:
    """A relationship to one or `many` resources of a type, by the GraphQL field of its name.

    With `paged` it is a list with pages, which has an address of its own and cannot be included.
    `replace`, `add` and `remove` are the fields of the resource's `update` input that change it.
    """

    type: str
    many: bool = False
    paged: bool = False
    replace: str | None = None
    add: str | None = None
    remove: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """A type of resource: `type` names it at v2 and in addresses, `one` at v1.

    `attributes` is GraphQL: a selection of the fields of `graphql`, whose names are the attributes'
    names; those `on_demand` are shown when they are asked for by name only. `id` is the way to the
    id in what is selected; without one, the resource is the only one of its kind where it is (a
    user's preferences), and has the id of what it belongs to. `by_id` is the root field that
    answers with one of an id, `update` the mutation that changes it.
    """

    type: str
    one: str
    graphql: str
    attributes: str
    relationships: Mapping[str, To] = field(default_factory=dict)
    on_demand: tuple[str, ...] = ()
    id: tuple[str, ...] | None = ("id",)
    by_id: str | None = None
    update: str | None = None
    address: str | None = None
    versioned: bool = False

    @property
    def path(self) -> str | None:
        """Where one is, `{id}` in it for its id; None for what has no address of its own."""
        return self.address or (f"/{self.type}/{{id}}" if self.by_id else None)
