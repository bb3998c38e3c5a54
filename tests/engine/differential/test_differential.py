"""Plans answer as graphql-core does: 1,000 documents that stay, 1,000 new ones each time."""

from random import SystemRandom

import pytest

from engine.selftest import problem
from tests.engine.differential.fuzz import fuzz
from tests.engine.differential.leftovers import LEFTOVERS

pytestmark = LEFTOVERS

FIXED = [1, 2, 3, 4]
NEW = [SystemRandom().getrandbits(32) for _ in range(4)]


@pytest.mark.parametrize("seed", FIXED)
async def test_a_thousand_fixed_documents(seed):
    await _compared(seed)


@pytest.mark.parametrize("part", range(4))
async def test_a_thousand_new_documents(part):
    print(f"to be had again with: python -m tests.engine.differential.fuzz 250 {NEW[part]}")
    await _compared(NEW[part])


async def _compared(seed):
    tally = await fuzz(250, seed)

    print(tally)
    assert problem() is None
    assert tally.documents == 250
    assert tally.runs >= 3 * 200
    assert tally.planned > 0.75 * tally.runs
    assert 0.4 * tally.runs < tally.with_errors < 0.9 * tally.runs
    assert tally.choices < 0.1 * tally.runs
    fallen_back = sum(tally.fallen_back.values())
    assert fallen_back + tally.planned == tally.runs
