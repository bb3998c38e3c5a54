"""The application on a real socket in this process, and clients that open WebSockets to it."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app.main import create_app
from app.resources import Resources
from app.serving.server import Server
from asgi import doors

PROTOCOL = "graphql-transport-ws"


class Live(Server):
    """As it is served, but for resources, which are the test's, and signals, which are pytest's."""

    def __init__(self, app: Starlette, resources: Resources) -> None:
        self.listening = asyncio.Event()
        super().__init__(app, resources.settings, self.listening.set)
        self.config.lifespan = "off"
        self.url = ""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def live(resources: Resources) -> AsyncIterator[Live]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Live(create_app(resources, doors=doors(resources)), resources)
        server.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        await server.listening.wait()
        try:
            yield server
        finally:
            server.should_exit = True
            await serving


async def until(true: Callable[[], bool]) -> None:
    for _ in range(10_000):
        if true():
            return
        await asyncio.sleep(0.001)
    raise TimeoutError


class Client:
    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def say(self, type: str, **more: Any) -> None:
        await self.socket.send(json.dumps({"type": type, **more}))

    async def hear(self) -> Any:
        return json.loads(await self.socket.recv())

    async def init(self, **payload: Any) -> None:
        await self.say("connection_init", payload=payload)
        assert await self.hear() == {"type": "connection_ack"}

    async def begin(self, id: str, query: str, **more: Any) -> None:
        await self.say("subscribe", id=id, payload={"query": query, **more})

    async def ask(self, query: str, **more: Any) -> Any:
        """The result of an operation, or the errors that kept it from running."""
        await self.begin("ask", query, **more)
        said = await self.hear()
        if said["type"] == "next":
            assert await self.hear() == {"id": "ask", "type": "complete"}
        assert said["id"] == "ask"
        return said["payload"]

    async def ended(self) -> tuple[int, str]:
        """Code and reason of the server's closing; nothing is said before."""
        with pytest.raises(ConnectionClosed) as end:
            await self.socket.recv()
        assert end.value.rcvd is not None, "cut off"
        return end.value.rcvd.code, end.value.rcvd.reason


@asynccontextmanager
async def opened(
    url: str, init: Any = None, path: str = "/graphql", **options: Any
) -> AsyncIterator[Client]:
    """A socket; with `init`, once that is acknowledged."""
    options = {"subprotocols": [PROTOCOL], "proxy": None, **options}
    async with connect(url.replace("http", "ws") + path, **options) as socket:
        client = Client(socket)
        if init is not None:
            await client.init(**init)
        yield client
