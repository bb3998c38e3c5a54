"""A request whose headers are found by their names."""

import pytest

from app.http.request import Request

HEADERS = [
    (b"accept", b"text/html"),
    (b"x-name", b"\xe9"),
    (b"accept", b"application/json"),
    (b"empty", b""),
]


@pytest.fixture
def headers():
    return Request({"type": "http", "headers": HEADERS}).headers


@pytest.mark.parametrize(
    ("name", "value"),
    [("accept", "text/html"), ("Accept", "text/html"), ("x-name", "é"), ("empty", "")],
)
def test_the_first_of_a_name_as_starlette_finds_it(headers, name, value):
    assert headers.get(name) == headers.get(name, "other") == headers[name] == value


def test_what_is_not_there(headers):
    assert headers.get("cookie") is None
    assert headers.get("cookie", "none") == "none"
    assert "cookie" not in headers


def test_all_of_a_name(headers):
    assert headers.getlist("accept") == ["text/html", "application/json"]
