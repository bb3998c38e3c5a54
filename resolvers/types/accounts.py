from datetime import datetime
from typing import Annotated, Any

import strawberry

from app.auth import opaque
from app.permissions import Actor
from app.selects import Listing
from engine.fields import Load, batched, needs
from loaders.accounts import ProofByUser
from loaders.lists import ROOT, SliceByParent
from loaders.rows import RowById
from resolvers import edges
from resolvers.context import Context
from resolvers.types.node import Node
from resolvers.types.users import User

MOST = 100

Id = Annotated[strawberry.ID, strawberry.argument(description="Its id.")]


@needs("id")
def load_prefixes(keys: list[Any], _context: Context) -> list[Any]:
    return [opaque.api_key_prefix(key.id) for key in keys]


@strawberry.type(description="A sign-in on one device.")
class Session(Node):
    current: bool = strawberry.field(description="Whether this very request is of this session.")
    created_at: datetime = strawberry.field(description="When somebody signed in.")
    last_seen_at: datetime = strawberry.field(
        description="When it was last prolonged, or begun: access tokens are not counted."
    )
    expires_at: datetime = strawberry.field(description="When it ends if it is not prolonged.")
    ip_address: str | None = strawberry.field(description="Where the sign-in came from.")
    user_agent: str | None = strawberry.field(
        description="The program that signed in, as it calls itself."
    )


@strawberry.type(description="What a program acts for its owner with.")
class ApiKey(Node):
    name: str = strawberry.field(description="What its owner calls it.")
    prefix: str = batched(
        load_prefixes, description="How the secret begins, to recognise it; the rest is not stored."
    )
    scopes: list[str] = strawberry.field(
        description="What it may do of what its owner may: `content:update`, `media:*`, `*`."
    )
    created_at: datetime = strawberry.field(description="When it was made.")
    expires_at: datetime | None = strawberry.field(
        description="When it stops working; null for never."
    )
    last_used_at: datetime | None = strawberry.field(
        description="When it was last used, to the minute; null for never."
    )


def newest(resource: str) -> Load:
    """The newest rows of a resource that shows everybody their own only."""
    listing = Listing(resource)

    async def load_newest(actors: list[Actor], context: Context) -> list[Any]:
        return await context.load(SliceByParent, listing, MOST, 0).many(ROOT for _ in actors)

    return load_newest


def one(resource: str) -> Load:
    """A row of a resource that shows everybody their own only."""

    async def load_one(actors: list[Actor], context: Context, id: Id) -> list[Any]:
        return await context.load(RowById, resource).many(id for _ in actors)

    return load_one


def proved(attribute: str) -> Load:
    """Whether the actors have proved something of their account."""

    async def load_proved(actors: list[Actor], context: Context) -> list[Any]:
        found = await context.load(ProofByUser).many(actor.user_id for actor in actors)
        return [row and getattr(row, attribute) is not None for row in found]

    return load_proved


def load_permissions(actors: list[Actor], _context: Context) -> list[Any]:
    return [_shown(actor.permissions) for actor in actors]


def _shown(permissions: frozenset[str]) -> list[str]:
    """Without those for own things where there is the one for everybody's."""
    wide = {name for name in permissions if not name.endswith(":own")}
    return sorted(wide | {name for name in permissions if name.removesuffix(":own") not in wide})


def load_scopes(actors: list[Actor], _context: Context) -> list[Any]:
    return [["*"] if actor.scopes is None else sorted(actor.scopes) for actor in actors]


@strawberry.type(description="Who is asking: an account, as far as this request may act for it.")
class Viewer:
    user: User | None = batched(edges.row("users", "user_id"), description="The user.")
    permissions: list[str] = batched(
        load_permissions,
        description="What this request may do; what ends in `:own`, with the user's own things.",
    )
    scopes: list[str] = batched(
        load_scopes, description="Those of the API key; `*` for a session, which has no limits."
    )
    sessions: list[Session] = batched(
        newest("sessions"), description="Where the user is signed in, the latest 100."
    )
    api_keys: list[ApiKey] = batched(
        newest("api_keys"), description="The user's keys that are not revoked, newest first."
    )
    session: Session | None = batched(
        one("sessions"), description="One of the user's sessions; null where there is none of them."
    )
    api_key: ApiKey | None = batched(
        one("api_keys"), description="One of the user's keys; null where there is none of them."
    )
    totp_enabled: bool | None = batched(
        proved("totp_confirmed_at"),
        description="Whether signing in takes a second factor; null for an API key that may not "
        "read the account.",
    )
    email_verified: bool | None = batched(
        proved("email_verified_at"),
        description="Whether the user has proved to read mail at their address; null as above.",
    )
