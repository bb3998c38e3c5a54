"""A page built from `web/` and served by us: nothing that it needs comes from elsewhere."""

from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CLOSED = ("frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'")


@dataclass(frozen=True)
class StaticPage:
    """A folder with an `index.html`, served at `path`, which ends with a slash.

    `sources` are the directives of its Content-Security-Policy that allow something; whatever they
    do not name is forbidden. While the folder is missing, the answer is 503 with `unbuilt`.
    """

    path: str
    built: Path
    sources: tuple[str, ...]
    unbuilt: str

    def routes(self) -> list[BaseRoute]:
        """The page, and the way there from its path without the slash."""
        way = Route(self.path.rstrip("/"), self.lead_here)
        if not (self.built / "index.html").is_file():
            return [way, Route(self.path, self._not_built)]
        files = StaticFiles(directory=self.built, html=True)
        return [way, Mount(self.path, _Guarded(files, self.policy))]

    @property
    def policy(self) -> str:
        return "; ".join(("default-src 'none'", *self.sources, *CLOSED))

    async def lead_here(self, request: Request) -> Response:
        return RedirectResponse(request.scope.get("root_path", "") + self.path)

    async def _not_built(self, _request: Request) -> Response:
        return PlainTextResponse(self.unbuilt, 503)


class _Guarded:
    """Files under a page's policy; those with a hash in their name are kept for good."""

    def __init__(self, files: ASGIApp, policy: str) -> None:
        self.files = files
        self.policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        hashed = "/assets/" in scope["path"]

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = self.policy
                headers["Cache-Control"] = (
                    "public, max-age=31536000, immutable" if hashed else "no-cache"
                )
            await send(message)

        await self.files(scope, receive, answer)
