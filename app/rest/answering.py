"""From what an operation did to an answer: its document, and what HTTP has to say beside it."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

import orjson
from starlette.datastructures import Headers
from starlette.responses import Response

from app.http import caching, conditions
from app.rest.dialect import Dialect
from app.rest.documents import UPDATED
from app.rest.failures import Refused
from app.rest.plan import Plan
from app.rest.running import Done
from app.settings import Settings

MINIMAL = "return=minimal"


def answer(
    asked: Headers,
    dialect: Dialect,
    plan: Plan,
    done: Done,
    path: Mapping[str, str],
    settings: Settings,
) -> Response:
    """Raises Refused (404, 412)."""
    meta = {dialect.name(name): done.payload[name] for name in plan.operation.besides}
    if not done.seen:
        return _done(dialect, meta, done)
    owner = next(iter(path.values()), dialect.type(plan.resource))
    shown = dialect.document(plan, done.asked, done.found, owner, meta)
    content = orjson.dumps(shown)
    tag = conditions.etag(content, done.version)
    headers = {} if plan.route.secret else {"ETag": tag}
    if plan.operation.mutation:
        return _written(asked, dialect, plan, done, shown, content, headers)
    modified = None
    if plan.marks and done.found and _dated(plan, done):
        modified = datetime.fromisoformat(done.found[UPDATED])
        headers["Last-Modified"] = conditions.http_date(modified)
    kept = caching.NO_STORE if done.confidential else caching.kept(done.who.actor, settings)
    headers |= kept | dialect.headers(shown)
    if conditions.unmet(asked, tag, modified):
        raise Refused.one(
            412, "PRECONDITION_FAILED", "It is not what you expect any more",
            {"header": "If-Match" if "if-match" in asked else "If-Unmodified-Since"},
        )  # fmt: skip
    if conditions.unchanged(asked, tag, modified):
        return Response(None, 304, headers)
    return Response(content, 200, headers, media_type=dialect.media_type)


def _dated(plan: Plan, done: Done) -> bool:
    """Whether nothing that is shown changes without the time of the last change: neither counts,
    nor what it leads to, nor what the caller may do, which for guests is nothing, ever; nor, at the
    end of a relationship, which resource it is: the next one may be older."""
    shape = plan.prepared(done.asked.fields, done.asked.include).shape
    return done.who.actor.user_id is None and shape.dated and len(plan.operation.way) == 1


def _done(dialect: Dialect, meta: Mapping[str, Any], done: Done) -> Response:
    """Nothing is left to be shown, but for what stands beside."""
    headers = {**caching.NO_STORE, **_replayed(done)}
    if meta:
        content = orjson.dumps(dialect.beside(meta))
        response = Response(content, 200, headers, media_type=dialect.media_type)
    else:
        response = Response(None, 204, headers)
    return _with_cookies(response, done)


def _written(
    asked: Headers,
    dialect: Dialect,
    plan: Plan,
    done: Done,
    shown: Mapping[str, Any],
    content: bytes,
    headers: dict[str, str],
) -> Response:
    created = plan.route.status == HTTPStatus.CREATED and not done.payload.get("duplicate")
    status = HTTPStatus.CREATED if created else HTTPStatus.OK
    headers |= {**caching.NO_STORE, **_replayed(done)}
    if created and (address := shown["data"].get("links", {}).get("self")):
        headers["Location"] = address
    if not plan.route.secret and _minimal(asked):  # what is told only now is told
        headers |= {"Preference-Applied": MINIMAL, "Vary": "Prefer"}
        status = status if created else HTTPStatus.NO_CONTENT
        return _with_cookies(Response(None, status, headers), done)
    return _with_cookies(Response(content, status, headers, media_type=dialect.media_type), done)


def _replayed(done: Done) -> dict[str, str]:
    return {"Idempotent-Replayed": "true"} if done.payload.get("replayed") else {}


def _minimal(asked: Headers) -> bool:
    """Whether a client prefers to be told no more than that it was done (RFC 7240, 4.2)."""
    preferences = ",".join(asked.getlist("prefer")).lower().split(",")
    return any("".join(one.partition(";")[0].split()).replace('"', "") == MINIMAL
               for one in preferences)  # fmt: skip


def _with_cookies(response: Response, done: Done) -> Response:
    for cookie in done.cookies:
        response.set_cookie(**cookie)
    return response
