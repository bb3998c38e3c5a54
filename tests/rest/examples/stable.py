"""The same text in every run: ids, times and secrets give way to fixed ones, each to its own."""

import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import orjson

from app import ids
from tests.factories import NOON

ID = re.compile(r"\b([a-z]{3})_[0-7][0-9a-hjkmnp-tv-z]{25}\b")
MOMENT = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?\+00:00")
CURSOR = re.compile(r"((?:after|before)(?:%5D)?=)[\w.~-]+")
FILE = re.compile(r"/media/\d{4}/\d\d/\w{26}")
WAIT = re.compile(r"\btry again in \d+ s\b")
PICTURE = re.compile(r"data:image/[^\"]+")
SECRETS = {
    "access_token": "eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiJ1c3JfMDFrZHZyIn0.c2lnbmVk",
    "refresh_token": "hVd1sWJ0cCq4TzmBW5bDkFZb0nX0T8v2yUuK3eR7oAs",
    "token": "q0Zk2mYcV5tXr8bNfJ1uWd6hPs3gLe9aTi4oRv7yKxM",
    "secret": "tak_01kdvr9q00e00g000000000000_n5Xc8Vb2Zm7Lq4Wk9Tj6Rh3Yf1Pd0GsAeUiOoBtQyNw",
    "prefix": "tak_01kdvr9q00e00g000000000000",
}


def stable(example: Any, known: Iterable[str], rounded: Callable[[str], str]) -> Any:
    """`known` are ids that get the first places, in all examples the same; `rounded` makes moments
    one whose difference is a matter of how fast the machine is."""
    text = orjson.dumps(_plain(example)).decode()
    fakes: dict[str, str] = {}
    for id in (*known, *(match[0] for match in ID.finditer(text))):
        if id not in fakes:
            fakes[id] = placeholder(id, len(fakes))
    places = sorted({rounded(moment) for moment in MOMENT.findall(text)})
    text = ID.sub(lambda match: fakes[match[0]], text)
    text = MOMENT.sub(lambda match: _moment(places.index(rounded(match[0]))), text)
    text = FILE.sub("/media/2026/01/01kdvr9q00e00g000000000000", text)
    text = WAIT.sub("try again in 1 s", text)
    text = PICTURE.sub("data:image/webp;base64,UklGRhwAAABXRUJQ", text)
    return orjson.loads(CURSOR.sub(r"\1W1siMjAyNi0wMS0wMSJdXQ", text))


def placeholder(id: str, place: int) -> str:
    """What stands for an id, by its place among those that are known."""
    made = int((NOON + timedelta(minutes=place)).timestamp() * 1000)
    return ids.make(id[:3], made, place)


def _moment(place: int) -> str:
    return (NOON + timedelta(minutes=place)).isoformat()


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {name: _secret(name, _plain(one)) for name, one in value.items()}
    return value


def _secret(name: str, value: Any) -> Any:
    known = SECRETS.get(re.sub("([A-Z])", r"_\1", name).lower())
    return known if known and isinstance(value, str) else value
