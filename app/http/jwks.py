"""The public keys of access tokens, for other servers to verify them with (RFC 7517)."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.auth.tokens import Tokens

PATH = "/.well-known/jwks.json"


def route(tokens: Tokens) -> Route:
    async def answer(_request: Request) -> Response:
        headers = {"Cache-Control": "public, max-age=300"}
        return JSONResponse(tokens.jwks(), headers=headers, media_type="application/jwk-set+json")

    return Route(PATH, answer, methods=["GET"])
