import strawberry

from resolvers.context import Info
from resolvers.types.limits import Limits


@strawberry.type
class LimitsQueries:
    @strawberry.field(description="How much this server takes.")
    def limits(self, info: Info) -> Limits:
        resources = info.context.resources
        return Limits.of(resources.settings, info.context.actor, resources.limiter.plans)
