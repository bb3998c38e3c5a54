import strawberry

from resolvers.context import Info
from resolvers.types.limits import Limits


@strawberry.type
class LimitsQueries:
    @strawberry.field(description="How much this server takes.")
    def limits(self, info: Info) -> Limits:
        return Limits.of(info.context.resources.settings)
