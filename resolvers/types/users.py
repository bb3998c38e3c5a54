from datetime import datetime
from typing import Any, NamedTuple

import strawberry

from app.models import Theme
from app.permissions import Role
from engine.fields import batched
from resolvers import edges
from resolvers.context import Context
from resolvers.types.connections import Connection
from resolvers.types.content import ContentItem
from resolvers.types.media import Image, Media
from resolvers.types.node import Node, shown_as


class Preferences(NamedTuple):
    theme: Theme = Theme.SYSTEM
    email_notifications: bool = True


def load_preferences(users: list[Any], _context: Context) -> list[Any]:
    return [None if user.preferences is None else _read(user.preferences) for user in users]


def _read(stored: dict[str, Any]) -> Preferences:
    return Preferences(Theme(stored.get("theme", "SYSTEM")), stored.get("emailNotifications", True))


@strawberry.type(description="What a user likes the site to be.")
class UserPreferences:
    theme: Theme = strawberry.field(description="The look of the site.")
    email_notifications: bool = strawberry.field(description="Whether to be told by email.")


@strawberry.type(description="A user in the system.")
class User(Node):
    is_type_of = shown_as("User")

    username: str = strawberry.field(description="Username for login.")
    email: str | None = strawberry.field(
        description="Email address; null for those who may not see it."
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
    version: int = strawberry.field(description="Counts the changes of this user.")
    created_at: datetime = strawberry.field(description="When the user joined.")
    updated_at: datetime = strawberry.field(description="When the user was last changed.")
