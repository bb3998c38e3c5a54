"""The REST door as an ASGI application: a request in, a stored document run, an answer out."""

import logging
import re
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import orjson
from graphql import GraphQLSchema
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import UNLOGGED, AppError
from app.http import caching
from app.http.allowance import add_rate_limits
from app.http.caller import base_url
from app.http.credentials import ACCESS_COOKIE, came_by_cookie, without_session
from app.http.refusal import RequestError
from app.http.template import TEMPLATE
from app.logs.entry import failed
from app.resources import Resources
from app.rest import deprecation, failures, media_types, pages
from app.rest.answering import answer
from app.rest.dialect import Dialect
from app.rest.failures import PROBLEM, Refused
from app.rest.openapi import served
from app.rest.openapi.access import Permissions
from app.rest.paths import Paths
from app.rest.plan import Plan
from app.rest.running import Execute, Runner
from app.rest.v1 import V1
from app.rest.v2 import V2

logger = logging.getLogger("thinkalike.errors")

PREFIX = "/api/"
DIALECTS = (V1, V2)


@cache
def made(schema: GraphQLSchema, root: str) -> Mapping[str, Dialect]:
    """Every version; once for a schema, as to prepare and validate all documents takes a second."""
    return {dialect.version: dialect(schema, root) for dialect in DIALECTS}


def routes(
    resources: Resources, execute: Execute, schema: GraphQLSchema, permissions: Permissions
) -> list[BaseRoute]:
    """Everything below `/api/`."""
    door = RestDoor(resources, execute, schema)
    settings = resources.settings
    return [
        *served.routes(list(door.dialects.values()), permissions, settings.deprecations),
        *(pages.routes() if settings.unless_production(settings.api_docs) else []),
        _everything(door),
    ]


def _everything(door: ASGIApp) -> Route:
    """Starlette's own pattern ends at a line break, which an address may hold (`%0A`)."""
    route = Route(PREFIX + "{path:path}", door)
    route.path_regex = re.compile(f"^{PREFIX}(?P<path>.*)$", re.DOTALL)
    return route


class RestDoor:
    """Serves every version of the API."""

    def __init__(self, resources: Resources, execute: Execute, schema: GraphQLSchema) -> None:
        self._settings = resources.settings
        self._runner = Runner(resources, execute)
        root = urlsplit(self._settings.public_url or "").path
        self.dialects = made(schema, root)
        self._paths: dict[str, Paths[Plan]] = {}
        for dialect in self.dialects.values():
            paths = self._paths[dialect.version] = Paths()
            for plan in dialect.plans:
                paths.add(plan.route.path)[plan.route.method] = plan
        deprecation.require_known(self._settings.deprecations, self._names())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        version, _, rest = path.removeprefix(PREFIX).partition("/")
        dialect = self.dialects.get(version) or self.dialects["v1"]
        try:
            response = await self._answer(request, version, f"/{rest}")
        except ClientDisconnect:
            return  # nobody is left to answer
        except Exception as error:
            response = self._refusal(request, dialect, error)
        if "Deprecation" not in response.headers:  # what a route says of itself goes before
            told = deprecation.headers(self._settings.deprecations, version)
            response.headers.update(told)
        add_rate_limits(request, response)
        await response(scope, receive, send)

    def _names(self) -> set[str]:
        """What can be deprecated: versions, and their routes."""
        plans = [(version, plan) for version, one in self.dialects.items() for plan in one.plans]
        return {*self.dialects, *(_name(version, plan) for version, plan in plans)}

    async def _answer(self, request: Request, version: str, path: str) -> Response:
        dialect = self.dialects.get(version)
        if dialect is None:
            known = ", ".join(PREFIX + one for one in self.dialects)
            raise Refused.one(404, "NOT_FOUND", f"There is no such version; there are: {known}")
        found = self._paths[version].find(path)
        raw = request.scope.get("raw_path", b"").lower()
        if found is None or b"%2f" in raw or b"%00" in raw:  # no id has these in it
            docs = self._settings.unless_production(self._settings.api_docs)
            there = "/api/docs" if docs else f"{PREFIX}{version}/openapi.json"
            raise Refused.one(404, "NOT_FOUND", f"Nothing is at this address: see {there}")
        methods, given = found
        allowed = ", ".join([*methods, *(["HEAD"] if "GET" in methods else []), "OPTIONS"])
        if request.method == "OPTIONS":
            return Response(None, 204, {"Allow": allowed, "Cache-Control": "no-store"})
        plan = methods.get("GET" if request.method == "HEAD" else request.method)
        if plan is None:
            linkage = any(one.route.linkage for one in methods.values())
            forbidden = linkage and request.method in dialect.relating
            status, code = (403, "FORBIDDEN") if forbidden else (405, "METHOD_NOT_ALLOWED")
            detail = f"{request.method} is not allowed here, but {allowed}"
            raise Refused.one(status, code, detail, Allow=allowed)
        request.scope["state"][TEMPLATE] = f"{PREFIX}{version}{plan.route.path}"
        parameters = dict(zip(plan.names_of_path, given, strict=True))
        address = dialect.prefix + path
        response = await self._served(request, dialect, plan, parameters, address)
        told = deprecation.headers(self._settings.deprecations, version, _name(version, plan))
        response.headers.update(told)
        return response

    async def _served(
        self,
        request: Request,
        dialect: Dialect,
        plan: Plan,
        path: dict[str, str],
        address: str,
    ) -> Response:
        try:
            dialect.require_acceptable(", ".join(request.headers.getlist("accept")))
            done = await self._runner.run(request, dialect, plan, path, address)
            return answer(request.headers, dialect, plan, done, path, self._settings)
        except ClientDisconnect:
            raise
        except Exception as error:
            return self._refusal(request, dialect, error)

    def _refusal(self, request: Request, dialect: Dialect, error: Exception) -> Response:
        refused = self._refused(request, error)
        for failure in refused.failures:
            failed(failure.code)
        request_id = request.state.request_id
        accept = ", ".join(request.headers.getlist("accept"))
        wanted = media_types.preference(accept, PROBLEM)
        if wanted and wanted >= media_types.preference(accept, dialect.media_type):
            content: dict[str, Any] = failures.problem(refused, request_id, request.url.path)
            media_type = PROBLEM
        else:
            content = failures.envelope(refused.failures, request_id, dialect.name)
            media_type = dialect.media_type
        headers = {**caching.NO_STORE, "Vary": "Accept", **refused.headers}
        response = Response(orjson.dumps(content), refused.status, headers, media_type=media_type)
        guest = refused.status == HTTPStatus.UNAUTHORIZED and came_by_cookie(request)
        if guest and self._settings.session_cookies:
            # No script can remove it, and with it nobody could even sign in.
            for cookie in without_session(base_url(request, self._settings), ACCESS_COOKIE):
                response.set_cookie(**cookie)
        return response

    def _refused(self, request: Request, error: Exception) -> Refused:
        if isinstance(error, Refused):
            refused = error
        elif isinstance(error, RequestError):
            refused = failures.of_request(error)
        elif isinstance(error, AppError):
            refused = failures.of_app(error)
        else:
            refused = Refused.one(500, "INTERNAL_SERVER_ERROR", "Internal server error")
        if refused.status >= 500 and not isinstance(error, (Refused, *UNLOGGED)):
            logger.error("Request %s failed", request.state.request_id, exc_info=error)
        return refused


def _name(version: str, plan: Plan) -> str:
    """`GET /api/v1/users/{id}`"""
    return f"{plan.route.method} {PREFIX}{version}{plan.route.path}"
