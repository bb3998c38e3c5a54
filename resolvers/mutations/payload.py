"""What every mutation is given and answers with."""

from dataclasses import fields
from typing import Any, Self

import strawberry
from strawberry.utils.str_converters import to_camel_case

from app.errors import Conflict, ErrorCode, Invalid, Problem
from resolvers.enums import describe

describe(
    ErrorCode,
    "ErrorCode",
    "What is wrong with a field of a mutation's input.",
    INVALID="It cannot be used as it is.",
    REQUIRED="It is needed.",
    TOO_SHORT="It is too short.",
    TOO_LONG="It is too long.",
    NOT_UNIQUE="Something else has it already.",
    NOT_FOUND="There is no such thing, or none that you may see.",
    INVALID_STATE="The object is not in a state in which this can be done.",
    VERSION_CONFLICT="Somebody else changed the object in between.",
    IN_USE="Something else needs it.",
    LIMIT_EXCEEDED="It is larger than allowed.",
    UNSUPPORTED_MEDIA="Files of this sort are not taken.",
    FORBIDDEN="You may not do this with this object.",
    INVALID_CREDENTIALS="Name, password, code or token are not right.",
    TOTP_REQUIRED="The code of the second factor is needed, too.",
    TOO_MANY_ATTEMPTS="Too many failed attempts; wait before the next.",
    IDEMPOTENCY_MISMATCH="The idempotency key was used for another request.",
)


@strawberry.type(description="Something in the input that cannot be done; nothing was changed.")
class FieldError:
    field: str | None = strawberry.field(
        description="What it is about, as a path with dots: `tags.0.name`; null for the whole."
    )
    message: str = strawberry.field(description="What is wrong, and what to do, in English.")
    code: ErrorCode = strawberry.field(description="What is wrong, for programs.")
    path: list[str] = strawberry.field(description="The path to it in the input.")
    retry_after: int | None = strawberry.field(
        default=None,
        description="After how many seconds it may be done; null when waiting is of no use.",
    )

    @classmethod
    def of(cls, problem: Problem) -> Self:
        path = [to_camel_case(str(part)) for part in problem.path]
        return cls(
            field=".".join(path) or None,
            message=problem.message,
            code=problem.code,
            path=path,
            retry_after=problem.retry_after,
        )


@strawberry.type(description="The object is not at the version that you saw.")
class VersionConflict:
    expected: int = strawberry.field(description="The version that you gave as `ifVersion`.")
    actual: int = strawberry.field(description="The version that it is at.")


@strawberry.interface(description="What every mutation answers with.")
class Payload:
    errors: list[FieldError] = strawberry.field(
        default_factory=list,
        description="All that is wrong with the input. When there is anything, nothing was done.",
    )
    client_mutation_id: str | None = strawberry.field(
        default=None, description="The one of the input, unchanged."
    )
    replayed: bool = strawberry.field(
        default=False,
        description="Whether this was done before, under the same key of `@idempotent`.",
    )

    @classmethod
    def refusing(cls, refusal: Invalid) -> Self:
        """The payload that tells problems."""
        return cls(errors=[FieldError.of(problem) for problem in refusal.problems])

    def seed(self) -> dict[str, Any]:
        """What the payload can be made of again: ids and plain values."""
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if field.init and field.name not in ("client_mutation_id", "replayed", "conflict")
        }


@strawberry.type(description="That it was done, or why not.")
class EmptyPayload(Payload):
    pass


@strawberry.interface(description="What a mutation of an object that counts its versions answers.")
class VersionedPayload(Payload):
    conflict: VersionConflict | None = strawberry.field(
        default=None, description="Set when `ifVersion` is not the version that it is at."
    )

    @classmethod
    def refusing(cls, refusal: Invalid) -> Self:
        payload = super().refusing(refusal)
        if isinstance(refusal, Conflict):
            payload.conflict = VersionConflict(expected=refusal.expected, actual=refusal.actual)
        return payload


@strawberry.type(description="Something that is gone.")
class DeletePayload(VersionedPayload):
    deleted_id: strawberry.ID | None = strawberry.field(
        default=None, description="The id that it had."
    )


@strawberry.type(description="Something that proves nothing any more.")
class RevokePayload(Payload):
    revoked_id: strawberry.ID | None = strawberry.field(default=None, description="Its id.")


@strawberry.input(description="What every mutation can be given.")
class Input:
    client_mutation_id: str | None = strawberry.field(
        default=strawberry.UNSET, description="Comes back in the payload; of no other use."
    )
