"""A request for each status of a refusal."""

from typing import Any

import orjson

from app.rest.dialect import Dialect
from tests.rest.examples.world import World

Request = dict[str, Any]


def requests(dialect: Dialect, world: World) -> dict[int, Request]:
    """What is sent, by the status that is to be answered."""
    type = {"Content-Type": dialect.media_type}
    ada, ben = ({**type, **world.callers[who]} for who in ("ada", "ben"))
    tag, tags = f"/tags/{world.ids['garden']}", "/tags"
    name = orjson.dumps(_body(dialect, "tags", name="garden", slug="garden"))
    renamed = orjson.dumps(_body(dialect, "tags", world.ids["garden"], name="garden"))
    wrong = orjson.dumps(_body(dialect, "tokens", username="ada", password="wrong"))
    size = {"v1": "per_page", "v2": "page[size]"}[dialect.version]
    asked = {
        400: {"method": "GET", "url": "/users", "params": {size: "0"}},
        401: {"method": "POST", "url": tags, "content": name, "headers": type},
        403: {"method": "POST", "url": tags, "content": name, "headers": ben},
        404: {"method": "GET", "url": "/tags/none"},
        406: {"method": "GET", "url": tags, "headers": {"Accept": "text/plain"}},
        409: {"method": "POST", "url": tags, "content": name, "headers": ada},
        412: {
            "method": "PATCH", "url": tag, "content": renamed,
            "headers": {**ada, "If-Match": '"7-hVd1sWJ0cCq4TzmBW5bDkF"'},
        },
        413: {"method": "POST", "url": tags, "content": b" " * 1_000_001, "headers": ada},
        415: {
            "method": "POST", "url": tags, "content": name,
            "headers": {**ada, "Content-Type": "text/plain"},
        },
        422: {
            "method": "POST", "url": f"/content-items/{world.ids['empty']}/publish", "headers": ada,
        },
        428: {"method": "PATCH", "url": tag, "content": renamed, "headers": ada},
        429: {"method": "POST", "url": "/auth/login", "content": wrong, "headers": type},
        500: {"method": "GET", "url": tags},
        503: {"method": "GET", "url": tags},
        504: {"method": "POST", "url": tags, "content": name, "headers": ada},
    }  # fmt: skip
    return {status: {**one, "url": dialect.prefix + one["url"]} for status, one in asked.items()}


def _body(dialect: Dialect, type: str, id: str | None = None, **attributes: str) -> Any:
    if dialect.version == "v2":
        return {"data": {"type": type, **({"id": id} if id else {}), "attributes": attributes}}
    return attributes
