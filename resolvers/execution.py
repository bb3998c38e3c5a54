"""From a request's parameters to an answer, for every door: HTTP, REST, sockets."""

from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from graphql import GraphQLError, OperationType

from app.http.caller import Caller
from app.http.client import Client
from app.http.refusal import RequestError
from app.limits.limiter import Allowance
from app.logs.entry import note
from app.metrics.counted import OTHER
from app.resources import Resources
from engine.documents import Documents
from engine.limits import UNLIMITED, Limits, exceeded
from resolvers.answers import Answer, refused
from resolvers.endpoint.parameters import Parameters
from resolvers.measured import name_of
from resolvers.runner import Runner
from resolvers.schema import schema
from resolvers.texts import Texts, read_manifest

GRAPHQL = schema._schema
REST = Client("rest")  # unless it says another name


class Operations:
    """Runs operations against the schema, with this server's limits."""

    def __init__(self, resources: Resources) -> None:
        settings = resources.settings
        self._runner = Runner(resources)
        self._json = settings.engine_json
        self._explains = not settings.production
        phase = resources.tracing.phase if resources.tracing else nullcontext
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
        name = name_of(operation)
        note(operation=name, cost=cost)
        return await self._runner.run(
            prepared,
            operation,
            asked.variables,
            caller,
            {"requested": cost, "limit": limit},
            label=name if name and self._texts.trusts(text) else OTHER,
            explains=self._explains and asked.extensions.get("plan") is True,
            finished=finished and self._json,
        )

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
        return await self._runner.run(
            prepared,
            operation,
            variables,
            caller,
            {"requested": cost, "limit": limit},
            label=name or OTHER,
        )
