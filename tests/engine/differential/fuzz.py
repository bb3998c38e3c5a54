"""Compares many random documents over the nasty schema; also a command, for mutants:

python -m tests.engine.differential.fuzz DOCUMENTS SEED
"""

import asyncio
import sys
from random import Random
from typing import Any

from graphql import OperationType

from tests.engine.differential.context import Context
from tests.engine.differential.difficult import DIFFICULT
from tests.engine.differential.documents import Style, Wanted, documents
from tests.engine.differential.running import Contexts, Pair, Tally
from tests.engine.differential.schema import nasty
from tests.engine.differential.values import choice

PARTS = [
    (OperationType.QUERY, 0.0, 0.3), (OperationType.QUERY, 0.1, 0.25),
    (OperationType.QUERY, 0.5, 0.25), (OperationType.MUTATION, 0.1, 0.1),
    (OperationType.SUBSCRIPTION, 0.1, 0.1),
]  # fmt: skip
"""What is asked, how many of the fields that make much null it has, and its share of documents."""


def _wanted(strict: float) -> Wanted:
    def wanted(random: Random, _type: str, name: str) -> bool:
        """Few fields that make much null, fewer that no plan can read."""
        if name.startswith("later"):
            return random.random() < 0.06
        return not name.startswith("strict") or random.random() < strict

    return wanted


NAMED = {
    "limit": choice(0, 1, 2, 3, 5), "skip": choice(0, 1, 4, 7), "count": choice(0, 1, 2, 3),
    "times": choice(0, 1, 2), "to": choice(0, 1, 3), "start": choice(0, 3, 9),
    "kind": choice("person", "article", "label", "nobody"),
}  # fmt: skip


def contexts(viewer: int) -> Contexts:
    def of_one_execution() -> Any:
        changes: list[str] = []
        return lambda *_: Context(viewer, changes=changes)

    return of_one_execution


async def fuzz(count: int, seed: int) -> Tally:
    """Compare the difficult documents and `count` random ones. Raises Differs."""
    await Pair(nasty, contexts(seed % 4)).run(DIFFICULT * 2, 2 * len(DIFFICULT))
    tally = Tally()
    random = Random(seed)
    share = 0.0
    for kind, strict, part in PARTS:
        share += part
        pair = Pair(nasty, contexts(seed % 4), tally)
        style = Style(_wanted(strict), NAMED)
        found = documents(nasty._schema, kind, random.getrandbits(64), style)
        await pair.run(found, round(count * share))
    return tally


if __name__ == "__main__":
    print(asyncio.run(fuzz(int(sys.argv[1]), int(sys.argv[2]))))
