"""What an actor may do with an item in the state that it is in: one answer, for all who ask."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from app.errors import ErrorCode, Invalid
from app.models import ContentStatus
from app.permissions import Actor, Permission

ANY = frozenset(ContentStatus)
IN_TRASH = "This item is in the trash: restore it first"
NOT_IN_TRASH = "This item is not in the trash: delete it first"


class Item(Protocol):
    """As much of an item as matters here."""

    author_id: str
    status: ContentStatus

    scheduled_publish_at: datetime | None
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Rule:
    """CONTENT_PUBLISH is needed as well where readers notice: at once when `felt` of a published
    item, later when what is `planned` to be published changes.

    `otherwise` is told of an item that is not in one of the states.
    """

    permission: Permission
    states: frozenset[ContentStatus] = ANY
    otherwise: str = ""
    felt: bool = False
    planned: bool = False
    trashed: bool = False

    def needs(self, item: Item) -> Iterator[Permission]:
        yield self.permission
        felt = self.felt and item.status is ContentStatus.PUBLISHED
        if felt or (self.planned and item.scheduled_publish_at is not None):
            yield Permission.CONTENT_PUBLISH

    def obstacle(self, item: Item) -> str | None:
        """Why the state of an item does not let this be done."""
        if (item.deleted_at is not None) is not self.trashed:
            return NOT_IN_TRASH if self.trashed else IN_TRASH
        if item.status not in self.states:
            return f"This item is {item.status}: {self.otherwise}"
        return None


RULES = {
    "update": Rule(Permission.CONTENT_UPDATE, planned=True),
    "publish": Rule(Permission.CONTENT_PUBLISH),
    "unpublish": Rule(
        Permission.CONTENT_PUBLISH,
        frozenset({ContentStatus.PUBLISHED}),
        "readers do not see it, so there is nothing to take back",
    ),
    "archive": Rule(
        Permission.CONTENT_PUBLISH,
        ANY - {ContentStatus.ARCHIVED},
        "there is nothing to do",
    ),
    "schedule": Rule(Permission.CONTENT_PUBLISH),
    "delete": Rule(Permission.CONTENT_DELETE, felt=True),
    "restore": Rule(Permission.CONTENT_DELETE, felt=True, trashed=True),
    "purge": Rule(Permission.CONTENT_PURGE, trashed=True),
    "preview": Rule(Permission.CONTENT_READ_DRAFTS),
}


class Abilities(NamedTuple):
    """What an actor may do with one item now."""

    update: bool
    publish: bool
    unpublish: bool
    archive: bool
    schedule: bool
    delete: bool
    restore: bool
    purge: bool

    @classmethod
    def of(cls, actor: Actor, item: Item) -> "Abilities":
        return cls(*(able(actor, item, name) for name in cls._fields))


def able(actor: Actor, item: Item, ability: str) -> bool:
    rule = RULES[ability]
    may = all(actor.may(permission, item.author_id) for permission in rule.needs(item))
    return may and rule.obstacle(item) is None


def require(actor: Actor, item: Item, ability: str) -> None:
    """Raises Unauthenticated or Forbidden, or Invalid for the wrong state."""
    rule = RULES[ability]
    for permission in rule.needs(item):
        actor.require(permission, item.author_id)
    if obstacle := rule.obstacle(item):
        raise Invalid.one(ErrorCode.INVALID_STATE, obstacle, "id")
