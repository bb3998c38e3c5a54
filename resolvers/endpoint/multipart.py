"""Operations with files: the GraphQL multipart request specification, version 2
(https://github.com/jaydenseric/graphql-multipart-request-spec).

A form of `operations` (the request as JSON, with null where files belong), `map` (which part
belongs where) and the files.
"""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import orjson
from starlette.requests import Request

from app.http import form
from app.http.refusal import RequestError
from app.media.upload import Upload
from app.permissions import Actor, Permission
from app.settings import Settings
from resolvers.endpoint.parameters import Parameters, from_body

MAX_ECHOED = 200  # characters of a path that leads nowhere

GUARDS = (
    "graphql-preflight",
    "apollo-require-preflight",
    "x-requested-with",
    "authorization",
    "x-api-key",
)
"""Headers that a foreign page, which may send forms, can send only if we tell its browser so."""

_INDEX = re.compile(r"\d{1,4}", re.ASCII)


@asynccontextmanager
async def received(request: Request, actor: Actor, settings: Settings) -> AsyncIterator[Parameters]:
    """The parameters of a form, an Upload in their variables for each file.

    The files are gone at the end. Raises RequestError (400, 403, 413, 415), and before anything is
    read Unauthenticated or Forbidden for who may not send files.
    """
    if not any(name in request.headers for name in GUARDS):
        message = "Send the header GraphQL-Preflight with forms, to show that no other site does"
        raise RequestError(403, message, "CSRF_PREVENTED")
    actor.require(Permission.MEDIA_UPLOAD)
    async with form.received(request, ("operations", "map"), settings) as parts:
        yield put_together(parts.texts, parts.uploads)


def put_together(texts: Mapping[str, bytearray], uploads: Mapping[str, Upload]) -> Parameters:
    """The parameters with each file where `map` wants it. Raises RequestError (400)."""
    for name in ("operations", "map"):
        if name not in texts:
            raise RequestError(400, f"The form has no part `{name}`")
    asked = from_body(bytes(texts["operations"]))
    places = _places(texts["map"])
    if unexpected := uploads.keys() - places.keys():
        raise RequestError(400, f"`map` does not say where `{min(unexpected)}` belongs")
    for name, paths in places.items():
        if name not in uploads:
            raise RequestError(400, f"The form has no file `{name}`, which `map` names")
        for path in paths:
            _place(asked.variables, path, uploads[name])
    return asked


def _places(text: bytearray) -> dict[str, list[str]]:
    try:
        places = orjson.loads(text)
        if isinstance(places, dict) and all(map(_is_paths, places.values())):
            return places
    except orjson.JSONDecodeError:
        pass
    raise RequestError(400, "`map` must be a JSON object of lists of paths")


def _is_paths(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(path, str) for path in value)


def _place(variables: dict[str, Any], path: str, upload: Upload) -> None:
    *way, last = path.split(".")
    target: Any = {"variables": variables}
    for step in way:
        target = target[_key(target, step, path)]
    key = _key(target, last, path)
    if target[key] is not None:
        raise _lost(path)
    target[key] = upload


def _key(target: Any, key: str, path: str) -> str | int:
    if isinstance(target, dict) and key in target:
        return key
    if isinstance(target, list) and _INDEX.fullmatch(key) and int(key) < len(target):
        return int(key)
    raise _lost(path)


def _lost(path: str) -> RequestError:
    return RequestError(400, f"`{path[:MAX_ECHOED]}` in `map` leads to no null in `variables`")
