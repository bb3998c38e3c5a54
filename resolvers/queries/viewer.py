import strawberry

from resolvers.context import Info
from resolvers.types.accounts import Viewer


@strawberry.type
class ViewerQueries:
    @strawberry.field(description="Who is asking; null for guests.")
    def viewer(self, info: Info) -> Viewer | None:
        actor = info.context.actor
        return None if actor.user_id is None else actor  # type: ignore[return-value]
