from typing import Annotated

import strawberry

from app.pagination import sized
from resolvers import edges
from resolvers.context import Info
from resolvers.types.node import Node


@strawberry.type
class NodeQueries:
    @strawberry.field(description="Anything by its id; null where there is nothing for you.")
    async def node(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")],
    ) -> Node | None:
        return (await edges.load_nodes(info.context, [id]))[0]  # type: ignore[no-any-return]

    @strawberry.field(
        description="Several things by their ids, in this order; null where there is nothing for "
        "you."
    )
    async def nodes(
        self,
        info: Info,
        ids: Annotated[
            list[strawberry.ID], strawberry.argument(description="Their ids, 100 at most.")
        ],
    ) -> list[Node | None]:
        sized("ids", len(ids))
        return await edges.load_nodes(info.context, [str(id) for id in ids])
