from typing import Annotated, Any

import strawberry

from app import ids
from app.pagination import sized
from app.selects import BY_PREFIX
from loaders.rows import RowById
from resolvers.context import Context, Info
from resolvers.types.node import Node


async def load_nodes(context: Context, wanted: list[str]) -> list[Any]:
    """The rows with these ids, whatever they are: one statement per resource."""
    rows: dict[str, Any] = {}
    for prefix in BY_PREFIX.keys() & {ids.prefix_of(id) for id in wanted}:
        of_resource = [id for id in wanted if id.startswith(prefix)]
        found = await context.load(RowById, BY_PREFIX[prefix].name).many(of_resource)
        rows.update(zip(of_resource, found, strict=True))
    return [rows.get(id) for id in wanted]


@strawberry.type
class NodeQueries:
    @strawberry.field(description="Anything by its id; null where there is nothing for you.")
    async def node(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")],
    ) -> Node | None:
        return (await load_nodes(info.context, [id]))[0]  # type: ignore[no-any-return]

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
        return await load_nodes(info.context, [str(id) for id in ids])
