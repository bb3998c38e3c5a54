"""What an answer came to, of what was taken for its operation."""

from typing import Any

import orjson

from app.limits.limiter import Allowance
from resolvers.answers import Answer
from resolvers.endpoint.parameters import Parameters

FRAME = 4
"""Objects that belong to every answer: itself, `data`, `extensions` and `cost`."""


async def paid(answer: Answer, asked: Parameters, purse: Allowance | None) -> bytes:
    """An answer as JSON, its price settled. Raises RateLimited, LimitsUnavailable."""
    if purse and not purse.taken:
        await purse.take(1)  # for a document that cannot be run
    content = orjson.dumps(answer.body)
    if purse:
        actual = settle(purse, answer.body, content)
        if asked.extensions.get("cost") is True and "extensions" in answer.body:
            answer.body["extensions"]["cost"] |= told(purse, actual)
            content = orjson.dumps(answer.body)
    return content


def told(purse: Allowance, actual: int) -> dict[str, Any]:
    """What `extensions.cost` tells to who asks."""
    rate = purse.plan.points / 3_600  # a second
    return {"actual": actual, "remaining": purse.remaining, "restoreRate": rate}


def settle(purse: Allowance, body: dict[str, Any], content: bytes) -> int:
    """Give back what was not needed; the answer is what was.

    Parts of a body may be JSON already, so objects are counted by their braces in its text: one in
    a string counts, too, and less is given back. After errors all may have been needed.
    """
    actual = max(1, content.count(b"{") - FRAME)
    actual = purse.taken if "errors" in body else min(purse.taken, actual)
    purse.give_back(purse.taken - actual)
    return actual
