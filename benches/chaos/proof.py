"""Whether each accepted write is there, once, with all that belongs to it."""

import asyncio
from dataclasses import dataclass

import asyncpg

WRITTEN = "SELECT id, title FROM content_items WHERE title LIKE 'chaos %'"
TOLD = "SELECT subject_id, count(*) FROM audit_entries WHERE action = $1 GROUP BY subject_id"


@dataclass(frozen=True, slots=True)
class Kept:
    """`unknown`: done, though nobody had heard so when the load ended; they are no mistake."""

    accepted: int
    lost: int
    twice: int
    without_trace: int
    unknown: int


def kept(address: str, accepted: dict[str, str]) -> Kept:
    return asyncio.run(_kept(address, accepted))


async def _kept(address: str, accepted: dict[str, str]) -> Kept:
    connection = await asyncpg.connect(address)
    rows = await connection.fetch(WRITTEN)
    told = dict(await connection.fetch(TOLD, "content_item.created"))
    await connection.close()
    titles = {row["id"]: row["title"] for row in rows}
    return Kept(
        accepted=len(accepted),
        lost=sum(titles.get(id) != f"chaos {key}" for key, id in accepted.items()),
        twice=len(titles) - len(set(titles.values())),
        without_trace=sum(told.get(id) != 1 for id in titles),
        unknown=len(set(titles) - set(accepted.values())),
    )
