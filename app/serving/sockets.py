"""WebSockets that end as requests do, and of which nothing is left."""

import asyncio
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

NO_TEXT = 1007
RESTART = 1012
"""Of the registry of RFC 6455: the server is about to end, another takes over."""
HURRY = 2.0
"""Seconds that clients then have to close, too."""
LATEST = 18.0
"""Seconds after which it is cut off, whatever is unsent; the server waits 20."""


class Socket(WebSocketsSansIOProtocol):
    """uvicorn's, but for its ends.

    When the server ends, the application is told so (as a disconnection with code 1012) and closes
    the socket itself, once what it has begun is done. A client that takes nothing any more does not
    get to keep what is unsent, and none gets to write errors into our log.
    """

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
