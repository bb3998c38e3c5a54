"""From a request's parameters to an answer, for every door: HTTP, REST, sockets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graphql import ExecutionResult, GraphQLError, OperationType

from app.http.caller import Caller
from app.http.refusal import RequestError
from app.resources import Resources
from engine.documents import Documents
from engine.engine import Engine, Mode
from engine.limits import UNLIMITED, Limits, exceeded
from engine.plan.model import Reads
from engine.prepared import Prepared
from engine.trace import Trace
from resolvers import explaining
from resolvers.context import Context
from resolvers.endpoint.parameters import Parameters
from resolvers.errors import formatted
from resolvers.schema import schema
from resolvers.texts import Texts, read_manifest

GRAPHQL = schema._schema


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
        self._json = settings.engine_json
        self._explains = not settings.production
        if self._explains:
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
        )
        self._stored = Documents(GRAPHQL, UNLIMITED, max_count=settings.document_cache)
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
    ) -> Answer:
        """Run one operation. With `finished`, parts of the answer may be JSON that the database
        wrote. Raises RequestError for a request that names none it may run.
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
        if cost > limit:
            return refused((exceeded("cost", limit, cost),), caller)
        if hash is not None and asked.query is not None:
            await self._texts.register(hash, text)
        trace = Trace() if self._explains and asked.extensions.get("plan") is True else None
        return await self._execute(
            prepared,
            asked.variables,
            asked.operation_name,
            caller,
            cost,
            trace,
            finished=finished and self._json,
        )

    async def stored(self, text: str, variables: dict[str, Any], caller: Caller) -> Answer:
        """Run a document of our own, which has one operation; of the limits, only its cost counts.

        Raises AssertionError for a document that does not fit the schema.
        """
        prepared = self._stored.prepare(text)
        assert prepared.document is not None, prepared.errors
        cost = prepared.cost(prepared.operation(None), variables)
        limit = self._documents.limits.cost
        if cost > limit:
            return refused((exceeded("cost", limit, cost),), caller)
        return await self._execute(prepared, variables, None, caller, cost)

    async def _execute(
        self,
        prepared: Prepared,
        variables: dict[str, Any],
        operation_name: str | None,
        caller: Caller,
        cost: int,
        trace: Trace | None = None,
        *,
        finished: bool = False,
    ) -> Answer:
        def context(reads: Reads) -> Context:
            return Context.of(caller, self._resources, reads)

        done = await self.engine.execute(
            prepared, variables, operation_name, context=context, trace=trace, finished=finished
        )
        limit = self._documents.limits.cost
        answer = answered(done.result, done.context, {"requested": cost, "limit": limit})
        if trace is not None:
            answer.body["extensions"]["plan"] = explaining.told(done.plan, trace)
        return answer


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
