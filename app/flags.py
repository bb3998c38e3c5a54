"""Feature flags (guidelines 11.2): what can be switched while the server runs, and for whom.

Of what is known, the first decides: the environment, a rule for the user, a percentage of the
users, the rule for everyone; otherwise a flag is off. So one that is to take away what was always
there is named for being gone (`search_off`).
"""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

from sqlalchemy import select

from app.db import Database, Rows
from app.errors import SwitchedOff, Unavailable
from app.models import FeatureFlag, FeatureFlagUser
from app.settings import Settings

logger = logging.getLogger(__name__)

FRESH = 1.0
"""Seconds after which every process goes by a change."""

PATIENCE = 2.0
"""Seconds that the database has to tell them, before what it told last counts."""

_SETTING = "feature_"

# Declared once: a flag is a setting that can also be set while the server runs.
FLAGS: Mapping[str, str] = {
    name.removeprefix(_SETTING): about.description or ""
    for name, about in Settings.model_fields.items()
    if name.startswith(_SETTING)
}


@dataclass(frozen=True, slots=True)
class Rules:
    """What the database says of a flag: for single users by id, for a percentage of the users,
    for everyone else."""

    everyone: bool = False
    percentage: int | None = None
    users: Mapping[str, bool] = field(default_factory=dict)
    updated_at: datetime | None = None

    def decide(self, name: str, user_id: str | None) -> bool:
        """Whether the flag is on for a user, or for guests; of these nobody is a percentage."""
        if user_id and (own := self.users.get(user_id)) is not None:
            return own
        if self.percentage is not None and (user_id or self.percentage in (0, 100)):
            return place(name, user_id) < self.percentage
        return self.everyone


NO_RULES = Rules()


def place(name: str, user_id: str | None) -> int:
    """Where from 0 to 99 a user stands for a flag: always there, and elsewhere for another flag."""
    digest = hashlib.sha256(f"{name}:{user_id}".encode()).digest()
    return int.from_bytes(digest[:8]) % 100


class Flags:
    """The flags as this process knows them. They are read when one is asked for, at most once in
    FRESH seconds of `clock`; a request that asks for none causes no statement."""

    def __init__(
        self, db: Database, settings: Settings, clock: Callable[[], float] = monotonic
    ) -> None:
        chosen = {name: getattr(settings, _SETTING + name) for name in FLAGS}
        self.overrides: Mapping[str, bool] = {
            name: on for name, on in chosen.items() if on is not None
        }
        self._db, self._clock = db, clock
        self._lenient = settings.production
        self._rules: Mapping[str, Rules] = {}
        self._fresh_until = self._away_until = float("-inf")
        self._away = False
        self._reading: asyncio.Task[Mapping[str, Rules]] | None = None

    async def enabled(self, name: str, user_id: str | None) -> bool:
        """Whether a flag is on for a user; None is a guest.

        Raises LookupError for a flag that is not declared, which in production is logged, and off.
        """
        if name not in FLAGS:
            if not self._lenient:
                raise LookupError(f"There is no feature flag {name!r}")
            logger.error("There is no feature flag %r: it counts as off", name)
            return False
        if name in self.overrides:
            return self.overrides[name]
        return (await self._known()).get(name, NO_RULES).decide(name, user_id)

    async def refuse(self, name: str, user_id: str | None) -> None:
        """Raises SwitchedOff when this flag, which takes away, is on; LookupError, too."""
        if await self.enabled(name, user_id):
            raise SwitchedOff("This is switched off at present", flag=name)

    async def rules(self) -> Mapping[str, Rules]:
        """What the database says, by flag: as it was FRESH seconds ago, or later.

        Raises Unavailable.
        """
        if self._clock() < self._fresh_until:
            return self._rules
        if self._reading is None:
            self._reading = asyncio.create_task(self._read(self._clock()))
            # When all have given up, nobody is left to hear of a failure.
            self._reading.add_done_callback(lambda task: task.cancelled() or task.exception())
        # All who ask meanwhile share what comes of it; one who gives up leaves it to the others.
        return await asyncio.shield(self._reading)

    async def _known(self) -> Mapping[str, Rules]:
        """What `rules` says; while the database does not answer, what it said last, if anything."""
        if self._clock() < self._away_until or (self._away and self._reading):
            return self._rules
        try:
            async with asyncio.timeout(PATIENCE):
                rules = await self.rules()
        except (Unavailable, TimeoutError):
            self._tell(away=True)
            self._away_until = self._clock() + FRESH
            return self._rules
        self._tell(away=False)
        return rules

    def _tell(self, *, away: bool) -> None:
        if away is not self._away:
            self._away = away
            now = "as last known: the database does not answer in time" if away else "read again"
            logger.warning("Feature flags are %s", now)

    async def _read(self, began: float) -> Mapping[str, Rules]:
        try:
            rules = _by_flag(await self._db.fetch(_RULES))
            if self._reading is asyncio.current_task():
                self._rules, self._fresh_until = rules, began + FRESH
            return rules
        finally:
            if self._reading is asyncio.current_task():
                self._reading = None

    def changed(self) -> None:
        """Have this process go by a change at once: what is being read is older, and not kept."""
        self._reading = None
        self._fresh_until = self._away_until = float("-inf")


_RULES = select(
    FeatureFlag.name,
    FeatureFlag.everyone,
    FeatureFlag.percentage,
    FeatureFlag.updated_at,
    FeatureFlagUser.user_id,
    FeatureFlagUser.enabled,
).join(FeatureFlagUser, FeatureFlagUser.flag == FeatureFlag.name, isouter=True)


def _by_flag(rows: Rows) -> dict[str, Rules]:
    users: dict[str, dict[str, bool]] = {}
    for row in rows:
        of_flag = users.setdefault(row.name, {})
        if row.user_id is not None:
            of_flag[row.user_id] = row.enabled
    return {
        row.name: Rules(row.everyone, row.percentage, users[row.name], row.updated_at)
        for row in rows
    }
