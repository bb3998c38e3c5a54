from typing import Any

import strawberry

from engine.fields import batched
from resolvers.context import Context
from resolvers.types.flags import FeatureFlag, shown


async def load_flags(parents: list[Any], context: Context) -> list[Any]:
    return [await shown(context)] * len(parents)


@strawberry.type
class FlagQueries:
    feature_flags: list[FeatureFlag] = batched(
        load_flags, description="What can be switched on and off, and whether it is on for you."
    )
