"""WebSockets that end as requests do, and of which nothing is left."""

import asyncio
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

NO_TEXT = 1007
TOO_BIG = 1009
RESTART = 1012
"""Of the registry of RFC 6455: the server is about to end, another takes over."""
HURRY = 2.0
"""Seconds that clients then have to close, too."""
LATEST = 18.0
"""Seconds after which it is cut off, whatever is unsent; the server waits 20."""
MOST_FRAMES = 1_000
"""Parts of a message; empty ones have no end."""
TURN = 65_536
"""Bytes of frames that a socket is read in a turn of the event loop, about; then others are."""


class Socket(WebSocketsSansIOProtocol):
    """uvicorn's, but for its ends, and fair to others: what floods us waits, or is cut off.

    When the server ends, the application is told so (as a disconnection with code 1012) and closes
    the socket itself, once what it has begun is done. A client that takes nothing any more does not
    get to keep what is unsent, and none gets to write errors into our log.
    """

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self.handshake_initiated:  # it could not be read
            self.handshake_complete = self.close_sent = True
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.transport.close()
        elif len(data) > TURN and not self.read_paused and not self.transport.is_closing():
            self.transport.pause_reading()
            self.loop.call_soon(self._read_on)

    def _read_on(self) -> None:
        if not self.read_paused and not self.transport.is_closing():
            self.transport.resume_reading()

    def handle_ping(self) -> None:
        pong = b"".join(self.conn.data_to_send())
        if self.writable.is_set():  # not each has to be answered (RFC 6455, 5.5.3)
            self.transport.write(pong)

    def handle_cont(self, event: Frame) -> None:
        if len(self.frames) < MOST_FRAMES:
            super().handle_cont(event)
        else:
            self.conn.fail(TOO_BIG, f"A message has {MOST_FRAMES} frames at most")
            self.handle_parser_exception()

    def shutdown(self) -> None:
        if not self.handshake_complete or self.close_sent:
            super().shutdown()
        else:
            self.close_timeout = HURRY
            self.loop.call_later(LATEST, self.transport.abort)
            self.queue.put_nowait({"type": "websocket.disconnect", "code": RESTART})

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self.transport.abort()

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        super().on_task_complete(task)
        self.loop.call_later(self.close_timeout, self.transport.abort)

    def send_receive_event_to_app(self) -> None:
        if self.curr_msg_data_type == "text" and not _is_text(b"".join(self.frames)):
            self.conn.send_close(NO_TEXT)
            self.handle_parser_exception()
        else:
            super().send_receive_event_to_app()

    async def send(self, message: Any) -> None:
        await super().send(message)
        if self.initial_response is not None and self.close_sent:
            self.handshake_complete = True  # by a refusal


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
