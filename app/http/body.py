"""A request's body, when it is small enough and of the type that is wanted."""

from starlette.requests import Request

from app.http.refusal import RequestError


async def read(request: Request, max_bytes: int) -> bytes:
    """Raises RequestError (413, 415)."""
    require_plain(request)
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > max_bytes:
        raise _too_large(max_bytes)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > max_bytes:
            raise _too_large(max_bytes)
    return bytes(body)


def require_json(request: Request) -> None:
    """Raises RequestError (415) for any other type: a foreign page can send simple forms."""
    type, *parameters = request.headers.get("content-type", "").lower().split(";")
    if type.strip() != "application/json":
        raise RequestError(415, "Send application/json", "UNSUPPORTED_MEDIA_TYPE")
    given = dict(parameter.strip().partition("=")[::2] for parameter in parameters)
    if given.get("charset", "utf-8").strip('"') not in ("utf-8", "utf8"):
        raise RequestError(415, "Send UTF-8", "UNSUPPORTED_MEDIA_TYPE")


def require_plain(request: Request) -> None:
    """Raises RequestError (415) for an encoded body: few bytes of it may unfold to any number."""
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    if coding != "identity":
        raise RequestError(
            415,
            "Send the body as it is, without a Content-Encoding",
            "UNSUPPORTED_MEDIA_TYPE",
            None,
            **{"Accept-Encoding": "identity"},
        )


def _too_large(max_bytes: int) -> RequestError:
    return RequestError(413, f"The body is larger than {max_bytes} bytes", "BODY_TOO_LARGE")
