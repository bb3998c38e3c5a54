"""From a request's parameters to an answer, for every door: HTTP, REST, sockets."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from graphql import ExecutionResult, GraphQLError, OperationType

from app.errors import TimedOut
from app.http.caller import Caller
from app.http.client import Client
from app.http.refusal import RequestError
from app.limits.limiter import Allowance
from app.logs.entry import note
from app.metrics.counted import OTHER
from app.resources import Resources
from engine.documents import Documents
from engine.engine import Engine, Executed, Mode
from engine.limits import UNLIMITED, Limits, exceeded
from engine.plan.model import Reads
from engine.prepared import Prepared
from engine.trace import Trace
from resolvers import explaining
from resolvers.context import Context
from resolvers.endpoint.parameters import Parameters
from resolvers.errors import formatted
from resolvers.measured import counts, executed, measured, name_of
from resolvers.runs import Run
from resolvers.schema import schema
from resolvers.texts import Texts, read_manifest
from resolvers.tracing import Spans

logger = logging.getLogger(__name__)

GRAPHQL = schema._schema
REST = Client("rest")  # unless it says another name


@dataclass(frozen=True, slots=True)
class Answer:
    """`ran` says whether execution began: GraphQL over HTTP has other statuses before it. What is
    `confidential` is kept by no cache."""

    body: dict[str, Any]
    ran: bool
    cookies: Sequence[dict[str, Any]] = ()
    confidential: bool = False


class Operations:
    """Runs operations against the schema, with this server's limits."""

    def __init__(self, resources: Resources) -> None:
        settings = resources.settings
        self._resources = resources
        self.engine = Engine(
            schema,
            mode=Mode(settings.engine),
            plan_after=settings.engine_plan_after,
            max_plans=settings.document_cache,
            sample=settings.engine_sample,
            hide_suggestions=settings.production,
        )
        self._metrics, self._slow = resources.metrics, settings.slow_operation
        self._metrics.sources["engine"] = partial(counts, self.engine.counters)
        self._json = settings.engine_json
        self._tracing = resources.tracing
        phase = self._tracing.phase if self._tracing else nullcontext
        self._explains = not settings.production
        explaining.watch(resources.db)
        self._documents = Documents(
            GRAPHQL,
            Limits(
                characters=settings.max_characters,
                lines=settings.max_lines,
                tokens=settings.max_tokens,
                depth=settings.max_depth,
                nesting=settings.max_nesting,
                aliases=settings.max_aliases,
                root_fields=settings.max_root_fields,
                directives=settings.max_directives,
                fragments=settings.max_fragments,
                fields=settings.max_fields,
                repetitions=settings.max_repetitions,
                cost=settings.max_cost,
            ),
            max_count=settings.document_cache,
            hide_suggestions=settings.production,
            introspection=settings.unless_production(settings.introspection),
            phase=phase,
        )
        self._stored = Documents(GRAPHQL, UNLIMITED, max_count=settings.document_cache, phase=phase)
        manifest = settings.trusted_documents
        automatic = settings.automatic_documents and not settings.trusted_documents_only
        self._texts = Texts(
            read_manifest(manifest) if manifest else {},
            resources.documents if automatic else None,
            trusted_only=settings.trusted_documents_only,
        )

    async def run(
        self,
        asked: Parameters,
        caller: Caller,
        *,
        only_reads: bool = False,
        finished: bool = False,
        purse: Allowance | None = None,
    ) -> Answer:
        """Run one operation, which `purse` pays for. With `finished`, parts of the answer may be
        JSON that the database wrote. Raises RequestError for a request that names none it may run,
        RateLimited, LimitsUnavailable, Overloaded, TimedOut.
        """
        hash = asked.hash
        text = await self._texts.find(asked.query, asked.document_id, hash)
        prepared = self._documents.prepare(text)
        if prepared.errors or prepared.document is None:
            return refused(prepared.errors, caller)
        try:
            operation = prepared.operation(asked.operation_name)
        except GraphQLError as error:
            return refused((error,), caller)
        if only_reads and operation.operation is not OperationType.QUERY:
            raise RequestError(
                405,
                "GET runs queries only: send this with POST",
                "METHOD_NOT_ALLOWED",
                Allow="POST",
            )
        cost = prepared.cost(operation, asked.variables)
        limit = self._documents.limits.cost
        if purse:
            limit = min(limit, purse.plan.burst)
        if cost > limit:
            return refused((exceeded("cost", limit, cost),), caller)
        if purse:
            await purse.take(max(1, cost))
        if hash is not None and asked.query is not None:
            await self._texts.register(hash, text)
        trace = Trace() if self._explains and asked.extensions.get("plan") is True else None
        execution = self._execute(
            prepared,
            asked.variables,
            asked.operation_name,
            caller,
            {"requested": cost, "limit": limit},
            trace,
            finished=finished and self._json,
        )
        name = name_of(operation)
        note(operation=name, cost=cost)
        known = name if name and self._texts.trusts(text) else OTHER
        return await measured(self._metrics, known, execution)

    async def stored(self, text: str, variables: dict[str, Any], caller: Caller) -> Answer:
        """Run a document of our own, which has one operation; of the limits, only its cost counts.

        Raises AssertionError for a document that does not fit the schema.
        """
        prepared = self._stored.prepare(text)
        assert prepared.document is not None, prepared.errors
        operation = prepared.operation(None)
        cost = prepared.cost(operation, variables)
        limit = self._documents.limits.cost
        if cost > limit:
            return refused((exceeded("cost", limit, cost),), caller)
        if not caller.client.name:
            caller = replace(caller, client=REST)
        name = name_of(operation)
        note(operation=name, cost=cost)
        execution = self._execute(
            prepared, variables, None, caller, {"requested": cost, "limit": limit}
        )
        return await measured(self._metrics, name or OTHER, execution)

    async def _execute(
        self,
        prepared: Prepared,
        variables: dict[str, Any],
        operation_name: str | None,
        caller: Caller,
        cost: dict[str, int],
        trace: Trace | None = None,
        *,
        finished: bool = False,
    ) -> Answer:
        def context(reads: Reads) -> Context:
            return Context.of(caller, self._resources, reads)

        operation = prepared.operation(operation_name)
        self._resources.usage.count(caller.client, prepared.coordinates(operation))
        run = self.engine.execute if self._tracing is None else self._told
        seen = trace if self._tracing is None else Spans(self._tracing)
        seconds = self._resources.settings.operation_timeout
        watched = Run(self._metrics.slowest, self._slow, prepared, operation, seen)
        try:
            async with asyncio.timeout(seconds) as deadline, self._resources.gate:
                with watched:
                    done = await run(
                        prepared,
                        variables,
                        operation_name,
                        context=context,
                        trace=watched.trace,
                        finished=finished,
                    )
                    watched.plan = done.plan
        except TimeoutError:
            if not deadline.expired():
                raise
            name = operation_name or "without a name"
            logger.warning("Request %s: operation %s was cancelled", caller.request_id, name)
            raise TimedOut(f"This took longer than {seconds:g} s and was cancelled") from None
        executed(done.plan)
        answer = answered(done.result, done.context, cost)
        if trace is not None and seen is not None:
            answer.body["extensions"]["plan"] = explaining.told(done.plan, seen)
        return answer

    async def _told(
        self, prepared: Prepared, variables: dict[str, Any], name: str | None, **how: Any
    ) -> Executed:
        """What the engine does, inside of a span."""
        assert self._tracing
        operation = prepared.operation(name)
        given = operation.name.value if operation.name else None
        with self._tracing.operation(operation.operation.value, given) as fail:
            done = await self.engine.execute(prepared, variables, name, **how)
            if done.result.errors:
                first = done.result.errors[0]
                fail(type(first.original_error or first).__name__)
        return done


def refused(errors: tuple[GraphQLError, ...], caller: Caller) -> Answer:
    return Answer({"errors": [formatted(error, caller.request_id) for error in errors]}, ran=False)


def answered(result: ExecutionResult, context: Context, cost: dict[str, int]) -> Answer:
    errors = [formatted(error, context.request_id) for error in result.errors or ()]
    ran = result.data is not None or any("path" in error for error in errors)
    body: dict[str, Any] = {"data": result.data} if ran else {}
    if errors:
        body["errors"] = errors
    body["extensions"] = {"cost": cost}
    return Answer(body, ran, context.cookies, context.confidential)
