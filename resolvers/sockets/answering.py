"""What a socket is told: who it speaks for, and the answers to its operations, each of which is
asked, paid for, counted and logged as a request of its own."""

from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Any

from starlette.requests import HTTPConnection

from app.auth.callers import Credentials
from app.errors import AppError, Unauthenticated, Unavailable
from app.http.allowance import allowance, forgive
from app.http.caller import caller
from app.http.credentials import NOTHING, credentials, stated
from app.http.noted import Outcome
from app.http.refusal import RequestError, error_and_headers
from app.logs.entry import failed
from app.resources import Resources
from resolvers.endpoint.parameters import bounded
from resolvers.endpoint.spending import paid
from resolvers.errors import log_and_mask
from resolvers.execution import Operations
from resolvers.sockets import protocol
from resolvers.sockets.protocol import Closing, Code, Init, Subscribe

PROOFS = ("authorization", "x-api-key")

Send = Callable[[bytes], Awaitable[None]]


class Answering:
    def __init__(self, operations: Operations, resources: Resources) -> None:
        self._operations = operations
        self._callers = resources.callers
        self._limiter = resources.limiter
        self._metrics = resources.metrics
        self._settings = resources.settings

    async def greet(self, connection: HTTPConnection, init: Init) -> Credentials:
        """What a socket proves with: what its first message says or else its handshake. Raises
        Closing."""
        with self.noted(connection) as outcome:
            try:
                given = _stated(init)
                given = credentials(connection, self._settings) if given is NOTHING else given
                await caller(connection, self._callers, self._settings, given)
            except (Unauthenticated, Unavailable) as refusal:
                outcome.status = refusal.status
                raise _closing(refusal, connection) from None
            outcome.status = HTTPStatus.SWITCHING_PROTOCOLS
        return given

    async def answer(
        self, connection: HTTPConnection, given: Credentials, asked: Subscribe, send: Send
    ) -> None:
        """Run an operation and send what comes of it. Who asks is asked anew, as for each request;
        raises Closing for who is nobody by now."""
        with self.noted(connection) as outcome:
            status: int = HTTPStatus.OK
            try:
                messages = await self._answered(connection, given, asked)
            except Unauthenticated as refusal:
                outcome.status = refusal.status
                raise _closing(refusal, connection) from None
            except Exception as failure:
                status, error = _refused(failure, connection)
                messages = [protocol.error(asked.id, [error])]
            await self._sent(messages, status, outcome, send)

    async def turn_away(
        self, connection: HTTPConnection, refusal: AppError, asked: Subscribe, send: Send
    ) -> None:
        """Instead of an answer."""
        with self.noted(connection) as outcome:
            status, error = _refused(refusal, connection)
            await self._sent([protocol.error(asked.id, [error])], status, outcome, send)

    async def _sent(
        self, messages: Sequence[bytes], status: int, outcome: Outcome, send: Send
    ) -> None:
        for message in messages:
            await send(message)
        outcome.status, outcome.size = status, sum(map(len, messages))

    async def _answered(
        self, connection: HTTPConnection, given: Credentials, asked: Subscribe
    ) -> list[bytes]:
        """Messages alone: while they cannot be sent, what they were made of is not kept."""
        who = await caller(connection, self._callers, self._settings, given)
        purse = allowance(connection, who, self._limiter)
        operation = bounded(asked.asked)
        answer = await self._operations.run(operation, who, finished=True, purse=purse)
        for error in answer.body.get("errors", ()):
            failed(error["extensions"]["code"])
        content = await paid(answer, operation, purse)
        if not answer.ran:
            return [protocol.error(asked.id, answer.body["errors"])]
        return [protocol.next(asked.id, content), protocol.complete(asked.id)]

    def noted(self, connection: HTTPConnection) -> Outcome:
        return Outcome(connection.scope, self._metrics, log=self._settings.access_log)


def _stated(init: Init) -> Credentials:
    """Browsers cannot set headers of a handshake: here they can."""
    given = {name.lower(): value for name, value in init.payload.items() if value is not None}
    proofs = {name: given[name] for name in PROOFS if name in given}
    if not all(isinstance(value, str) for value in proofs.values()):
        raise Closing(Code.BAD_REQUEST, "What `connection_init` proves with must be texts")
    return stated(proofs)


def _closing(refusal: AppError, connection: HTTPConnection) -> Closing:
    """For who is nobody, clients come again with other proof; or when it is not known, later."""
    error, _ = error_and_headers(refusal, connection.scope["state"]["request_id"])
    code: str = error["extensions"]["code"]
    failed(code)
    return Closing(Code.TRY_LATER if isinstance(refusal, Unavailable) else Code.FORBIDDEN, code)


def _refused(failure: Exception, connection: HTTPConnection) -> tuple[int, dict[str, Any]]:
    request_id = connection.scope["state"]["request_id"]
    if isinstance(failure, RequestError):
        status, error = failure.status, failure.error
    elif isinstance(failure, AppError):
        status, (error, _) = failure.status, error_and_headers(failure, request_id)
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            forgive(connection)
    else:
        status, error = 500, log_and_mask(failure, request_id)
    failed(error["extensions"]["code"])
    return status, error
