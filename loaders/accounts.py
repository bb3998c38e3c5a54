"""How accounts are proved."""

from functools import lru_cache

from app.selects import accounts
from loaders.base import Loader, Row
from loaders.statements import KEPT

_proof = lru_cache(KEPT)(accounts.proof)


class ProofByUser(Loader[str, Row]):
    """When a user's address and second factor were proved; None of anybody but the actor."""

    async def batch_load_fn(self, keys: list[str]) -> list[Row]:
        found = {row.id: row for row in await self.scope.fetch(_proof(self.scope.sight))}
        return [found.get(key) for key in keys]
