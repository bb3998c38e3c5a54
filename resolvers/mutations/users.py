from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import strawberry

from app.models import Theme
from app.operations import erase, users
from app.operations.erase import Remains
from app.operations.work import Work
from app.permissions import Role
from engine.fields import batched
from resolvers import edges
from resolvers.context import Context
from resolvers.mutations.field import mutation
from resolvers.mutations.inputs import about, given, if_version, known, secret
from resolvers.mutations.payload import Input, VersionedPayload
from resolvers.types.users import User


@strawberry.input(description="What a user likes the site to be; what is left out stays.")
class UserPreferencesInput:
    theme: Theme | None = about("The look of the site; null for the default.")
    email_notifications: bool | None = about("Whether to be told by email; null for the default.")


@strawberry.input(description="What is to be changed of a profile; what is left out stays.")
class UpdateUserProfileInput(Input):
    id: strawberry.ID = strawberry.field(description="The user's id.")
    if_version: int | None = if_version()
    full_name: str | None = about("User's full name; null or nothing for none.")
    bio: str | None = about("What the user says about themselves; null or nothing for none.")
    preferences: UserPreferencesInput | None = about(
        "What the user likes the site to be; null for all defaults."
    )
    profile_image_id: strawberry.ID | None = about("An image; null for none.")


@strawberry.input(description="Which user is to have which role.")
class AssignRoleInput(Input):
    user_id: strawberry.ID = strawberry.field(description="The user's id.")
    role: Role = strawberry.field(description="Any but `GUEST`.")
    if_version: int | None = if_version()


@strawberry.input(description="Which user may come in no more, or again.")
class UserInput(Input):
    id: strawberry.ID = strawberry.field(description="The user's id.")
    if_version: int | None = if_version()


@strawberry.input(description="Who is to be erased, and what becomes of what they made.")
class EraseUserInput(Input):
    id: strawberry.ID = strawberry.field(description="The user's id.")
    content: Remains = about(
        "What becomes of the user's content and media, trash included.", default=Remains.REFUSE
    )
    reattribute_to_id: strawberry.ID | None = about(
        "Whose they become, with `REATTRIBUTE`; for editors and admins to say."
    )
    password: str | None = secret("The caller's own password, needed to erase oneself.")
    if_version: int | None = if_version()


@strawberry.type(description="A user who was changed.")
class UserPayload(VersionedPayload):
    user_id: strawberry.Private[str | None] = None
    user: User | None = batched(edges.row("users", "user_id"), description="The user as now.")


@strawberry.type(description="A user whose profile was changed.")
class UpdateUserProfilePayload(UserPayload):
    pass


@strawberry.type(description="A user who is no more.")
class EraseUserPayload(VersionedPayload):
    erased_id: strawberry.ID | None = strawberry.field(
        default=None, description="The id that they had."
    )


@asynccontextmanager
async def with_own_password(context: Context, input: EraseUserInput) -> AsyncIterator[None]:
    password, address = known(input.password), context.caller.address
    await erase.ready(context.resources, context.actor, input.id, password, address)
    yield


@strawberry.type
class UserMutations:
    @mutation("Change a profile: one's own, or as an admin anybody's.")
    async def update_user_profile(
        work: Work, input: UpdateUserProfileInput
    ) -> UpdateUserProfilePayload:
        changes = given(input, "full_name", "bio", "preferences", "profile_image_id")
        if changes.get("preferences") is not None:
            changes["preferences"] = given(input.preferences)
        user = await users.update_profile(work, input.id, changes, known(input.if_version))
        return UpdateUserProfilePayload(user_id=user.id)

    @mutation("Give a user a role, which counts at once. There is always an admin.")
    async def assign_role(work: Work, input: AssignRoleInput) -> UserPayload:
        user = await users.assign_role(work, input.user_id, input.role, known(input.if_version))
        return UserPayload(user_id=user.id)

    @mutation("Let a user in no more: their sessions and API keys end at once.")
    async def deactivate_user(work: Work, input: UserInput) -> UserPayload:
        user = await users.deactivate(work, input.id, known(input.if_version))
        return UserPayload(user_id=user.id)

    @mutation("Let a deactivated user sign in again.")
    async def reactivate_user(work: Work, input: UserInput) -> UserPayload:
        user = await users.reactivate(work, input.id, known(input.if_version))
        return UserPayload(user_id=user.id)

    @mutation(
        "Remove a user for good, with everything that is personal: oneself, or as an admin "
        "anybody.",
        before=with_own_password,
    )
    async def erase_user(
        work: Work,
        input: EraseUserInput,
        _confirmed: None,
    ) -> EraseUserPayload:
        heir_id, version = known(input.reattribute_to_id), known(input.if_version)
        await erase.erase(work, input.id, input.content, heir_id, version)
        return EraseUserPayload(erased_id=input.id)
