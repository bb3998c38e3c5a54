"""What resolvers are handed: fresh for each operation."""

from dataclasses import dataclass, field
from typing import Any

import strawberry
from strawberry.dataloader import DataLoader

from app.http.caller import Caller
from app.permissions import Actor
from app.resources import Resources
from loaders import Loaders


@dataclass(slots=True)
class Context:
    """`cookies` are set with the answer: each name with the options of Starlette's `set_cookie`.

    What is `confidential` is not for everybody who may call as this caller does: no cache keeps it.
    """

    caller: Caller
    actor: Actor
    resources: Resources
    load: Loaders
    batches: dict[Any, DataLoader[Any, Any]] = field(default_factory=dict)
    cookies: list[dict[str, Any]] = field(default_factory=list)
    confidential: bool = False

    @classmethod
    def of(cls, caller: Caller, resources: Resources) -> "Context":
        load = Loaders(resources.db, caller.actor, resources.cursors)
        return cls(caller, caller.actor, resources, load)

    @property
    def base_url(self) -> str:
        return self.caller.base_url

    @property
    def request_id(self) -> str:
        return self.caller.request_id

    def renew(self, actor: Actor | None = None) -> None:
        """Forget what was read: something has changed, or somebody has signed in."""
        self.actor = actor or self.actor
        self.load = Loaders(self.resources.db, self.actor, self.resources.cursors)
        self.batches.clear()


Info = strawberry.Info[Context, None]
