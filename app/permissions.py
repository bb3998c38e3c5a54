"""Who is asking, and what they may do.

Accounts do not exist yet: everybody is a guest, and a guest reads what is public.
"""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person is on this server (guidelines 5.2)."""

    GUEST = "GUEST"
    USER = "USER"
    EDITOR = "EDITOR"
    ADMIN = "ADMIN"


@dataclass(frozen=True, slots=True)
class Actor:
    """The caller of an operation, detached from any database row."""

    user_id: str | None = None
    role: Role = Role.GUEST

    @property
    def sees_unpublished(self) -> bool:
        """Whether drafts, archived and not yet due items exist for this actor."""
        return self.role in (Role.EDITOR, Role.ADMIN)

    @property
    def sees_private(self) -> bool:
        """Whether everybody's email and preferences exist for this actor."""
        return self.role is Role.ADMIN


GUEST = Actor()
