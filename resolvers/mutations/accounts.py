from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import strawberry

from app.operations.accounts import passwords, registration
from app.operations.accounts.passwords import NewHash
from app.operations.accounts.registration import NewUser
from app.operations.work import Work
from engine.fields import batched
from resolvers import edges
from resolvers.context import Context
from resolvers.mutations.field import mutation
from resolvers.mutations.inputs import about, known
from resolvers.mutations.payload import EmptyPayload, Input, Payload
from resolvers.types.users import User

GOOD_ENOUGH = "8 to 256 characters, with a lowercase letter, an uppercase letter and a digit."


@strawberry.input(description="Somebody who wants an account.")
class RegisterUserInput(Input):
    username: str = strawberry.field(description="3 to 50 letters a to z, digits, underscores.")
    email: str = strawberry.field(description="An address; a mail asks to verify it.")
    password: str = strawberry.field(description=GOOD_ENOUGH)
    full_name: str | None = about("User's full name, 100 characters at most.")


@strawberry.input(description="What came by mail.")
class VerifyEmailInput(Input):
    token: str = strawberry.field(description="The token in the mail; good once, for 7 days.")


@strawberry.input(description="Nothing but what every mutation can be given.")
class RequestEmailVerificationInput(Input):
    pass


@strawberry.input(description="A new password.")
class ChangePasswordInput(Input):
    current_password: str = strawberry.field(description="Your present password.")
    new_password: str = strawberry.field(description=GOOD_ENOUGH)


@strawberry.input(description="Who has forgotten their password.")
class RequestPasswordResetInput(Input):
    email: str = strawberry.field(description="The address of the account.")


@strawberry.input(description="A new password, and what came by mail.")
class ResetPasswordInput(Input):
    token: str = strawberry.field(description="The token in the mail; good once, for an hour.")
    new_password: str = strawberry.field(description=GOOD_ENOUGH)


@strawberry.type(description="A user who has registered.")
class RegisterUserPayload(Payload):
    user_id: strawberry.Private[str | None] = None
    user: User | None = batched(edges.row("users", "user_id"), description="The new user.")


@strawberry.type(description="A user whose account was changed.")
class AccountPayload(Payload):
    user_id: strawberry.Private[str | None] = None
    user: User | None = batched(edges.row("users", "user_id"), description="The user as now.")


@asynccontextmanager
async def ready_to_register(context: Context, input: RegisterUserInput) -> AsyncIterator[NewUser]:
    full_name, address = known(input.full_name), context.caller.address
    # Operators still make accounts, with their command.
    await context.resources.flags.refuse("registration_closed", context.actor.user_id)
    yield await registration.ready(
        context.resources, input.username, input.email, input.password, full_name, address
    )


@asynccontextmanager
async def ready_to_verify(
    context: Context, _input: RequestEmailVerificationInput
) -> AsyncIterator[None]:
    address, user_id = context.caller.address, context.actor.user_id or ""
    await registration.ready_to_verify(context.resources.db, user_id, address)
    yield


@asynccontextmanager
async def ready_to_change(context: Context, input: ChangePasswordInput) -> AsyncIterator[NewHash]:
    yield await passwords.ready_to_change(
        context.resources,
        context.actor,
        input.current_password,
        input.new_password,
        context.caller.address,
    )


@asynccontextmanager
async def ready_to_ask(context: Context, input: RequestPasswordResetInput) -> AsyncIterator[str]:
    yield await passwords.ready_to_ask(context.resources.db, input.email, context.caller.address)


@asynccontextmanager
async def ready_to_reset(context: Context, input: ResetPasswordInput) -> AsyncIterator[NewHash]:
    yield await passwords.ready_to_reset(context.resources, input.token, input.new_password)


@strawberry.type
class AccountMutations:
    @mutation(
        "Make an account. Whether the address has one already is told by mail alone.",
        before=ready_to_register,
        secret=True,
    )
    async def register_user(
        work: Work,
        input: RegisterUserInput,  # noqa: ARG002
        new: NewUser,
    ) -> RegisterUserPayload:
        return RegisterUserPayload(user_id=(await registration.register(work, new)).id)

    @mutation("Show that you read the mail of an address: it belongs to your account from now on.")
    async def verify_email(work: Work, input: VerifyEmailInput) -> AccountPayload:
        user = await registration.verify_email(work, input.token)
        return AccountPayload(user_id=user.id)

    @mutation("Have another mail sent that asks to verify your address.", before=ready_to_verify)
    async def request_email_verification(
        work: Work,
        input: RequestEmailVerificationInput,  # noqa: ARG002
        ready: None,  # noqa: ARG002
    ) -> AccountPayload:
        registration.request_verification(work)
        return AccountPayload(user_id=work.actor.user_id)

    @mutation(
        "Change your password; your sessions on other devices end, your API keys go on.",
        before=ready_to_change,
        secret=True,
    )
    async def change_password(
        work: Work,
        input: ChangePasswordInput,  # noqa: ARG002
        new: NewHash,
    ) -> AccountPayload:
        await passwords.change(work, new)
        return AccountPayload(user_id=work.actor.user_id)

    @mutation(
        "Have a mail sent with which a new password can be chosen. The answer is the same whether "
        "or not there is an account.",
        before=ready_to_ask,
    )
    async def request_password_reset(
        work: Work,
        input: RequestPasswordResetInput,  # noqa: ARG002
        email: str,
    ) -> EmptyPayload:
        passwords.request_reset(work, email)
        return EmptyPayload()

    @mutation(
        "Choose a new password with a token from a mail; all your sessions and API keys end.",
        before=ready_to_reset,
        secret=True,
    )
    async def reset_password(work: Work, input: ResetPasswordInput, new: NewHash) -> EmptyPayload:
        await passwords.reset(work, input.token, new)
        return EmptyPayload()
