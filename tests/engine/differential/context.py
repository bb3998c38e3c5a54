"""What the nasty schema's resolvers are handed."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Context:
    """`changes` are what mutations did, in their order."""

    viewer: int
    batches: dict[Any, Any] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)
