"""The endpoint as an ASGI application: a request in, negotiated bytes out."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from app.errors import AppError
from app.http import body, caching, conditions, form
from app.http.allowance import add_rate_limits, allowance
from app.http.caller import base_url, caller
from app.http.credentials import (
    ACCESS_COOKIE,
    Cookie,
    came_by_cookie,
    without_session,
)
from app.http.refusal import RequestError, error_and_headers
from app.http.request import Request
from app.logs.entry import failed
from app.resources import Resources
from resolvers.answers import Answer
from resolvers.endpoint.multipart import received
from resolvers.endpoint.negotiation import EVENTS, JSON, RESPONSE, negotiate
from resolvers.endpoint.parameters import Parameters, from_body, from_query
from resolvers.endpoint.spending import paid
from resolvers.errors import log_and_mask
from resolvers.execution import Operations

READING = ("GET", "HEAD")  # the server sends no body to HEAD

_ALWAYS = {"Vary": "Accept", **caching.NO_STORE}
_HEADERS = {
    type: Headers({**_ALWAYS, "Content-Type": f"{type}; charset=utf-8"}).raw
    for type in (RESPONSE, JSON, EVENTS)
}


class GraphQLEndpoint:
    """`page` is the path of GraphiQL, where a browser that asks for nothing is sent."""

    def __init__(self, operations: Operations, resources: Resources, *, page: str | None) -> None:
        self._operations = operations
        self._callers = resources.callers
        self._limiter = resources.limiter
        self._page = page
        self._settings = resources.settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        accept = ", ".join(request.headers.getlist("accept")).lower()
        type = negotiate(accept)
        try:
            if self._page and _browses(request, accept):
                response: Response = RedirectResponse(scope.get("root_path", "") + self._page)
                response.headers["Vary"] = "Accept"
            else:
                response = await self._answer(request, type)
        except ClientDisconnect:
            return  # nobody is left to answer
        except RequestError as refusal:
            response = _refusal(refusal.status, refusal.error, type, refusal.headers)
        except AppError as refusal:
            error, headers = error_and_headers(refusal, request.state.request_id)
            response = _refusal(refusal.status, error, type, headers)
            if self._settings.session_cookies and refusal.status == 401 and came_by_cookie(request):
                # No script can remove it, and with it nobody could even sign in.
                _set(response, without_session(base_url(request, self._settings), ACCESS_COOKIE))
        except Exception as failure:
            response = _refusal(500, log_and_mask(failure, request.state.request_id), type)
        add_rate_limits(request, response)
        await response(scope, receive, send)

    async def _answer(self, request: Request, type: str | None) -> Response:
        reading = request.method in READING
        if not reading and request.method != "POST":
            message, allowed = f"{request.method} is not allowed", "GET, HEAD, POST"
            raise RequestError(405, message, "METHOD_NOT_ALLOWED", Allow=allowed)
        if type is None:
            raise RequestError(406, f"Accept {RESPONSE}, {JSON} or {EVENTS}", "NOT_ACCEPTABLE")
        who = await caller(request, self._callers, self._settings)
        purse = allowance(request, who, self._limiter)
        if not reading and body.media_type(request) == form.MEDIA_TYPE:
            async with received(request, who.actor, self._settings) as asked:
                answer = await self._operations.run(asked, who, finished=True, purse=purse)
        else:
            asked = await self._asked(request)
            answer = await self._operations.run(
                asked, who, only_reads=reading, finished=True, purse=purse
            )
        for error in answer.body.get("errors", ()):
            failed(error["extensions"]["code"])
        content = await paid(answer, asked, purse)
        response = _response(_status(answer, type), content, type)
        _set(response, answer.cookies)
        # Trusted documents are the site's own, asked for again and again. A text, or the hash of
        # one, is whatever a stranger makes up: caches would fill with what nobody asks for twice.
        lasting = not answer.confidential and "errors" not in answer.body
        if reading and asked.document_id and type != EVENTS and lasting:
            return _kept(response, request, caching.kept(who.actor, self._settings))
        return response

    async def _asked(self, request: Request) -> Parameters:
        if request.method in READING:
            return from_query(request.query_params)
        body.require_json(request)
        return from_body(await body.read(request, self._settings.max_body_bytes))


def _browses(request: Request, accept: str) -> bool:
    """Whether this is a person who opened the address, not a client with a query."""
    return request.method in READING and not request.scope["query_string"] and "text/html" in accept


def _status(answer: Answer, type: str) -> int:
    # "When the response's media type is application/json, the server SHOULD use 200."
    return 400 if type == RESPONSE and not answer.ran else 200


def _kept(response: Response, request: Request, headers: dict[str, str]) -> Response:
    """The answer to a read that may be kept, or none for who has it. Raises RequestError (412)."""
    tag = conditions.etag(bytes(response.body))
    if conditions.unmet(request.headers, tag):
        raise RequestError(412, "The answer is another by now", "PRECONDITION_FAILED")
    headers = {**headers, "ETag": tag}
    if conditions.unchanged(request.headers, tag):
        return Response(None, 304, headers)
    response.headers.update(headers)
    return response


def _refusal(
    status: int,
    error: Mapping[str, Any],
    type: str | None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An answer to what is no operation: as JSON even to who wants events, for none can begin."""
    failed(error["extensions"]["code"])
    content = orjson.dumps({"errors": [error]})
    return _response(status, content, RESPONSE if type == RESPONSE else JSON, headers)


def _set(response: Response, cookies: Sequence[Cookie]) -> None:
    for cookie in cookies:
        response.set_cookie(**cookie)


def _response(
    status: int, content: bytes, type: str, headers: Mapping[str, str] | None = None
) -> Response:
    if type == EVENTS:  # GraphQL over SSE, distinct connections: one result, then the end
        content = b"event: next\ndata: " + content + b"\n\nevent: complete\ndata:\n\n"
    response = Response(content, status)
    response.raw_headers += _HEADERS[type]
    if headers:
        response.headers.update(headers)
    return response
