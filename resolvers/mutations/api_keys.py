from datetime import timedelta

import strawberry

from app.operations.accounts import api_keys
from app.operations.work import Work
from engine.fields import batched
from resolvers import edges
from resolvers.mutations.field import mutation
from resolvers.mutations.inputs import about, known
from resolvers.mutations.payload import Input, Payload, RevokePayload
from resolvers.types.accounts import ApiKey


@strawberry.input(description="A new API key.")
class CreateApiKeyInput(Input):
    name: str = strawberry.field(description="What you call it.")
    scopes: list[str] = strawberry.field(
        description="What it may do of what you may: `content:update`, `media:*`, `*` for all. "
        "To read anything, answers to its own changes included, it needs `public:read`."
    )
    expires_in: int | None = about("Seconds until it stops working; never when left out or null.")


@strawberry.input(description="Which API key is to have a new secret.")
class RotateApiKeyInput(Input):
    id: strawberry.ID = strawberry.field(description="The key's id.")
    grace_seconds: int | None = about(
        "How long the present secret still works, 7 days at most; a day when left out or null."
    )


@strawberry.input(description="Which API key is to end.")
class RevokeApiKeyInput(Input):
    id: strawberry.ID = strawberry.field(description="The key's id.")


@strawberry.type(description="An API key with its secret.")
class ApiKeyPayload(Payload):
    api_key_id: strawberry.Private[str | None] = None
    api_key: ApiKey | None = batched(
        edges.row("api_keys", "api_key_id"), description="The key as it is now."
    )
    secret: str | None = strawberry.field(
        default=None, description="What is sent as `X-API-Key`; it is told only now."
    )


@strawberry.type
class ApiKeyMutations:
    @mutation("Make an API key for a program that acts for you.", secret=True)
    async def create_api_key(work: Work, input: CreateApiKeyInput) -> ApiKeyPayload:
        seconds = known(input.expires_in)
        lifetime = None if seconds is None else timedelta(seconds=seconds)
        key, secret = await api_keys.create(work, input.name, input.scopes, lifetime)
        return ApiKeyPayload(api_key_id=key.id, secret=secret)

    @mutation(
        "Give an API key a new secret; the present one still works for a while.",
        secret=True,
    )
    async def rotate_api_key(work: Work, input: RotateApiKeyInput) -> ApiKeyPayload:
        seconds = known(input.grace_seconds)
        grace = api_keys.GRACE if seconds is None else timedelta(seconds=seconds)
        key, secret = await api_keys.rotate(work, input.id, grace)
        return ApiKeyPayload(api_key_id=key.id, secret=secret)

    @mutation("End an API key at once.")
    async def revoke_api_key(work: Work, input: RevokeApiKeyInput) -> RevokePayload:
        await api_keys.revoke(work, input.id)
        return RevokePayload(revoked_id=input.id)
