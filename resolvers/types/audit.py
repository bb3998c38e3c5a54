from datetime import datetime
from typing import Any

import strawberry

from engine.fields import batched, needs
from resolvers import edges
from resolvers.context import Context
from resolvers.scalars import JSON
from resolvers.types.node import Node
from resolvers.types.users import User


@needs("subject_id")
async def load_subjects(entries: list[Any], context: Context) -> list[Any]:
    return await edges.load_nodes(context, [entry.subject_id for entry in entries])


@strawberry.type(description="A change: who did what to which thing, and when.")
class AuditEntry(Node):
    created_at: datetime = strawberry.field(name="at", description="When it happened.")
    action: str = strawberry.field(description="What happened: `content_item.published`.")
    actor_id: strawberry.ID | None = strawberry.field(
        description="Who did it; null for guests and for what the server does by itself."
    )
    actor: User | None = batched(
        edges.row("users", "actor_id"), description="Who did it, while they are there."
    )
    subject_id: strawberry.ID = strawberry.field(description="What it was done to.")
    subject: Node | None = batched(
        load_subjects,
        description="What it was done to; null when it is gone, or nothing to be seen by its id.",
    )
    changed: list[str] = strawberry.field(
        name="changedFields", description="The fields that have other values since."
    )
    details: JSON = strawberry.field(description="What else there is to know: ids, states, counts.")
    request_id: str = strawberry.field(
        description="The `X-Request-ID` of the request that did it, as in the server's log."
    )
