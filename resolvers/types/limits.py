from collections.abc import Mapping

import strawberry

from app.limits.plans import Plan, plan_of
from app.pagination import DEFAULT_SIZE, MAX_OFFSET, MAX_SIZE
from app.permissions import Actor
from app.setting_values import PlanName
from app.settings import Settings
from engine.shape import SATURATED
from resolvers.scalars import ByteSize


@strawberry.type(description="How much this server takes; what is above is refused.")
class Limits:
    default_page_size: int = strawberry.field(
        default=DEFAULT_SIZE, description="Items of a page whose size is not given."
    )
    max_page_size: int = strawberry.field(default=MAX_SIZE, description="Items of a page.")
    max_offset: int = strawberry.field(
        default=MAX_OFFSET, description="Items that a page may skip; further on cursors lead."
    )
    max_body_bytes: ByteSize = strawberry.field(
        description="Size of a request, but for the files that come with it."
    )
    max_upload_bytes: ByteSize = strawberry.field(description="Size of an uploaded file.")
    max_pixels: int = strawberry.field(
        description="Pixels of an uploaded picture, all frames of an animation together."
    )
    max_cost: int = strawberry.field(description="Objects that an operation may ask for.")
    plan: str = strawberry.field(
        description="What you are to this server: `anonymous`, `registered`, `partner`, `internal`."
    )
    points_per_hour: int | None = strawberry.field(
        description="What you may spend: a point for a call of REST, its cost for an operation of "
        "GraphQL. Null for as much as you like."
    )
    points_at_once: int | None = strawberry.field(description="How much of it at once.")

    @classmethod
    def of(cls, settings: Settings, actor: Actor, plans: Mapping[PlanName, Plan]) -> "Limits":
        name = plan_of(actor)
        plan = plans.get(name)
        return cls(
            max_body_bytes=ByteSize(settings.max_body_bytes),
            max_upload_bytes=ByteSize(settings.max_upload_bytes),
            max_pixels=settings.max_pixels,
            # Nothing is counted further.
            max_cost=min(settings.max_cost, plan.burst if plan else SATURATED, SATURATED),
            plan=name,
            points_per_hour=min(plan.points, SATURATED) if plan else None,
            points_at_once=min(plan.burst, SATURATED) if plan else None,
        )
