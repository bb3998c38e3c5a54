from typing import Annotated, Any

import strawberry

from app.pagination import Window
from app.selects import Listing
from engine.fields import batched
from resolvers import edges
from resolvers.context import Context
from resolvers.inputs import After, Before, First, Last, Skip
from resolvers.types.audit import AuditEntry
from resolvers.types.connections import Connection

SubjectId = Annotated[
    strawberry.ID | None, strawberry.argument(description="Only what was done to this.")
]
ActorId = Annotated[
    strawberry.ID | None, strawberry.argument(description="Only what this user did.")
]
Action = Annotated[
    str | None, strawberry.argument(description="Only this: `content_item.published`.")
]


async def load_entries(
    parents: list[Any],
    context: Context,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    offset: Skip = 0,
    subject_id: SubjectId = None,
    actor_id: ActorId = None,
    action: Action = None,
) -> list[Any]:
    given = {"subject_id": subject_id, "actor_id": actor_id, "action": action}
    filter = tuple((name, (("eq", one),)) for name, one in given.items() if one is not None)
    listing = Listing("audit", filter)
    window = Window.of(first, after, last, before, offset)
    return await edges.page(parents, context, listing, window)


@strawberry.type
class AuditQueries:
    audit_log: Connection[AuditEntry] = batched(
        load_entries, description="Every change, newest first, a page at a time."
    )
