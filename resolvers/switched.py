"""Fields that a feature flag takes away, for all objects of a level at once."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from app.flags import FLAGS
from resolvers.context import Context

AsyncLoad = Callable[..., Awaitable[list[Any]]]


def unless(flag: str, load: AsyncLoad) -> AsyncLoad:
    """A load for `batched` that raises SwitchedOff for whom the flag is on.

    search: SearchConnection = batched(unless("search_off", load_search), …)
    """
    if flag not in FLAGS:
        raise LookupError(f"There is no feature flag {flag!r}")

    @wraps(load)
    async def load_unless(parents: list[Any], context: Context, **arguments: Any) -> list[Any]:
        await context.resources.flags.refuse(flag, context.actor.user_id)
        return await load(parents, context, **arguments)

    return load_unless
