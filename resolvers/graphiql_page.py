"""GraphiQL, to which also `/` leads."""

from pathlib import Path

from starlette.routing import BaseRoute, Route

from app.http.pages import StaticPage

BUILT = Path(__file__).with_name("graphiql")
PATH = "/graphiql/"

SOURCES = (
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self' blob:",
)
UNBUILT = (
    "GraphiQL is not built: run `scripts/pages`, then start the server again.\n"
    "The API itself answers at /graphql.\n"
)


def routes(built: Path = BUILT) -> list[BaseRoute]:
    """The page, and the ways there."""
    page = StaticPage(PATH, built, SOURCES, UNBUILT)
    return [Route("/", page.lead_here), *page.routes()]
