"""What messages of `graphql-transport-ws` mean, and what is none."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.endpoint.parameters import Parameters
from resolvers.sockets import protocol
from resolvers.sockets.protocol import (
    Closing,
    Code,
    Complete,
    Init,
    Message,
    Ping,
    Pong,
    Subscribe,
    read,
)

texts = st.text(max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=10,
)
messages = st.fixed_dictionaries(
    {"type": st.sampled_from(["connection_init", "ping", "pong", "subscribe", "complete"])},
    optional={
        "id": values,
        "payload": values
        | st.dictionaries(
            st.sampled_from(["query", "operationName", "variables", "extensions", "documentId"]),
            values,
        ),
    },
)

HASH = {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}


def subscribe(payload, **more):
    return {"type": "subscribe", "id": "1", "payload": payload, **more}


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ({"type": "connection_init"}, Init({})),
        ({"type": "connection_init", "payload": None}, Init({})),
        ({"type": "connection_init", "payload": {"a": 1}}, Init({"a": 1})),
        ({"type": "ping"}, Ping(None)),
        ({"type": "ping", "payload": None}, Ping(None)),
        ({"type": "ping", "payload": {}}, Ping({})),
        ({"type": "pong", "payload": {"a": 1}}, Pong()),
        ({"type": "complete", "id": "1"}, Complete("1")),
        (subscribe({"query": "{ a }"}), Subscribe("1", Parameters("{ a }"))),
        (subscribe({"documentId": "a"}), Subscribe("1", Parameters(document_id="a"))),
        (subscribe({"extensions": HASH}), Subscribe("1", Parameters(extensions=HASH))),
        (
            subscribe(
                {"query": "q", "operationName": "A", "variables": {"a": 1}, "extensions": None}
            ),
            Subscribe("1", Parameters("q", "A", {"a": 1})),
        ),
        (subscribe({"query": "q"}, id="i" * 256), Subscribe("i" * 256, Parameters("q"))),
    ],
)
def test_messages_are_understood(said, meant):
    assert read(json.dumps(said)) == meant


NOT_MESSAGES = [
    None,
    "",
    "{",
    "null",
    "[]",
    '"text"',
    "1",
    "NaN",
    "[" * 10_000,
    *map(
        json.dumps,
        [
            {},
            [{"type": "ping"}],
            {"type": None},
            {"type": ["ping"]},
            {"type": "PING"},
            {"type": "next", "id": "1", "payload": {}},
            {"type": "connection_ack"},
            {"type": "start", "id": "1", "payload": {"query": "{ a }"}},
            {"type": "connection_init", "payload": "text"},
            {"type": "connection_init", "payload": []},
            {"type": "ping", "payload": 1},
            {"type": "pong", "payload": []},
            {"type": "complete"},
            {"type": "complete", "id": 1},
            {"type": "complete", "id": ""},
            {"type": "subscribe", "payload": {"query": "{ a }"}},
            subscribe({"query": "{ a }"}, id=""),
            subscribe({"query": "{ a }"}, id=None),
            subscribe({"query": "{ a }"}, id=1),
            subscribe({"query": "{ a }"}, id="i" * 257),
            {"type": "subscribe", "id": "1"},
            subscribe(None),
            subscribe([]),
            subscribe("{ a }"),
            subscribe({}),
            subscribe({"query": None}),
            subscribe({"query": ["{ a }"]}),
            subscribe({"query": "{ a }", "variables": []}),
            subscribe({"query": "{ a }", "variables": "text"}),
            subscribe({"query": "{ a }", "operationName": 1}),
            subscribe({"query": "{ a }", "extensions": "text"}),
        ],
    ),
]


@pytest.mark.parametrize("text", NOT_MESSAGES)
def test_all_else_is_closed_with_4400(text):
    with pytest.raises(Closing) as refused:
        read(text)
    assert refused.value.code == Code.BAD_REQUEST
    assert refused.value.reason


@given(texts | values.map(json.dumps) | messages.map(json.dumps))
def test_whatever_is_said_is_a_message_or_closed(text):
    with suppress(Closing):
        assert isinstance(read(text), Message)


@given(st.text())
def test_reasons_fit_a_closing_frame(text):
    reason = Closing(Code.BAD_REQUEST, text.encode(errors="ignore").decode() * 20).reason
    assert len(reason.encode()) <= 123


def test_answers_are_written():
    assert [
        protocol.acknowledged(),
        protocol.pong(None),
        protocol.pong({"a": "é"}),
        protocol.next("1", b'{"data":{"a":1}}'),
        protocol.error('"', [{"message": "m"}]),
        protocol.complete("1"),
    ] == [
        b'{"type":"connection_ack"}',
        b'{"type":"pong"}',
        '{"type":"pong","payload":{"a":"é"}}'.encode(),
        b'{"id":"1","type":"next","payload":{"data":{"a":1}}}',
        b'{"id":"\\"","type":"error","payload":[{"message":"m"}]}',
        b'{"id":"1","type":"complete"}',
    ]
