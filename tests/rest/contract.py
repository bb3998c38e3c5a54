"""Pact both ways: what a consumer relies on is written down, then the server is held to it.

The native library reports its use to its makers unless told not to, so it is told on import.
"""

import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pact import Pact, Verifier
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

CONSUMER, PROVIDER = "content-page", "thinkalike-content"
States = Mapping[str, Callable[[dict[str, Any]], Awaitable[None]]]

os.environ["PACT_DO_NOT_TRACK"] = "true"


def written(folder: Path, agree: Callable[[Pact], None]) -> Path:
    """Write the contract that `agree` makes, by the consumer's own code against pact's server."""
    pact = Pact(CONSUMER, PROVIDER).with_specification("V4")
    agree(pact)
    pact.write_file(folder, overwrite=True)
    return folder / f"{CONSUMER}-{PROVIDER}.json"


def with_states(app: ASGIApp, states: States) -> ASGIApp:
    """The application and, at `/_state`, what brings about what a contract takes for given.

    Pact's own server for states would do, but leaves its socket open.
    """

    async def bring_about(request: Request) -> Response:
        wanted = await request.json()
        if wanted["state"]:  # pact sends an empty one for interactions without a state
            await states[wanted["state"]](wanted.get("params") or {})
        return Response()

    return Starlette(routes=[Route("/_state", bring_about, methods=["POST"]), Mount("/", app)])


def verify(contract: Path, address: str, headers: Mapping[str, str]) -> None:
    """Hold the server at `address` (with its states) to a contract. Blocks.

    Raises AssertionError with pact's report on what does not fit.
    """
    verifier = Verifier(PROVIDER, host=urlsplit(address).hostname)
    verifier.add_transport(url=address).add_source(contract).add_custom_headers(headers)
    verifier.state_handler(f"{address}/_state", body=True).set_error_on_empty_pact()
    try:
        verifier.verify()
    except RuntimeError as error:
        raise AssertionError(verifier.output(strip_ansi=True)) from error
