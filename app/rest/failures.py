"""What went wrong, for every caller to read: statuses, codes and where (guidelines 3.5, 7.1).

Codes are those of GraphQL in small letters, `meta.number` is the catalogue's number.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import islice
from typing import Any

from app.errors import NUMBERS, AppError, ErrorCode, Unauthenticated
from app.http.credentials import challenge
from app.http.refusal import RequestError
from app.rest.names import snake

Source = dict[str, str]
SourceOf = Callable[[Sequence[str | int]], Source | None]

PROBLEM = "application/problem+json"
MAX_FAILURES = 100
"""Told at once: an answer does not grow with how much is wrong."""

STATUSES = {
    "UNAUTHENTICATED": 401,
    "INVALID_TOKEN": 401,
    "TOKEN_EXPIRED": 401,
    "INSUFFICIENT_PERMISSIONS": 403,
    "CSRF_PREVENTED": 403,
    "FEATURE_DISABLED": 403,
    "BAD_USER_INPUT": 400,
    "QUERY_TOO_COMPLEX": 400,
    "NOT_FOUND": 404,
    "DATABASE_UNAVAILABLE": 503,
    "STORAGE_UNAVAILABLE": 503,
    "SERVICE_UNAVAILABLE": 503,
    "OVERLOADED": 503,
}
OF_FIELDS = {
    ErrorCode.NOT_UNIQUE: 409,
    ErrorCode.INVALID_STATE: 409,
    ErrorCode.IN_USE: 409,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.UNSUPPORTED_MEDIA: 415,
    ErrorCode.TOO_MANY_ATTEMPTS: 429,
}
"""Every other is 422: understood, but it cannot be done."""
OF_SIGNING_IN = (ErrorCode.INVALID_CREDENTIALS, ErrorCode.TOTP_REQUIRED)
"""401 for who wants to be let in; whoever is in, and errs, stays."""
OF_KEYS = (ErrorCode.INVALID, ErrorCode.IDEMPOTENCY_MISMATCH)

TITLES = {"CSRF_PREVENTED": "CSRF Prevented", "TOTP_REQUIRED": "Second Factor Required"}


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that is wrong. `source` says where: a `pointer` into the body, a `parameter` or a
    `header`."""

    status: int
    code: str
    detail: str
    source: Source | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return TITLES.get(self.code) or self.code.replace("_", " ").title()


class Refused(Exception):
    """A request that is answered with failures, and nothing else."""

    def __init__(self, failures: Iterable[Failure], headers: Mapping[str, str] | None = None):
        self.failures = tuple(islice(failures, MAX_FAILURES))
        self.headers = dict(headers or {})
        super().__init__("; ".join(failure.detail for failure in self.failures))

    @classmethod
    def one(
        cls, status: int, code: str, detail: str, source: Source | None = None, **headers: str
    ) -> "Refused":
        return cls([Failure(status, code, detail, source)], headers)

    @classmethod
    def parameter(cls, name: str, detail: str) -> "Refused":
        return cls.one(400, "INVALID_PARAMETER", detail, {"parameter": name})

    @property
    def status(self) -> int:
        """The one that all have, or the kind that they are of."""
        statuses = {failure.status for failure in self.failures}
        if len(statuses) == 1:
            return statuses.pop()
        return 500 if max(statuses) >= 500 else 400


def of_request(error: RequestError) -> Refused:
    header = error.extensions.get("header")
    source = {"header": header} if header else None
    return Refused([_told(error.status, error.message, error.extensions, source)], error.headers)


def of_app(error: AppError) -> Refused:
    """Raised before anything was run: who asks is not known."""
    headers = challenge(error) if error.status == HTTPStatus.UNAUTHORIZED else error.headers
    return Refused([_told(error.status, error.message, error.extensions)], headers)


def of_graphql(errors: Iterable[Mapping[str, Any]], source_of: SourceOf) -> Refused:
    """The errors of an answer of GraphQL. `argument` names the one that cannot be used."""
    failures = []
    for error in errors:
        extensions = error.get("extensions", {})
        argument = extensions.get("argument")
        status = STATUSES.get(extensions.get("code", ""), 500)
        source = source_of([argument]) if argument else None
        failures.append(_told(status, error["message"], extensions, source))
    guest = any(failure.status == HTTPStatus.UNAUTHORIZED for failure in failures)
    return Refused(failures, challenge(Unauthenticated("")) if guest else None)


def of_payload(
    payload: Mapping[str, Any],
    source_of: SourceOf,
    *,
    condition: str | None,
    keyed: bool,
    signing_in: bool,
) -> Refused | None:
    """What the fields of a mutation's payload tell; None when it was done. `condition` is the
    header that made it conditional, `keyed` says whether it had an `Idempotency-Key`, `signing_in`
    what it is for."""
    failures = [
        _of_field(error, source_of, condition=condition, keyed=keyed, signing_in=signing_in)
        for error in payload["errors"]
    ]
    if not failures:
        return None
    headers: dict[str, str] = {}
    if any(failure.status == HTTPStatus.UNAUTHORIZED for failure in failures):
        headers |= challenge(Unauthenticated(""))
    waits = [error["retryAfter"] for error in payload["errors"] if error["retryAfter"]]
    if waits:
        headers["Retry-After"] = str(max(waits))
    return Refused(failures, headers)


def _of_field(
    error: Mapping[str, Any],
    source_of: SourceOf,
    *,
    condition: str | None,
    keyed: bool,
    signing_in: bool,
) -> Failure:
    code, path = ErrorCode(error["code"]), error["path"]
    source = source_of(["input", *path]) if path else None
    status = OF_FIELDS.get(code, 422)
    if signing_in and code in OF_SIGNING_IN:
        status = 401
    elif code is ErrorCode.VERSION_CONFLICT:
        status, source = (412 if condition else 409), {"header": condition or "If-Match"}
    elif keyed and not path and code in OF_KEYS:
        source = {"header": "Idempotency-Key"}
    elif code is ErrorCode.NOT_FOUND and (source is None or _leads(source)):
        status = 404
    return Failure(status, code.value, error["message"], source)


def _leads(source: Source) -> bool:
    """Whether this is a relationship of JSON:API's, whose end must be there (9.2, 9.3)."""
    pointer = source.get("pointer", "") + "/"
    return pointer.startswith("/data/") and not pointer.startswith("/data/attributes/")


def _told(
    status: int, message: str, extensions: Mapping[str, Any], source: Source | None = None
) -> Failure:
    details = {
        name: value
        for name, value in extensions.items()
        if name not in ("code", "number", "requestId", "argument", "header")
    }
    return Failure(int(status), extensions.get("code", "BAD_REQUEST"), message, source, details)


def envelope(
    failures: Sequence[Failure], request_id: str, name: Callable[[str], str]
) -> dict[str, Any]:
    """`{"errors": […]}`: guidelines 7.1, and JSON:API 1.1."""
    return {"errors": [_object(failure, request_id, name) for failure in failures]}


def _object(failure: Failure, request_id: str, name: Callable[[str], str]) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "status": str(failure.status),
        "code": failure.code.lower(),
        "title": failure.title,
        "detail": failure.detail,
    }
    if failure.source:
        shown["source"] = failure.source
    shown["meta"] = {
        "number": NUMBERS.get(failure.code, NUMBERS["BAD_USER_INPUT"]),
        name("requestId"): request_id,
        **{name(key): value for key, value in failure.meta.items()},
    }
    return shown


def problem(refused: Refused, request_id: str, path: str) -> dict[str, Any]:
    """The same as an RFC 9457 problem."""
    first = refused.failures[0]
    return {
        "type": "about:blank",
        "title": HTTPStatus(refused.status).phrase,
        "status": refused.status,
        "detail": str(refused),
        "instance": path,
        "code": first.code.lower(),
        **envelope(refused.failures, request_id, snake),
    }
