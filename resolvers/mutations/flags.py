from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import strawberry

from app.operations import flags
from app.operations.work import Work
from engine.fields import batched
from resolvers.context import Context
from resolvers.mutations.field import mutation
from resolvers.mutations.inputs import about, given, known
from resolvers.mutations.payload import Input, Payload
from resolvers.types.flags import FeatureFlag, shown


@strawberry.input(description="One user for whom a feature flag is to be on or off.")
class FeatureFlagUserInput:
    user_id: strawberry.ID = strawberry.field(description="The user's id.")
    enabled: bool | None = about("Whether it is on for them; null for no rule of their own.")


@strawberry.input(description="For whom a feature flag is to be on; what is left out stays.")
class SetFeatureFlagInput(Input):
    name: str = strawberry.field(description="The flag's name.")
    everyone: bool | None = about("Whether it is on for who has no other rule; null for off.")
    percentage: int | None = about("The part of the users, 0 to 100; null for no such rule.")
    users: list[FeatureFlagUserInput] | None = about(
        "Single users; who is not named stays. At most 1,000 have a rule of their own."
    )


async def load_changed(payloads: list[Any], context: Context) -> list[Any]:
    return [
        (await shown(context, [payload.name]))[0] if payload.name else None for payload in payloads
    ]


@strawberry.type(description="A feature flag that was set.")
class SetFeatureFlagPayload(Payload):
    name: strawberry.Private[str | None] = None
    feature_flag: FeatureFlag | None = batched(load_changed, description="The flag as now.")


@asynccontextmanager
async def going_by_it(context: Context, _input: SetFeatureFlagInput) -> AsyncIterator[None]:
    try:
        yield
    finally:
        context.resources.flags.changed()


@strawberry.type
class FlagMutations:
    @mutation(
        "Switch something on or off, for everybody or some; every process goes by it in a second.",
        before=going_by_it,
    )
    async def set_feature_flag(
        work: Work, input: SetFeatureFlagInput, _ready: None
    ) -> SetFeatureFlagPayload:
        users = [(one.user_id, known(one.enabled)) for one in known(input.users) or ()]
        await flags.change(work, input.name, given(input, "everyone", "percentage"), users)
        return SetFeatureFlagPayload(name=input.name)
