from datetime import datetime
from typing import Any, NamedTuple

import strawberry

from app.models import Theme
from app.operations import users
from app.permissions import Role
from engine.fields import batched, needs
from resolvers import edges
from resolvers.context import Context
from resolvers.types.connections import Connection
from resolvers.types.content import ContentItem
from resolvers.types.media import Image, Media
from resolvers.types.node import Node


class Preferences(NamedTuple):
    theme: Theme = Theme.SYSTEM
    email_notifications: bool = True


@needs("preferences")
def load_preferences(users: list[Any], _context: Context) -> list[Any]:
    return [None if user.preferences is None else _read(user.preferences) for user in users]


def _read(stored: dict[str, Any]) -> Preferences:
    return Preferences(Theme(stored.get("theme", "SYSTEM")), stored.get("emailNotifications", True))


@strawberry.type(description="What a user likes the site to be.")
class UserPreferences:
    theme: Theme = strawberry.field(description="The look of the site.")
    email_notifications: bool = strawberry.field(description="Whether to be told by email.")


@needs("id")
def load_abilities(shown: list[Any], context: Context) -> list[Any]:
    return [
        UserAbilities(**{
            name: users.refusal(context.actor, name, user.id) is None for name in users.ABILITIES
        })
        for user in shown
    ]  # fmt: skip


@strawberry.type(description="What you may do with a user.")
class UserAbilities:
    update: bool = strawberry.field(description="Change the profile.")
    assign_role: bool = strawberry.field(description="Give another role.")
    deactivate: bool = strawberry.field(description="Let the user in no more, or again.")
    erase: bool = strawberry.field(description="Remove the user for good.")


@strawberry.type(description="A user in the system.")
class User(Node):
    username: str = strawberry.field(description="Username for login.")
    email: str | None = strawberry.field(
        description="Email address; null for those who may not see it."
    )
    email_verified: bool | None = strawberry.field(
        description="Whether the address is proved to be the user's; null for those who may not "
        "see it."
    )
    full_name: str | None = strawberry.field(description="User's full name.")
    bio: str | None = strawberry.field(description="What the user says about themselves.")
    role: Role = strawberry.field(description="What the user may do on this server.")
    preferences: UserPreferences | None = batched(
        load_preferences,
        description="What the user likes the site to be; null for those who may not see it.",
    )
    profile_image: Image | None = batched(
        edges.image("profile_image_id"), description="User's profile image."
    )
    content_items: list[ContentItem] = batched(
        edges.content_items("author"), description="List of content items created by this user."
    )
    content_items_connection: Connection[ContentItem] = batched(
        edges.content_page("author"),
        description="The content items created by this user, a page at a time.",
    )
    media_connection: Connection[Media] = batched(
        edges.media_page("uploaded_by"),
        description="What this user uploaded, newest first, a page at a time.",
    )
    viewer_can: UserAbilities = batched(
        load_abilities,
        description="What you may do with this user; the last admin is kept, whatever this says.",
    )
    deactivated_at: datetime | None = strawberry.field(
        description="Since when the user is let in no more; null for those who may not see it."
    )
    version: int = strawberry.field(description="Counts the changes of this user.")
    created_at: datetime = strawberry.field(description="When the user joined.")
    updated_at: datetime = strawberry.field(description="When the user was last changed.")
