"""Where a request carries what it proves with: headers, or a browser's cookies."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from app.auth.callers import Credentials
from app.errors import AppError, Forbidden, InvalidToken, TokenExpired
from app.settings import Settings

ACCESS_COOKIE = "thinkalike_access"
REFRESH_COOKIE = "thinkalike_refresh"
PORTS = {"http": 80, "https": 443}
NOTHING = Credentials()
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

Cookie = dict[str, Any]  # options of Starlette's `set_cookie`


class CrossSite(Forbidden):
    """A page of another site made a browser send this."""

    code = "CSRF_PREVENTED"


def credentials(connection: HTTPConnection, settings: Settings) -> Credentials:
    """What a request or handshake proves with; cookies count when the server uses them.

    Raises InvalidToken for an `Authorization` that we do not know, and CrossSite when a cookie
    comes with a request that another site's page could have made.
    """
    found = stated(connection.headers)
    if found is not NOTHING or not settings.session_cookies:
        return found
    cookie = connection.cookies.get(ACCESS_COOKIE)
    if cookie and not from_this_site(connection, settings):
        raise CrossSite("Cookies are taken from this site's own pages only")
    return Credentials(cookie or None)


def stated(headers: Mapping[str, str]) -> Credentials:
    """What headers say, by their names in small letters. Raises InvalidToken."""
    header, api_key = headers.get("authorization"), headers.get("x-api-key") or None
    if not header:
        return Credentials(None, api_key) if api_key else NOTHING
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise InvalidToken("Send `Authorization: Bearer` and an access token")
    return Credentials(token.strip(), api_key)


def refresh_cookie(connection: HTTPConnection, settings: Settings) -> str | None:
    """A browser's refresh token, where the server uses cookies, unless another site's page may
    have made it send it."""
    cookie = connection.cookies.get(REFRESH_COOKIE) if settings.session_cookies else None
    return cookie if cookie and from_this_site(connection, settings) else None


def came_by_cookie(connection: HTTPConnection) -> bool:
    """Whether it was a cookie that a request proved with."""
    headers = ("authorization", "x-api-key")
    return ACCESS_COOKIE in connection.cookies and not any(map(connection.headers.get, headers))


def session_cookies(
    base_url: str, access_token: str, seconds: int, refresh_token: str, lifetime: timedelta
) -> list[Cookie]:
    """A session in cookies that no script can read: the access token is good for `seconds`."""
    long = int(lifetime.total_seconds())
    return [
        {**_cookie(ACCESS_COOKIE, base_url), "value": access_token, "max_age": seconds},
        {**_cookie(REFRESH_COOKIE, base_url), "value": refresh_token, "max_age": long},
    ]


def without_session(base_url: str, *names: str) -> list[Cookie]:
    """The same cookies, gone; or those with these names."""
    gone = names or (ACCESS_COOKIE, REFRESH_COOKIE)
    return [{**_cookie(name, base_url), "value": "", "max_age": 0} for name in gone]


def challenge(error: AppError) -> dict[str, str]:
    """The `WWW-Authenticate` of an answer with status 401 (RFC 6750, 3): why a token that was sent
    is refused, and no more than that one is needed to who sent none."""
    told = 'Bearer realm="thinkalike"'
    if isinstance(error, InvalidToken | TokenExpired):
        told += f', error="invalid_token", error_description="{error.message}"'
    return {"WWW-Authenticate": told}


def from_this_site(connection: HTTPConnection, settings: Settings) -> bool:
    """Whether a page of this site, or of one that we trust, or no page, sent this, or it can do no
    harm.

    Browsers say it themselves in Fetch Metadata, older ones in `Origin`, as all do for a WebSocket:
    its handshake is a GET, but no harmless one. Where the site is we are told, or take the
    request's word for it.
    """
    opens = connection.scope["type"] == "websocket"
    if not opens and connection.scope.get("method") in SAFE_METHODS:
        return True
    origin = connection.headers.get("origin")
    if origin in settings.cors_origins:
        return True
    site = connection.headers.get("sec-fetch-site")
    if site and not opens:
        return site in ("same-origin", "none")
    if origin is None:
        return True
    if settings.public_url:
        return _origin(origin) == _origin(settings.public_url)
    return origin.partition("://")[2] == connection.headers.get("host")


def _origin(url: str) -> tuple[str, str | None, int | None] | None:
    """Scheme, host and port (RFC 6454, section 4); None for what has none."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return None


def _cookie(name: str, base_url: str) -> Cookie:
    url = urlsplit(base_url)
    secure = url.scheme == "https"
    return {
        "key": name, "path": url.path or "/", "secure": secure, "httponly": True, "samesite": "lax",
    }  # fmt: skip
