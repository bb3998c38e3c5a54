from typing import Annotated, Any

import strawberry

from app.pagination import Window
from app.selects import Listing
from engine.fields import batched
from resolvers import edges, whole
from resolvers.context import Context
from resolvers.inputs import (
    After,
    Before,
    First,
    Last,
    Skip,
    UserFilter,
    UserSort,
    filtered,
    ordered,
)
from resolvers.types.connections import Connection
from resolvers.types.users import User

Filter = Annotated[UserFilter | None, strawberry.argument(description="Which users.")]
SortKeys = Annotated[
    list[UserSort] | None,
    strawberry.argument(description="In which order; newest first when left out."),
]


async def load_users(
    parents: list[Any],
    context: Context,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    offset: Skip = 0,
    filter: Filter = None,
    sort: SortKeys = None,
) -> list[Any]:
    listing = Listing("users", filtered(filter), ordered(sort))
    window = Window.of(first, after, last, before, offset)
    return await edges.page(parents, context, listing, window)


@strawberry.type
class UserQueries:
    users: Connection[User] = batched(load_users, description="The users, a page at a time.")

    user: User | None = batched(
        edges.by_id("users", "The user's id."),
        whole=whole.one("users"),
        description="A user by id; null where there is none.",
    )
