"""One name in the spellings of GraphQL (camelCase), of v1 (snake_case) and of addresses."""

import re
from functools import cache

_HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])")


@cache
def snake(name: str) -> str:
    return _HUMP.sub(r"_\1", name).lower()


@cache
def kebab(name: str) -> str:
    return _HUMP.sub(r"-\1", name).lower()


@cache
def camel(name: str) -> str:
    first, *rest = re.split(r"[_-]", name)
    return first + "".join(map(str.capitalize, rest))
