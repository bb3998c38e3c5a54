"""Stored files over HTTP: parts of them, caching, and nothing that a browser would run.

A key's bytes never change, so the key and the size make a strong validator (RFC 9110, 8.8.3).
"""

import re

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from app.errors import Unavailable
from app.http.conditions import unchanged, unmet
from app.media.sniff import BY_EXTENSION
from app.media.storage import Storage
from app.models.media import MediaKind

HEADERS = {
    "Accept-Ranges": "bytes",
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}

_RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))", re.ASCII | re.IGNORECASE)


def route(storage: Storage) -> Route:
    return Route("/media/{key:path}", MediaFiles(storage).answer, methods=["GET"])


class MediaFiles:
    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def answer(self, request: Request) -> Response:
        key: str = request.path_params["key"]
        size = await self._size(key)
        headers = {**HEADERS, "ETag": f'"{key.rpartition("/")[2]}-{size}"'}
        if unmet(request.headers, headers["ETag"]):
            raise HTTPException(412)
        if unchanged(request.headers, headers["ETag"]):
            return Response(None, 304, headers)
        start, end = 0, size
        if part := _part(request, size, headers["ETag"]):
            start, end = part
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
        headers |= _described(key) | {"Content-Length": str(end - start)}
        status = 206 if part else 200
        if request.method == "HEAD":
            return Response(None, status, headers)
        return StreamingResponse(self._storage.open(key, start, end), status, headers)

    async def _size(self, key: str) -> int:
        try:
            return await self._storage.size(key)
        except (FileNotFoundError, NotADirectoryError):
            raise HTTPException(404) from None
        except Unavailable as error:
            raise HTTPException(503, error.message) from error


def _described(key: str) -> dict[str, str]:
    """What a browser may take the file for, by the extension that we gave it."""
    type = BY_EXTENSION.get(key.rpartition(".")[2])
    shown = type is not None and type.kind is not MediaKind.DOCUMENT
    return {
        "Content-Type": type.mime_type if type else "application/octet-stream",
        "Content-Disposition": "inline" if shown else "attachment",
    }


def _part(request: Request, size: int, tag: str) -> tuple[int, int] | None:
    """The part that is asked for, as a slice; None for the whole file.

    Several parts at once, other units and what cannot be read are ignored, as a server may
    (RFC 9110, 14.2). Raises HTTPException (416) for a part beyond the end.
    """
    asked = _RANGE.fullmatch(request.headers.get("range", "").strip())
    unless = request.headers.get("if-range", tag)
    if asked is None or request.method != "GET" or unless != tag:
        return None
    first, last, length = asked.groups()
    if length is not None:
        start, end = max(0, size - int(length)), size
    else:
        start, end = int(first), min(int(last) + 1 if last else size, size)
        if last and int(last) < int(first):
            return None
    if start >= end:
        raise HTTPException(416, headers={"Content-Range": f"bytes */{size}"})
    return start, end
