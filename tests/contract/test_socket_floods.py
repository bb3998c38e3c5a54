"""Who sends too much, or what cannot be read, over a WebSocket: others notice nothing."""

import asyncio
import json

import pytest
from websockets.exceptions import InvalidStatus
from websockets.frames import Frame, Opcode

from app.serving import sockets
from tests.contract.test_sockets import DONE, TYPENAME
from tests.sockets import live, opened

UPGRADE = (
    "GET /graphql HTTP/1.1\r\nHost: t\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Protocol: graphql-transport-ws\r\n"
)


@pytest.fixture
async def server(resources):
    async with live(resources) as server:
        yield server


async def said(server, text):
    """The whole answer to a handshake; whoever gives it hangs up."""
    reader, writer = await asyncio.open_connection(*server.url.removeprefix("http://").split(":"))
    writer.write(text.encode())
    async with asyncio.timeout(20):
        answer = await reader.read()
    writer.close()
    return answer


def frame(opcode, data=b"", *, fin=True):
    return Frame(opcode, data, fin=fin).serialize(mask=True)


@pytest.mark.parametrize(
    ("more", "status"),
    [
        (f"Cookie: {'c' * 9_000}\r\n\r\n", b"HTTP/1.1 431 "),
        ("".join(f"X-{n}: 1\r\n" for n in range(130)) + "\r\n", b"HTTP/1.1 431 "),
    ],
    ids=["line", "headers"],
)
async def test_a_handshake_that_is_too_large_is_refused(resources, more, status):
    async with live(resources) as server, opened(server.url, {}) as client:
        assert (await said(server, UPGRADE + more)).startswith(status)
        assert await client.ask(TYPENAME) == DONE
        server.should_exit = True
        assert await client.ended() == (1012, "Service restart")


@pytest.mark.parametrize(
    "more", ["Content-Length: 5\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n"]
)
async def test_a_handshake_with_a_body_is_hung_up_on(server, more):
    assert b" 101 " not in await said(server, UPGRADE + more)


async def test_messages_come_in_so_many_frames(server):
    async with opened(server.url, {}) as client:
        parts = [frame(Opcode.TEXT, b"{", fin=False), *[frame(Opcode.CONT, fin=False)] * 1_000]
        client.socket.transport.write(b"".join(parts))
        assert await client.ended() == (1009, "A message has 1000 frames at most")


async def test_a_message_in_frames_is_a_message(server):
    async with opened(server.url, {}) as client:
        text = json.dumps({"type": "subscribe", "id": "1", "payload": {"query": TYPENAME}}).encode()
        first, *others = (text[n : n + 1] for n in range(len(text)))
        parts = [frame(Opcode.CONT, part, fin=False) for part in others]
        client.socket.transport.write(
            frame(Opcode.TEXT, first, fin=False) + b"".join(parts) + frame(Opcode.CONT)
        )
        assert (await client.hear())["payload"] == DONE


async def test_pings_that_are_deep_are_no_messages(server, caplog):
    payload: list[object] = []
    for _ in range(300):
        payload = [payload]
    async with opened(server.url) as client:
        await client.say("ping", payload={"deep": payload})
        assert await client.ended() == (4400, "`payload` has too many levels")
    assert caplog.messages == []


async def test_others_are_served_between_the_frames_of_one(server, monkeypatch):
    """What comes at once is read in turns, and each ping that can be is answered."""
    monkeypatch.setattr(sockets, "TURN", 1_000)
    async with opened(server.url, {}) as flooding, opened(server.url, {}) as other:
        flooding.socket.transport.write(frame(Opcode.PING, b"p" * 100) * 5_000)
        assert await other.ask(TYPENAME) == DONE
        assert await flooding.ask(TYPENAME) == DONE


async def test_refusals_are_labelled_as_all_answers(server):
    with pytest.raises(InvalidStatus) as refusal:
        async with opened(server.url, origin="https://elsewhere.example"):
            pass
    headers = refusal.value.response.headers
    assert headers["X-Request-ID"]
    assert headers["X-Content-Type-Options"] == "nosniff"
