from datetime import datetime
from typing import Annotated

import strawberry

from app.models import Theme
from app.permissions import Role
from engine.fields import batched
from resolvers import edges
from resolvers.types.connections import Connection
from resolvers.types.content import ContentItem
from resolvers.types.media import Image
from resolvers.types.node import Node, shown_as


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
