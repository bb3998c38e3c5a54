"""A request, read by doors that look at many of its headers."""

from typing import Any

from starlette import datastructures, requests
from starlette.requests import empty_receive
from starlette.types import Receive, Scope


class Headers(datastructures.Headers):
    """Found at once by their names, where Starlette's go through the whole list each time, and
    raise an error for what is not there."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope=scope)
        self._first = dict(reversed(self._list))

    def get(self, key: str, default: Any = None) -> Any:
        value = self._first.get(key.lower().encode("latin-1"))
        return default if value is None else value.decode("latin-1")


class Request(requests.Request):
    def __init__(self, scope: Scope, receive: Receive = empty_receive) -> None:
        super().__init__(scope, receive)
        self._headers = Headers(scope)
