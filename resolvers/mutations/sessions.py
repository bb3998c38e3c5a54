from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Self

import strawberry

from app.errors import ErrorCode, Invalid
from app.http.credentials import Cookie, session_cookies, without_session
from app.operations.accounts import sessions, sign_in
from app.operations.accounts.sessions import Device, Opened
from app.operations.accounts.sign_in import Proof
from app.operations.work import Work
from app.permissions import GUEST, Actor
from engine.fields import batched
from resolvers import edges
from resolvers.context import Context
from resolvers.mutations.field import mutation
from resolvers.mutations.inputs import about, known
from resolvers.mutations.payload import Input, Payload, RevokePayload
from resolvers.types.accounts import Session
from resolvers.types.users import User


@strawberry.input(description="Who signs in, and what proves it.")
class CreateSessionInput(Input):
    identifier: str = strawberry.field(
        description="A username or an email address: one that you have verified, or that nobody "
        "claimed after you."
    )
    password: str = strawberry.field(description="The password.")
    totp_code: str | None = about(
        "The code of the second factor or a recovery code, where `totpRequired` asks for it."
    )
    cookie: bool = strawberry.field(
        default=False,
        description="Keep the session in cookies that no script can read, not in the answer.",
    )


@strawberry.input(description="Which session is to go on.")
class RefreshSessionInput(Input):
    refresh_token: str | None = about("The last one; a browser's cookie when left out or null.")


@strawberry.input(description="Which session is to end.")
class RevokeSessionInput(Input):
    id: strawberry.ID | None = about("The session's id; the present one when left out or null.")


@strawberry.input(description="Whether this session is to end, too.")
class RevokeAllSessionsInput(Input):
    include_current: bool = strawberry.field(
        default=False, description="End the session that asks for it as well."
    )


@strawberry.type(description="A session and the tokens that prove it.")
class SessionPayload(Payload):
    session_id: strawberry.Private[str | None] = None
    user_id: strawberry.Private[str | None] = None
    access_token: str | None = strawberry.field(
        default=None,
        description="What is sent as `Authorization: Bearer`; null when it is in a cookie.",
    )
    refresh_token: str | None = strawberry.field(
        default=None,
        description="What `refreshSession` takes, once; null when it is in a cookie.",
    )
    expires_in: int | None = strawberry.field(
        default=None, description="Seconds that the access token is good for."
    )
    session: Session | None = batched(
        edges.row("sessions", "session_id"), description="The session as it is now."
    )
    user: User | None = batched(edges.row("users", "user_id"), description="Who is signed in.")
    totp_required: bool = strawberry.field(
        default=False,
        description="Whether the password was right, but `totpCode` is needed as well.",
    )

    @classmethod
    def refusing(cls, refusal: Invalid) -> Self:
        payload = super().refusing(refusal)
        codes = [problem.code for problem in refusal.problems]
        payload.totp_required = ErrorCode.TOTP_REQUIRED in codes
        return payload


@strawberry.type(description="How many sessions have ended.")
class RevokeAllSessionsPayload(Payload):
    count: int | None = strawberry.field(default=None, description="How many there were.")


@dataclass(slots=True)
class Door:
    """Who comes in or leaves by a mutation; it counts once the transaction is committed."""

    context: Context
    cookies: bool = False
    actor: Actor | None = None
    sent: list[Cookie] = field(default_factory=list)

    def let_in(self, work: Work, opened: Opened) -> SessionPayload:
        self.actor = opened.actor
        user_id, id = opened.user_id, opened.session_id
        token, seconds = self.context.resources.tokens.issue(user_id, id, work.at)
        payload = SessionPayload(session_id=id, user_id=user_id, expires_in=seconds)
        if self.cookies:
            base_url, refresh_token = self.context.base_url, opened.refresh_token
            self.sent = session_cookies(base_url, token, seconds, refresh_token, sessions.LIFETIME)
        else:
            payload.access_token, payload.refresh_token = token, opened.refresh_token
        return payload

    def let_out(self) -> None:
        self.actor = GUEST
        self.forget()

    def forget(self) -> None:
        """A browser keeps nothing of a session that is over."""
        if self.context.caller.refresh_token:
            self.sent = without_session(self.context.base_url)

    def close(self) -> None:
        self.context.cookies += self.sent
        self.context.renew(self.actor)


@asynccontextmanager
async def at_the_door(context: Context, _input: Input) -> AsyncIterator[Door]:
    door = Door(context)
    yield door
    door.close()


@asynccontextmanager
async def with_password(
    context: Context, input: CreateSessionInput
) -> AsyncIterator[tuple[Door, Proof]]:
    resources = context.resources
    if input.cookie and not resources.settings.session_cookies:
        message = "This server keeps no sessions in cookies"
        raise Invalid.one(ErrorCode.INVALID, message, "cookie")
    if input.cookie and not context.caller.cookies:
        message = "No cookie can be set over a WebSocket"
        raise Invalid.one(ErrorCode.INVALID, message, "cookie")
    address = context.caller.address
    proof = await sign_in.prove(resources, input.identifier, input.password, address)
    door = Door(context, cookies=input.cookie)
    yield door, proof
    door.close()


@strawberry.type
class SessionMutations:
    @mutation("Sign in.", before=with_password, secret=True)
    async def create_session(
        work: Work, input: CreateSessionInput, proved: tuple[Door, Proof]
    ) -> SessionPayload:
        door, proof = proved
        caller, vault = door.context.caller, door.context.resources.vault
        device = Device(caller.address, caller.user_agent)
        opened = await sign_in.enter(work, vault, proof, known(input.totp_code), device)
        return door.let_in(work, opened)

    @mutation(
        "Go on with a session: a new access token and a new refresh token for the last one. A "
        "refresh token that comes twice ends its session.",
        before=at_the_door,
        secret=True,
    )
    async def refresh_session(work: Work, input: RefreshSessionInput, door: Door) -> SessionPayload:
        token = known(input.refresh_token)
        if token is None:
            token, door.cookies = door.context.caller.refresh_token, True
        opened = await sessions.refresh(work, token or "")
        if opened is None:  # told, not raised: that a session has ended is to be kept
            if door.cookies:
                door.forget()
            return SessionPayload.refusing(sessions.over())
        return door.let_in(work, opened)

    @mutation("End one of your sessions.", before=at_the_door)
    async def revoke_session(work: Work, input: RevokeSessionInput, door: Door) -> RevokePayload:
        revoked_id = await sessions.revoke(work, known(input.id))
        if revoked_id == work.actor.session_id:
            door.let_out()
        return RevokePayload(revoked_id=strawberry.ID(revoked_id))

    @mutation("End your sessions on all other devices.", before=at_the_door)
    async def revoke_all_sessions(
        work: Work, input: RevokeAllSessionsInput, door: Door
    ) -> RevokeAllSessionsPayload:
        count = await sessions.revoke_mine(work, current=input.include_current)
        if input.include_current and work.actor.session_id:
            door.let_out()
        return RevokeAllSessionsPayload(count=count)
