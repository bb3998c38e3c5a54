"""`mutation`: a root field that does one thing in one transaction.

    @mutation("Make an item public.")
    async def publish_content_item(work: Work, input: TransitionInput) -> ContentItemPayload:
        item = await content.publish(work, input.id, input.if_version)
        return ContentItemPayload(content_item_id=item.id)

What cannot be done comes back as the payload's `errors`. Whatever takes long (hashing, files) is
done by `before`, outside of the transaction: an async context manager, whose value is `act`'s
third argument and whose end comes after the commit or the failure.
"""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, get_type_hints

import orjson
import strawberry
from graphql import GraphQLResolveInfo, get_directive_values
from sqlalchemy.exc import DBAPIError
from strawberry import UNSET
from strawberry.directive import DirectiveLocation, DirectiveValue

from app.errors import ErrorCode, Invalid
from app.operations import idempotency, races
from app.operations.work import Work
from resolvers.context import Context, Info
from resolvers.mutations.payload import Payload

Act = Callable[..., Awaitable[Any]]
Before = Callable[[Context, Any], AbstractAsyncContextManager[Any]]

IDEMPOTENT = "idempotent"


@strawberry.directive(
    name=IDEMPOTENT,
    locations=[DirectiveLocation.FIELD],
    description="Do this mutation once, however often it is sent under this key in 24 hours.",
)
def idempotent(
    value: DirectiveValue[str],
    key: Annotated[  # noqa: ARG001
        str, strawberry.argument(description="Made by the client, for one thing to be done.")
    ],
) -> Any:
    return value  # `mutation` reads the key; the value is as it is


def mutation(
    description: str, *, before: Before | None = None, secret: bool = False
) -> Callable[[Act], Any]:
    """The field of a mutation; a `secret` one is not stored, not even as a digest, nor replayed."""

    def decorate(act: Act) -> Any:
        hints = get_type_hints(act, include_extras=True)
        payload = hints["return"]

        async def resolver(info: Info, input: Any) -> Any:
            context = info.context
            try:
                key = _key(info._raw_info, secret=secret)
                fingerprint = _fingerprint(act.__name__, input) if key else ""
                answer = await _perform(context, act, before, payload, input, key, fingerprint)
            except Invalid as refusal:
                answer = payload.refusing(refusal)
            except DBAPIError as error:
                if not (told := races.refusal(error)):
                    raise
                answer = payload.refusing(told)
            finally:
                context.renew()  # what was read before the change is old now
            context.refused |= bool(answer.errors)
            answer.client_mutation_id = input.client_mutation_id or None
            return answer

        described = strawberry.argument(description="What is to be done.")
        resolver.__annotations__ = {
            "info": Info, "input": Annotated[hints["input"], described], "return": payload,
        }  # fmt: skip
        resolver.__name__, resolver.__module__ = act.__name__, act.__module__
        return strawberry.mutation(resolver=resolver, description=description)

    return decorate


async def _perform(
    context: Context,
    act: Act,
    before: Before | None,
    payload: type[Payload],
    input: Any,
    key: str | None,
    fingerprint: str,
) -> Payload:
    db = context.resources.db
    at = datetime.now(UTC)
    owner = idempotency.owner_of(context.actor, context.caller.address)
    if key and (seed := await idempotency.stored(db, owner, key, fingerprint, at)):
        return payload(**seed, replayed=True)
    async with (before or _nothing)(context, input) as prepared:
        arguments = (input, prepared) if before else (input,)

        async def transaction() -> Payload:
            async with db.write() as session:
                work = Work(session, context.actor, context.request_id, at)
                if key and (seed := await idempotency.claim(work, owner, key, fingerprint)):
                    return payload(**seed, replayed=True)
                answer: Payload = await act(work, *arguments)
                if key:
                    await idempotency.keep(work, owner, key, answer.seed())
                return answer

        return await races.again_after_deadlock(transaction)


@asynccontextmanager
async def _nothing(_context: Context, _input: Any) -> AsyncIterator[None]:
    yield


def _key(info: GraphQLResolveInfo[Any], *, secret: bool) -> str | None:
    directive = info.schema.get_directive(IDEMPOTENT)
    assert directive
    given = (
        get_directive_values(directive, node, info.variable_values) for node in info.field_nodes
    )
    values = next(filter(None, given), None)
    if values is None:
        return None
    if secret:
        message = "This deals in secrets, which are not stored: send it without an idempotency key"
        raise Invalid.one(ErrorCode.INVALID, message)
    return idempotency.checked(values["key"])


def _fingerprint(name: str, input: Any) -> str:
    """A digest of what is asked for: which mutation, with which input."""
    return hashlib.sha256(orjson.dumps([name, _plain(input)], default=str)).hexdigest()


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        telling = (field for field in fields(value) if field.compare)
        given = ((field.name, getattr(value, field.name)) for field in telling)
        return {
            name: _plain(one)
            for name, one in given
            if one is not UNSET and name != "client_mutation_id"
        }
    return [_plain(one) for one in value] if isinstance(value, list) else value
