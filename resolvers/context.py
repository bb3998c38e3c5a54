"""What resolvers are handed: fresh for each operation."""

from dataclasses import dataclass, field
from typing import Any

import strawberry
from strawberry.dataloader import DataLoader

from app.permissions import Actor
from loaders import Loaders


@dataclass(slots=True)
class Context:
    """`base_url` is where the client reaches us, without a slash at the end."""

    actor: Actor
    load: Loaders
    base_url: str
    batches: dict[Any, DataLoader[Any, Any]] = field(default_factory=dict)


Info = strawberry.Info[Context, None]
