from collections.abc import Iterable
from datetime import datetime

import strawberry

from app.flags import FLAGS, NO_RULES, Rules
from app.permissions import Permission
from engine.fields import batched
from resolvers import edges
from resolvers.context import Context
from resolvers.types.users import User


@strawberry.type(description="A user for whom a feature flag is on or off, whatever else decides.")
class FeatureFlagUser:
    user_id: strawberry.Private[str]
    user: User | None = batched(edges.row("users", "user_id"), description="Who it is.")
    enabled: bool = strawberry.field(description="Whether it is on for them.")


@strawberry.type(
    description="What decides whether a feature flag is on. The first that says anything does, in "
    "this order; when none does, it is off."
)
class FeatureFlagRules:
    environment: bool | None = strawberry.field(
        description="What the server's settings say, for everybody; null for nothing."
    )
    users: list[FeatureFlagUser] = strawberry.field(description="What is said of single users.")
    percentage: int | None = strawberry.field(
        description="The part of the users for whom it is on, always the same ones; null for no "
        "such rule. Guests are none of them, but for 0 and 100."
    )
    everyone: bool = strawberry.field(description="Whether it is on for all others.")
    updated_at: datetime | None = strawberry.field(
        description="When any of this was last set; null for never."
    )

    @classmethod
    def of(cls, environment: bool | None, rules: Rules) -> "FeatureFlagRules":
        users = [FeatureFlagUser(user_id=id, enabled=on) for id, on in sorted(rules.users.items())]
        return cls(
            environment=environment,
            users=users,
            percentage=rules.percentage,
            everyone=rules.everyone,
            updated_at=rules.updated_at,
        )


@strawberry.type(description="Something that can be switched on and off while the server runs.")
class FeatureFlag:
    name: str = strawberry.field(description="Its name: `search_off`.")
    description: str = strawberry.field(description="What it does when it is on.")
    enabled: bool = strawberry.field(description="Whether it is on for you.")
    rules: FeatureFlagRules | None = strawberry.field(
        description="For whom it is on; null for who may not change it."
    )


async def shown(context: Context, names: Iterable[str] = FLAGS) -> list[FeatureFlag]:
    """Declared flags as the caller sees them. Raises Unavailable to who manages them."""
    flags, actor = context.resources.flags, context.actor
    managed = actor.may(Permission.FLAGS_MANAGE)
    stored = await flags.rules() if managed else {}
    return [
        FeatureFlag(
            name=name,
            description=FLAGS[name],
            enabled=await flags.enabled(name, actor.user_id),
            rules=FeatureFlagRules.of(flags.overrides.get(name), stored.get(name, NO_RULES))
            if managed
            else None,
        )
        for name in names
    ]
