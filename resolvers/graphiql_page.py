"""GraphiQL, built from `web/` and served by us: nothing the page needs comes from elsewhere."""

from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Message, Receive, Scope, Send

BUILT = Path(__file__).with_name("graphiql")
PATH = "/graphiql/"

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)


def routes(built: Path = BUILT) -> list[BaseRoute]:
    """The page at PATH, and the way there from `/`."""
    if (built / "index.html").is_file():
        page: list[BaseRoute] = [Mount(PATH, _Page(StaticFiles(directory=built, html=True)))]
    else:
        page = [Route(PATH, _not_built)]
    return [Route("/", _to_page), Route(PATH.rstrip("/"), _to_page), *page]


class _Page:
    """Static files under the page's policy; those with a hash in their name are kept for good."""

    def __init__(self, files: StaticFiles) -> None:
        self.files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        hashed = "/assets/" in scope["path"]

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = POLICY
                headers["Cache-Control"] = (
                    "public, max-age=31536000, immutable" if hashed else "no-cache"
                )
            await send(message)

        await self.files(scope, receive, answer)


def _to_page(request: Request) -> Response:
    return RedirectResponse(request.scope.get("root_path", "") + PATH)


def _not_built(_request: Request) -> Response:
    return PlainTextResponse(
        "GraphiQL is not built: run `scripts/graphiql`, then start the server again.\n"
        "The API itself answers at /graphql.\n",
        503,
    )
