"""One mutation: its transaction, who does it, when, and the record of what it did."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import Conflict
from app.models import AuditEntry, OutboxEvent
from app.permissions import Actor


@dataclass(slots=True)
class Work:
    """`at` is the one moment at which everything of this mutation happens."""

    session: AsyncSession
    actor: Actor
    request_id: str
    at: datetime

    def record(
        self, event: str, subject_id: str, changed: Iterable[str] = (), **details: Any
    ) -> None:
        """Tell the log and the outside what happened: `content_item.published`.

        Both outlive the people in them, so `changed` and `details` are names of fields, ids,
        numbers and states, never what somebody wrote.
        """
        names = sorted(changed)
        entry = AuditEntry(
            action=event,
            subject_id=subject_id,
            actor_id=self.actor.user_id,
            api_key_id=self.actor.api_key_id,
            changed=names,
            details=details,
            request_id=self.request_id,
            created_at=self.at,
        )
        data = {"actorId": self.actor.user_id, "changedFields": names, **details}
        told = OutboxEvent(type=event, subject=subject_id, time=self.at, data=data)
        self.session.add_all((entry, told))


def expect(version: int | None, actual: int) -> None:
    """Raises Conflict unless the caller saw the `actual` version, or does not care."""
    if version is not None and version != actual:
        raise Conflict(version, actual)
