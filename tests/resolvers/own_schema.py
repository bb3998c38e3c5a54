"""What plans are compared on with our own schema: a world that is always the same, and whom."""

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from random import Random, SystemRandom
from typing import Any

from sqlalchemy import update

from app import ids
from app.db import Database
from app.flags import FLAGS, Flags
from app.http.caller import Caller
from app.models import Category, ContentStatus, Tag, base
from app.resources import Resources
from engine.engine import EVERYTHING
from resolvers.context import Context
from resolvers.mutations import field
from resolvers.schema import schema
from tests import factories as make
from tests.engine.differential.documents import Style
from tests.engine.differential.running import Pair
from tests.engine.differential.values import Draw, choice
from tests.resolvers.access_world import CALLERS, IDS, restore, rows

CHILD = "cat_00000000000000000000000099"
KNOWN = [IDS[name] for name in ("published", "owner", "image", "tag", "category")]
ID = choice(*KNOWN * 4, *IDS.values(), "usr_00000000000000000000000000", "nonsense")
SMALL = choice(1, 2, 3, 3, 5, 5, 0, 101)
WORDS = choice("words", "item", "own", "published", "2026-01-01T12:10:00+00:00", "image/png")
NAMED: dict[str, Draw] = {
    **dict.fromkeys(("id", "ids", "eq", "in", "authorId", "categoryId", "tagId"), ID),
    **dict.fromkeys(("first", "last", "limit"), SMALL),
    "offset": choice(0, 0, 0, 1, 2, -1),
    "query": WORDS,
    "revision": choice(1, 2, 3),
}

ITEM = """ fragment item on ContentItem {
    id title slug summary status createdAt publishedAt version
    viewerCan { update publish delete }
    author { id username fullName contentItems(limit: 2, sortBy: TITLE) { id author { id } } }
    featuredImage { id url width height altText uploadedBy { username } }
    tags { id name usageCount }
    category { name parent { name } path { slug } }
}"""

SEED = int(os.environ.get("FUZZ_SEED") or SystemRandom().getrandbits(32))
"""Another one each time; `FUZZ_SEED=…` has a run again."""

# A rate's rest and a secret are another with each execution.
OTHER_EACH_TIME = {
    "limits", "token", "secret", "provisioningUri", "recoveryCodes", "accessToken", "refreshToken",
}  # fmt: skip


def style(wanted: Any = None, size: int = 16, **named: Draw) -> Style:
    def is_wanted(random: Random, type: str, name: str) -> bool:
        return name not in OTHER_EACH_TIME and (wanted is None or wanted(random, type, name))

    return Style(is_wanted, {**NAMED, **named}, size=size, depth=6)


def pair(name: str, resources: Resources, statements: Sequence[str], renew: Any = None) -> Pair:
    """Both, as a caller of the access matrix."""
    # Flags that the environment sets: else they are read again whenever a second has passed.
    chosen = resources.settings.model_copy(update={f"feature_{name}": False for name in FLAGS})
    resources = replace(resources, flags=Flags(resources.db, chosen))
    caller = Caller(CALLERS[name], "http://content.example", "test")
    return Pair(
        schema,
        lambda: lambda reads=EVERYTHING: Context.of(caller, resources, reads),
        statements=statements,
        renew=renew,
    )


class World:
    """Makes a database what it was: the world of the access matrix, and enough items for pages,
    with tags and images. Time stands still in it, and ids are counted."""

    def __init__(self, db: Database, monkeypatch: Any) -> None:
        self.db, self.patch, self.numbers = db, monkeypatch.setattr, count(1)
        self.patch(ids, "new", self._id)
        for module in (base, field):
            self.patch(module, "datetime", Still)

    def _id(self, prefix: str) -> str:
        return ids.make(prefix, 1_800_000_000_000 + next(self.numbers), 0)

    async def renew(self) -> None:
        self.numbers = count(1)
        self.patch(make, "numbers", count(1))
        async with self.db.write() as session:
            await session.execute(update(Category).values(parent_id=None))
        await restore(self.db)
        await fill(self.db)


class Still(datetime):
    """A clock that stands."""

    moment = datetime.now(UTC)

    @classmethod
    def now(cls, _zone: Any = None) -> datetime:  # type: ignore[override]
        return cls.moment


async def fill(db: Database) -> None:
    """More for the world of the access matrix."""
    world = rows()
    tags = [row for row in world if isinstance(row, Tag)]
    parent = next(row for row in world if isinstance(row, Category))
    items = [
        make.item(
            world[0],  # type: ignore[arg-type]
            id=f"cnt_{90 + number:026}",
            title=f"Item {number}",
            body="words",
            slug=f"own-{number}",
            category_id=IDS["category"] if number % 2 else None,
            featured_image_id=IDS["image"] if number % 3 else None,
            status=ContentStatus.ARCHIVED if number == 4 else ContentStatus.PUBLISHED,
        )
        for number in range(6)
    ]
    await make.add(
        db, make.category("Child", parent, id=CHILD), *items,
        tags={item: tags[: number % 3] for number, item in enumerate(items)},
    )  # fmt: skip
