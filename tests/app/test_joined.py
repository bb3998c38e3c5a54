"""Heads go out with what follows them, and never wait for it beyond a turn of the event loop."""

import asyncio

import pytest

from app.serving.joined import Joined


class Transport:
    def __init__(self):
        self.written = []
        self.closed = False

    def write(self, data):
        assert not self.closed
        self.written.append(data)

    def close(self):
        self.closed = True


@pytest.fixture
def transport():
    return Transport()


@pytest.fixture
async def joined(transport):
    return Joined(transport, asyncio.get_running_loop())


async def test_head_and_body_are_one(transport, joined):
    for part in (b"head ", b"body ", b"more"):
        joined.write(part)
    await asyncio.sleep(0)

    assert transport.written == [b"head body ", b"more"]


async def test_a_head_whose_body_takes_its_time_goes_first(transport, joined):
    joined.write(b"head")
    assert transport.written == []
    await asyncio.sleep(0)
    assert transport.written == [b"head"]

    joined.write(b"body")
    assert transport.written == [b"head", b"body"]


async def test_nothing_is_lost_when_it_is_closed(transport, joined):
    joined.write(b"head")
    joined.close()
    await asyncio.sleep(0)

    assert (transport.written, transport.closed) == ([b"head"], True)
