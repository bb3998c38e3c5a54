"""How accounts are proved."""

from app.selects import accounts
from loaders.base import Loader, Row


class ProofByUser(Loader[str, Row]):
    """When a user's address and second factor were proved; None of anybody but the actor."""

    async def batch_load_fn(self, keys: list[str]) -> list[Row]:
        found = {row.id: row for row in await self.scope.db.fetch(accounts.proof(self.scope.actor))}
        return [found.get(key) for key in keys]
