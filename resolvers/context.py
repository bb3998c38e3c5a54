"""What resolvers are handed: fresh for each operation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import strawberry
from strawberry.dataloader import DataLoader

from app.http.caller import Caller
from app.permissions import Actor
from app.resources import Resources
from engine.plan.model import Reads
from loaders import Loaders

Columns = Mapping[str, frozenset[str]]

# Whose rows are shown as which types, and what resolvers look at themselves.
_SHOWN: Mapping[str, tuple[tuple[str, ...], frozenset[str]]] = {
    "users": (("User",), frozenset()),
    "content": (("ContentItem",), frozenset({"author_id", "kind", "version", "updated_at"})),
    "trash": (("ContentItem",), frozenset()),
    "media": (("Image", "Video", "Audio", "Document"), frozenset({"kind"})),
    "tags": (("Tag",), frozenset()),
    "categories": (("Category",), frozenset()),
    "revisions": (("Revision",), frozenset()),
}


@lru_cache(maxsize=1_000)
def columns_of(reads: Reads) -> Columns:
    """The attributes that are read of each resource's rows; one that is read whole is missing."""
    columns: dict[str, frozenset[str]] = {}
    for resource, (types, always) in _SHOWN.items():
        found = [reads[type] for type in types if type in reads]
        known = [one for one in found if one is not None]
        if found and len(known) == len(found):
            columns[resource] = always.union(*known)
    return columns


def _loaders(resources: Resources, actor: Actor, columns: Columns) -> Loaders:
    return Loaders(resources.db, actor, resources.cursors, columns, resources.metrics.batch)


@dataclass(slots=True)
class Context:
    """`cookies` are set with the answer: each name with the options of Starlette's `set_cookie`.

    `refused`: whether a payload tells why something was not done.
    What is `confidential` is not for everybody who may call as this caller does: no cache keeps it.
    """

    caller: Caller
    actor: Actor
    resources: Resources
    load: Loaders
    columns: Columns
    batches: dict[Any, DataLoader[Any, Any]] = field(default_factory=dict)
    cookies: list[dict[str, Any]] = field(default_factory=list)
    confidential: bool = False
    refused: bool = False

    @classmethod
    def of(cls, caller: Caller, resources: Resources, reads: Reads) -> "Context":
        """`reads` are the attributes that the operation reads, by GraphQL type."""
        columns = columns_of(reads)
        load = _loaders(resources, caller.actor, columns)
        return cls(caller, caller.actor, resources, load, columns)

    @property
    def alone(self) -> bool:
        """Whether one load runs and nothing beside it, so that there are no keys to wait for."""
        return self.load.scope.alone

    @alone.setter
    def alone(self, alone: bool) -> None:
        self.load.scope.alone = alone

    @property
    def base_url(self) -> str:
        return self.caller.base_url

    @property
    def media(self) -> str:
        """Where our files are, with a slash at the end."""
        return f"{self.base_url}/media/"

    @property
    def request_id(self) -> str:
        return self.caller.request_id

    def renew(self, actor: Actor | None = None) -> None:
        """Forget what was read: something has changed, or somebody has signed in."""
        self.actor = actor or self.actor
        self.load = _loaders(self.resources, self.actor, self.columns)
        self.batches.clear()


Info = strawberry.Info[Context, None]
