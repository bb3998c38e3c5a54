from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import strawberry

from app.auth.vault import Vault
from app.operations.accounts import passwords, second_factor
from app.operations.accounts.second_factor import Attempt
from app.operations.work import Work
from resolvers.context import Context
from resolvers.mutations.accounts import AccountPayload
from resolvers.mutations.field import mutation
from resolvers.mutations.payload import Input, Payload

CODE = "The code that your app shows, or a recovery code; each is good for once."


@strawberry.input(description="Whose second factor is to begin.")
class StartTotpInput(Input):
    password: str = strawberry.field(description="Your present password.")


@strawberry.input(description="What proves that your app knows the secret.")
class EnableTotpInput(Input):
    code: str = strawberry.field(description="The six digits that your app shows.")


@strawberry.input(description="What proves that you have your second factor at hand.")
class TotpInput(Input):
    code: str = strawberry.field(description=CODE)


@strawberry.type(description="What an app needs to show codes.")
class StartTotpPayload(Payload):
    secret: str | None = strawberry.field(
        default=None, description="The secret in base32, for typing; it is told only now."
    )
    provisioning_uri: str | None = strawberry.field(
        default=None, description="The same as an `otpauth://` address, for a QR code."
    )


@strawberry.type(description="What stands in for a phone that is lost.")
class RecoveryCodesPayload(Payload):
    recovery_codes: list[str] | None = strawberry.field(
        default=None, description="Ten codes, each good for once; they are told only now."
    )


@asynccontextmanager
async def with_password(context: Context, input: StartTotpInput) -> AsyncIterator[Vault]:
    address = context.caller.address
    await passwords.confirm(context.resources, context.actor, input.password, address, "password")
    yield context.resources.vault


@asynccontextmanager
async def with_code(context: Context, _input: TotpInput) -> AsyncIterator[Attempt]:
    yield await second_factor.attempt(context.resources, context.actor, context.caller.address)


@strawberry.type
class SecondFactorMutations:
    @mutation(
        "Begin a second factor (RFC 6238): the secret for an app. It counts from `enableTotp` on.",
        before=with_password,
        secret=True,
    )
    async def start_totp(
        work: Work,
        input: StartTotpInput,  # noqa: ARG002
        vault: Vault,
    ) -> StartTotpPayload:
        secret, address = await second_factor.start(work, vault)
        return StartTotpPayload(secret=secret, provisioning_uri=address)

    @mutation("Ask for a code at each sign-in from now on.", before=with_code, secret=True)
    async def enable_totp(
        work: Work, input: EnableTotpInput, attempt: Attempt
    ) -> RecoveryCodesPayload:
        codes = await second_factor.enable(work, attempt, input.code)
        return RecoveryCodesPayload(recovery_codes=codes)

    @mutation("Do without a second factor from now on.", before=with_code)
    async def disable_totp(work: Work, input: TotpInput, attempt: Attempt) -> AccountPayload:
        await second_factor.disable(work, attempt, input.code)
        return AccountPayload(user_id=work.actor.user_id)

    @mutation(
        "Make new recovery codes; those before are good for nothing any more.",
        before=with_code,
        secret=True,
    )
    async def regenerate_recovery_codes(
        work: Work, input: TotpInput, attempt: Attempt
    ) -> RecoveryCodesPayload:
        codes = await second_factor.regenerate_recovery_codes(work, attempt, input.code)
        return RecoveryCodesPayload(recovery_codes=codes)
