"""From a request to what its operation did: who asks, parameters, body, conditions, execution."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.requests import Request

from app.errors import Unauthenticated
from app.http import body, conditions, form
from app.http.allowance import allowance
from app.http.caller import Caller, caller
from app.http.credentials import Cookie
from app.http.refusal import RequestError
from app.permissions import Permission
from app.resources import Resources
from app.rest import failures, inputs
from app.rest.asked import Asked
from app.rest.dialect import Dialect
from app.rest.documents import VERSION
from app.rest.failures import Refused
from app.rest.plan import Plan
from app.rest.resources import TOKENS

Path = Mapping[str, str]


class Answer(Protocol):
    """What running a document answers with: GraphQL's body, cookies to be set, and whether it is
    not to be kept."""

    @property
    def body(self) -> dict[str, Any]: ...

    @property
    def cookies(self) -> Sequence[Cookie]: ...

    @property
    def confidential(self) -> bool: ...


Execute = Callable[[str, dict[str, Any], Caller], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Done:
    """What an operation did. `found` is what it leads to, or None; it is `seen` unless whoever did
    it may not see it. `version` is that of the resource, `payload` a mutation's."""

    asked: Asked
    who: Caller
    found: Any
    seen: bool
    version: int | None
    payload: Mapping[str, Any]
    cookies: Sequence[Cookie]
    confidential: bool


class Runner:
    def __init__(self, resources: Resources, execute: Execute) -> None:
        self._callers = resources.callers
        self._limiter = resources.limiter
        self._settings = resources.settings
        self._execute = execute

    async def run(
        self, request: Request, dialect: Dialect, plan: Plan, path: Path, address: str
    ) -> Done:
        """`address` is what links to this begin with. Raises Refused, RequestError, AppError."""
        who = await caller(request, self._callers, self._settings)
        if purse := allowance(request, who, self._limiter):
            await purse.take(1)
        asked = dialect.asked(plan, address, request.scope["query_string"].decode(), path)
        source_of = dialect.source_of(plan, asked)
        prepared = plan.prepared(asked.fields, asked.include)
        key = request.headers.get("idempotency-key") if plan.route.method == "POST" else None
        async with self._with_input(request, dialect, plan, asked, path, who):
            inputs.checked(asked.variables, plan.operation.variables, source_of)
            if key is None:
                answer = await self._execute(prepared.text, asked.variables, who)
            else:
                variables = {**asked.variables, "idempotencyKey": key}
                answer = await self._execute(prepared.idempotent, variables, who)
        if errors := answer.body.get("errors"):
            raise failures.of_graphql(errors, source_of)
        data = answer.body["data"]
        payload: Mapping[str, Any] = {}
        if plan.operation.mutation:
            payload = data[plan.operation.root]
            # Of both, `If-None-Match` is what nothing meets.
            header = "If-None-Match" if "if-none-match" in request.headers else "If-Match"
            if refused := failures.of_payload(
                payload,
                source_of,
                condition=header if "input.ifVersion" in asked.places else None,
                keyed=key is not None,
                signing_in=plan.resource is TOKENS,
            ):
                raise refused
        found, seen, version = _at(plan, data)
        return Done(asked, who, found, seen, version, payload, answer.cookies, answer.confidential)

    @asynccontextmanager
    async def _with_input(
        self,
        request: Request,
        dialect: Dialect,
        plan: Plan,
        asked: Asked,
        path: Path,
        who: Caller,
    ) -> AsyncIterator[None]:
        """Puts what the body holds among the variables; its files are gone afterwards."""
        if not plan.operation.mutation:
            yield
            return
        self._expect(request, plan, asked)
        input = asked.variables.setdefault("input", {})
        if plan.form:
            who.actor.require(Permission.MEDIA_UPLOAD)  # before anything of the file is read
            async with self._form(request, dialect, plan) as given:
                input.update(given)
                yield
            return
        if plan.route.within:
            input = input.setdefault(plan.route.within, {})
        input.update(await self._given(request, dialect, plan, path))
        yield

    def _expect(self, request: Request, plan: Plan, asked: Asked) -> None:
        """Raises RequestError for a condition that cannot be, Refused (428) for one that lacks."""
        if not plan.conditional:
            for name in ("If-Match", "If-None-Match"):
                if name in request.headers:
                    raise conditions.unusable(name, "is of no use, as this has no versions")
            return
        expected = conditions.expected(request.headers)
        if expected.version is not None:
            asked.put("input.ifVersion", expected.version, "")
            return
        replacing = plan.route.method in ("PUT", "PATCH")
        if self._settings.require_if_match and replacing and not expected.given:
            detail = "Send `If-Match` with the ETag of what you are changing"
            raise Refused.one(428, "PRECONDITION_REQUIRED", detail, {"header": "If-Match"})

    async def _given(
        self, request: Request, dialect: Dialect, plan: Plan, path: Path
    ) -> dict[str, Any]:
        raw = await body.read(request, self._settings.max_body_bytes)
        if not plan.takes_body:
            if raw:
                raise RequestError(400, "There is nothing to send here: leave the body out")
            return {}
        if not raw:
            if plan.needs_body:
                raise RequestError(400, "A body is needed here")
            return {}
        dialect.require_readable(request.headers.get("content-type", ""))
        nothing = {name: plan.nothing(name) for name in plan.route.replaces}
        return nothing | dialect.input(plan, inputs.parsed(raw), path)

    @asynccontextmanager
    async def _form(
        self, request: Request, dialect: Dialect, plan: Plan
    ) -> AsyncIterator[dict[str, Any]]:
        if body.media_type(request) != form.MEDIA_TYPE:
            detail = f"Send {form.MEDIA_TYPE}"
            raise Refused.one(415, "UNSUPPORTED_MEDIA_TYPE", detail, {"header": "Content-Type"})
        named = {dialect.name(name): name for name in plan.body}
        texts = [name for name, own in named.items() if own != "file"]
        async with form.received(request, texts, self._settings) as parts:
            for unknown in parts.uploads.keys() - {"file"}:
                known = ", ".join(named)
                detail = f"There is no part `{unknown}` here; known: {known}"
                raise inputs.invalid(f"/{inputs.escaped(unknown)}", detail)
            yield {
                **{named[name]: _text(name, part) for name, part in parts.texts.items()},
                **parts.uploads,
            }


def _text(name: str, part: bytearray) -> str:
    try:
        return part.decode()
    except UnicodeDecodeError:
        raise inputs.invalid(f"/{name}", "This must be text in UTF-8") from None


def _at(plan: Plan, found: Any) -> tuple[Any, bool, int | None]:
    """What stands at the end of the operation's way, whether it is to be seen, and the version met
    last. Raises Refused (404) where the way ends early, Unauthenticated where it takes somebody."""
    version = None
    if plan.operation.spread is None:
        return None, False, None
    for index, step in enumerate(plan.operation.way, 1):
        found = found[step]
        if found is not None:
            version = found.get(VERSION, version) if isinstance(found, dict) else version
            continue
        if index == len(plan.operation.way) and plan.route.nullable:
            break
        if plan.operation.mutation:
            return None, False, None
        if step == "viewer":
            raise Unauthenticated("Sign in first")
        raise Refused.one(404, "NOT_FOUND", "There is no such thing, or none that you may see")
    return found, True, version
