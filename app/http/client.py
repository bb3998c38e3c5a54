"""Which program a request comes from, by its own word: nothing may be allowed by it."""

import re
from typing import NamedTuple

from starlette.datastructures import Headers

from app.http.remembered import remembered

# Of GraphQL clients at large, and of Apollo's.
NAMES = ("graphql-client-name", "apollographql-client-name")
VERSIONS = ("graphql-client-version", "apollographql-client-version")

_SAFE = re.compile(r"[\w.:@/+ -]{1,64}", re.ASCII)


class Client(NamedTuple):
    """`name` is empty for who does not say it, `version` too."""

    name: str = ""
    version: str = ""


UNNAMED = Client()
OTHER = Client("other")
"""Whoever calls itself something strange or long, and all of too many."""


def client(headers: Headers) -> Client:
    name = headers.get(NAMES[0]) or headers.get(NAMES[1])
    if not name:
        return UNNAMED
    return _named(name, headers.get(VERSIONS[0]) or headers.get(VERSIONS[1]) or "")


@remembered
def _named(name: str, version: str) -> Client:
    fine = _SAFE.fullmatch(name) and (not version or _SAFE.fullmatch(version))
    return Client(name, version) if fine else OTHER
