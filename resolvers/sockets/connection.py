"""The life of a socket: from its first message to its end, operations side by side."""

import asyncio
import logging
from contextlib import suppress
from itertools import count

from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send

from app.auth.callers import Credentials
from app.errors import Overloaded
from resolvers.sockets import protocol
from resolvers.sockets.answering import Answering
from resolvers.sockets.protocol import (
    Closing,
    Code,
    Complete,
    Init,
    Message,
    Ping,
    Pong,
    Subscribe,
)

logger = logging.getLogger("thinkalike.errors")

PATIENCE = 10.0
"""Seconds until the first message is acknowledged."""
GRACE = 15.0
"""Seconds that operations have at the end, of those that the process has (app/serving)."""
MOST = 100
"""Operations of a socket at a time."""


class Connection:
    """One accepted socket. What cannot be sent is waited for: nothing more is read meanwhile."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, answering: Answering) -> None:
        self._scope = scope
        self._receive = receive
        self._put = send
        self._answering = answering
        self._given: Credentials | None = None
        self._numbers = count(1)
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._running: set[asyncio.Task[None]] = set()  # with those that were cancelled
        self._ending: asyncio.Task[None] | None = None
        self._sending = asyncio.Lock()
        self._code: int | None = None
        self._deadline = asyncio.timeout(PATIENCE)

    async def serve(self) -> int:
        """Until one side closes it; the code that it was closed with."""
        try:
            async with self._deadline:
                while (message := await self._message()) is not None:
                    await self._heed(message)
        except Closing as closing:
            await self._close(closing.code, closing.reason)
        except TimeoutError:  # or the network's, of a client that is lost
            if self._deadline.expired():
                await self._close(Code.INIT_TIMEOUT, "Connection initialisation timeout")
        except OSError:
            pass  # nobody is left
        except Exception:
            await self._fail()
        finally:
            await self._leave()
        return self._code or 1006

    async def _message(self) -> Message | None:
        """The next one; None at the end. An end that the server wishes is one after operations."""
        while True:
            async with self._sending:
                pass  # nobody gets more to be done who does not take what is done
            event = await self._receive()
            if event["type"] == "websocket.receive":
                return protocol.read(event.get("text"))
            if self._code is not None or self._ending or event["code"] != Code.RESTART:
                self._code = self._code or event["code"]
                return None
            self._ending = asyncio.create_task(self._end())

    async def _heed(self, message: Message) -> None:
        match message:
            case Init():
                await self._init(message)
            case Ping(payload):
                await self._send(protocol.pong(payload))
            case Subscribe():
                await self._begin(message)
            case Complete(id) if id in self._operations:
                self._operations.pop(id).cancel()
            case Complete() | Pong():
                pass

    async def _init(self, init: Init) -> None:
        if self._given is not None:
            raise Closing(Code.INIT_TWICE, "Too many initialisation requests")
        self._given = await self._answering.greet(HTTPConnection(self._scope), init)
        self._deadline.reschedule(None)
        await self._send(protocol.acknowledged())

    async def _begin(self, asked: Subscribe) -> None:
        if self._given is None:
            raise Closing(Code.UNAUTHORIZED, "Unauthorized")
        if self._ending:
            return  # clients ask again, elsewhere
        if asked.id in self._operations:
            raise Closing(Code.ID_TAKEN, f"Subscriber for {asked.id} already exists")
        if len(self._running) >= MOST:
            refusal = Overloaded(f"A socket runs {MOST} operations at a time")
            await self._answering.turn_away(self._request(), refusal, asked, self._send)
            return
        task = asyncio.create_task(self._operate(asked, self._given))
        self._operations[asked.id] = task
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _operate(self, asked: Subscribe, given: Credentials) -> None:
        try:
            await self._answering.answer(self._request(), given, asked, self._send)
        except Closing as closing:
            await self._close(closing.code, closing.reason)
        except OSError:
            pass  # nobody is left
        except Exception:
            await self._fail()
        finally:
            if self._operations.get(asked.id) is asyncio.current_task():
                del self._operations[asked.id]

    def _request(self) -> HTTPConnection:
        """One of those that the handshake stands for, under an id by which the log knows it."""
        id = f"{self._scope['state']['request_id']}.{next(self._numbers)}"
        return HTTPConnection({**self._scope, "state": {"request_id": id}})

    async def _send(self, message: bytes) -> None:
        """One after the other, so that what is on its way is one message, and not all. Raises
        OSError when nobody is left."""
        async with self._sending:
            if self._code is not None:
                raise ConnectionError("The socket is closed")
            await self._put({"type": "websocket.send", "text": message.decode()})

    async def _close(self, code: int, reason: str) -> None:
        if self._code is None:
            self._code = code
            with suppress(OSError):
                await self._put({"type": "websocket.close", "code": code, "reason": reason})

    async def _fail(self) -> None:
        """Of what should not be."""
        logger.exception("Socket %s failed", self._scope["state"]["request_id"])
        await self._close(Code.INTERNAL, "Internal server error")

    async def _end(self) -> None:
        """Once what has begun is done."""
        if self._running:
            await asyncio.wait(self._running, timeout=GRACE)
        await self._close(Code.RESTART, "Service restart")

    async def _leave(self) -> None:
        left = [*self._running, *([self._ending] if self._ending else [])]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
