"""The REST API to read and to try out: Swagger UI at /api/docs, Redoc at /api/redoc.

Both show the documents at /api/v1/openapi.json and /api/v2/openapi.json.
"""

from pathlib import Path

from starlette.routing import BaseRoute

from app.http.pages import StaticPage

BUILT = Path(__file__).with_name("pages")

# Both write styles into the page while it runs, and pictures into their styles.
SOURCES = (
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "connect-src 'self'",
)
SEARCH = "worker-src blob:"  # Redoc's
UNBUILT = (
    "This page is not built: run `scripts/pages`, then start the server again.\n"
    "What it shows is at /api/v1/openapi.json and /api/v2/openapi.json.\n"
)


def routes(built: Path = BUILT) -> list[BaseRoute]:
    """Both pages, and the ways there."""
    docs = StaticPage("/api/docs/", built / "docs", SOURCES, UNBUILT)
    redoc = StaticPage("/api/redoc/", built / "redoc", (*SOURCES, SEARCH), UNBUILT)
    return [*docs.routes(), *redoc.routes()]
