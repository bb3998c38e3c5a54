"""Unique texts: slugs and names that a column does not hold yet."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession


class Free:
    """Finds texts that a unique column does not hold yet, by adding -2, -3 …

    `look` asks once for many; only texts that turn out to be taken cost a question each.
    """

    def __init__(
        self,
        session: AsyncSession,
        column: ColumnElement[str],
        *where: ColumnElement[bool],
        length: int = 200,
    ) -> None:
        self.session, self.column, self.where, self.length = session, column, where, length
        self.taken: set[str] = set()
        self.numbers: dict[str, int] = {}

    async def look(self, wanted: Iterable[str]) -> None:
        """Learn which of these are taken. What was chosen before must have been written."""
        self.taken = await self._among([text[: self.length] for text in wanted])

    async def choose(self, wanted: str) -> str:
        """`wanted`, one of those looked for, or the first free text made from it."""
        chosen = wanted[: self.length]
        if chosen in self.taken:
            chosen = await self._numbered(wanted)
        self.taken.add(chosen)
        return chosen

    async def _numbered(self, wanted: str) -> str:
        number = self.numbers.get(wanted, 1)
        while True:
            number += 1
            ending = f"-{number}"
            chosen = wanted[: self.length - len(ending)] + ending
            if chosen not in self.taken and not await self._among([chosen]):
                self.numbers[wanted] = number
                return chosen

    async def _among(self, texts: list[str]) -> set[str]:
        found: Any = await self.session.scalars(
            select(self.column).where(self.column.in_(texts), *self.where)
        )
        return set(found)
