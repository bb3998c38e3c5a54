"""Which media type is answered with, for every way to ask."""

import pytest

from resolvers.endpoint.negotiation import EVENTS, JSON, RESPONSE, negotiate

URQL = f"{RESPONSE}, application/graphql+json, {JSON}, {EVENTS}, multipart/mixed"
APOLLO = f"{RESPONSE},{JSON};q=0.9"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "type"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (RESPONSE, RESPONSE),
        (RESPONSE.upper(), RESPONSE),
        (f"{RESPONSE}; charset=utf-8", RESPONSE),
        (URQL, RESPONSE),
        (APOLLO, RESPONSE),
        (BROWSER, JSON),
        # the better wish wins, and of equal ones the newer type
        (f"{JSON}, {RESPONSE}", RESPONSE),
        (f"{RESPONSE};q=0.1, {JSON};q=0.2", JSON),
        (f"{RESPONSE};q=0.2, {JSON};q=0.1", RESPONSE),
        (f"{RESPONSE};q=0.9, */*", JSON),
        (f"{RESPONSE}, */*;q=0.1", RESPONSE),
        # a type that is named counts by its own wish, not by the wildcard's
        (f"{JSON};q=0, */*", RESPONSE),
        (f"{RESPONSE};q=0, */*", JSON),
        (f"{JSON};q=0, {RESPONSE};q=0, */*", None),
        (f"*/*;q=0, {RESPONSE}", RESPONSE),
        # events are for those who want them more than JSON
        (EVENTS, EVENTS),
        (EVENTS.upper(), EVENTS),
        (f"{EVENTS}, {JSON}", JSON),
        (f"{EVENTS}, */*", JSON),
        (f"{EVENTS}, {JSON};q=0.5", EVENTS),
        (f"{EVENTS};q=0.5, {JSON}", JSON),
        (f"{EVENTS};q=0.5, {RESPONSE};q=0.4, {JSON};q=0.3", EVENTS),
        (f"{EVENTS};q=0.1, text/html", EVENTS),
        (f"{EVENTS};q=0", None),
        ("text/*", None),
        # nothing of ours
        ("text/html", None),
        ("image/*", None),
        (f"{JSON};q=0", None),
        ("*/*;q=0", None),
        # malformed: such a wish does not count
        (";;,,", None),
        (f"{JSON};q=x", None),
        (f"{JSON};q=nan", None),
        (f"{JSON};q=-1", None),
        (f"{JSON};q=", None),
        (f"{JSON};q", None),
        (f"nonsense, {JSON}", JSON),
        (f" {JSON} ; q = 0.5 ", JSON),
    ],
)
def test_negotiation(accept, type):
    assert negotiate(accept) == type
