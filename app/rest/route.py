"""A row of the table of routes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.rest.resource import Resource

Places = Mapping[str, str]
"""What a parameter is called, and where its value goes: `filter.authorId.in`."""


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path, the operation that they run, and the resource that it answers with.

    Parameters of the path go to the variable of their name, or to the field of `input`. `filters`
    are the parameters that choose what a list holds, `options` further ones. PUT makes `replaces`
    null where a body lacks them; of a body only `accepts` is taken, when it is given, and goes into
    the field `within` of the input, if there is one. `renames` are other names of its fields.
    `linkage` answers with type and id only; `changes` is the field of the input that identifiers
    in the body go to. `nullable` is what may lead nowhere. What is shown `unlinked` has no address
    while it is there. A `secret` answer is never stored. `document` is the operation's text, where
    it is not in the files.
    """

    method: str
    path: str
    operation: str
    resource: Resource
    summary: str
    filters: Places = field(default_factory=dict)
    options: Places = field(default_factory=dict)
    status: int = 200
    replaces: tuple[str, ...] = ()
    accepts: tuple[str, ...] | None = None
    renames: Mapping[str, str] = field(default_factory=dict)
    within: str | None = None
    nullable: bool = False
    linkage: bool = False
    unlinked: bool = False
    changes: str | None = None
    secret: bool = False
    document: str | None = None
