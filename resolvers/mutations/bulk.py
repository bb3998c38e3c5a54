from dataclasses import field
from enum import StrEnum
from typing import Any

import strawberry

from app.operations.content import publish, trash
from app.operations.content.bulk import Act, Outcome, each
from app.operations.work import Work
from engine.fields import batched
from resolvers import views
from resolvers.context import Context
from resolvers.enums import describe
from resolvers.mutations.field import mutation
from resolvers.mutations.payload import FieldError, Input, Payload
from resolvers.types.content import ContentItem


class ErrorPolicy(StrEnum):
    REJECT_ALL = "REJECT_ALL"
    REJECT_FAILED = "REJECT_FAILED"


describe(
    ErrorPolicy,
    "ErrorPolicy",
    "What happens when something cannot be done with some of several items.",
    REJECT_ALL="Nothing is done with any of them.",
    REJECT_FAILED="It is done with the others.",
)


@strawberry.input(description="Items that the same is to be done with.")
class BulkTransitionInput(Input):
    ids: list[strawberry.ID] = strawberry.field(description="Their ids, 1 to 100, each once.")
    error_policy: ErrorPolicy = strawberry.field(
        default=ErrorPolicy.REJECT_ALL, description="What to do when some cannot be done."
    )


@strawberry.type(description="What became of one of several items.")
class BulkResult:
    index: int = strawberry.field(description="Its place in the input, from 0.")
    id: strawberry.ID = strawberry.field(description="Its id.")
    errors: list[FieldError] = strawberry.field(
        description="Why it was left as it was; nothing when it was done."
    )
    content_item: ContentItem | None = batched(
        views.latest("id"), description="The item as it is now; null if you may not read it."
    )


async def load_results(payloads: list[Any], _context: Context) -> list[Any]:
    return [
        [
            BulkResult(
                index=index, id=one["id"], errors=[FieldError(**error) for error in one["errors"]]
            )
            for index, one in enumerate(payload.outcomes)
        ]
        for payload in payloads
    ]


@strawberry.type(description="What became of several items.")
class BulkContentItemsPayload(Payload):
    outcomes: strawberry.Private[list[dict[str, Any]]] = field(default_factory=list)
    succeeded: int = strawberry.field(default=0, description="With how many it was done.")
    failed: int = strawberry.field(default=0, description="How many were left as they were.")
    results: list[BulkResult] = batched(
        load_results, description="Each item, in the order of the input; none if nothing was done."
    )


async def _all(work: Work, input: BulkTransitionInput, act: Act) -> BulkContentItemsPayload:
    whole = input.error_policy is ErrorPolicy.REJECT_ALL
    outcomes = await each(work, list(input.ids), act, all_or_nothing=whole)
    failed = sum(bool(outcome.problems) for outcome in outcomes)
    return BulkContentItemsPayload(
        outcomes=[_plain(outcome) for outcome in outcomes],
        succeeded=len(outcomes) - failed,
        failed=failed,
    )


def _plain(outcome: Outcome) -> dict[str, Any]:
    errors = [vars(FieldError.of(problem)) for problem in outcome.problems]
    return {"id": outcome.id, "errors": errors}


@strawberry.type
class BulkMutations:
    @mutation("Publish several items.")
    async def publish_content_items(
        work: Work, input: BulkTransitionInput
    ) -> BulkContentItemsPayload:
        return await _all(work, input, publish.publish)

    @mutation("Put several items away.")
    async def archive_content_items(
        work: Work, input: BulkTransitionInput
    ) -> BulkContentItemsPayload:
        return await _all(work, input, publish.archive)

    @mutation("Throw several items into the trash.")
    async def delete_content_items(
        work: Work, input: BulkTransitionInput
    ) -> BulkContentItemsPayload:
        return await _all(work, input, trash.delete)
