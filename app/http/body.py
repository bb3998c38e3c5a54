"""A request's body, when it is small enough and of the type that is wanted."""

from starlette.requests import ClientDisconnect, Request

from app.http.refusal import RequestError
from app.http.remembered import remembered


async def read(request: Request, max_bytes: int) -> bytes:
    """Raises RequestError (413, 415), ClientDisconnect."""
    require_plain(request)
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > max_bytes:
        raise _too_large(max_bytes)
    body, more = bytearray(), True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > max_bytes:
            raise _too_large(max_bytes)
        more = message.get("more_body", False)
    return bytes(body)


def media_type(request: Request) -> str:
    """What the body is, without parameters; an empty text when it is not said."""
    return _described(request.headers.get("content-type", ""))[0]


def require_json(request: Request) -> None:
    """Raises RequestError (415) for any other type: a foreign page can send simple forms."""
    type, charset = _described(request.headers.get("content-type", ""))
    if type != "application/json":
        raise RequestError(415, "Send application/json", "UNSUPPORTED_MEDIA_TYPE")
    if charset not in ("utf-8", "utf8"):
        raise RequestError(415, "Send UTF-8", "UNSUPPORTED_MEDIA_TYPE")


@remembered
def _described(content_type: str) -> tuple[str, str]:
    """The type and, if it is text, its charset."""
    type, *parameters = content_type.lower().split(";")
    given = dict(parameter.strip().partition("=")[::2] for parameter in parameters)
    return type.strip(), given.get("charset", "utf-8").strip('"')


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
