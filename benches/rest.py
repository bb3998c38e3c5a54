"""What REST costs beside GraphQL: a route, and the text that it runs posted to /graphql."""

import http.client
import json
from collections.abc import Iterator
from dataclasses import asdict
from statistics import median
from typing import Any

from app.rest.dialect import Dialect
from app.rest.v1 import V1
from app.rest.v2 import V2
from benches.measure import ATTEMPTS, Bench
from benches.processes import Server
from benches.queries import Query, request
from resolvers.execution import GRAPHQL

MOST = 1.3
IDS = "{ contentItems(limit: 100) { id } }"
ITEM, LIST = "/content-items/{id}", "/content-items"
CASES = (
    ("item by id", ITEM, {"v1": "", "v2": ""}),
    (
        "50 items with author and image",
        LIST,
        {
            "v1": "per_page=50&include=author,featured_image",
            "v2": "page[size]=50&include=author,featuredImage",
        },
    ),
)

Asked = tuple[Query, list[bytes]]


def measured(bench: Bench, server: Server) -> dict[str, Any]:
    """Server CPU of both doors and their ratio, the median of the rounds' own. What is above MOST
    is measured again: it is believed when it shows each time."""
    pairs = [
        (title, dialect.version, *asked(dialect, title, path, queries[dialect.version], server))
        for dialect in (V1(GRAPHQL), V2(GRAPHQL))
        for title, path, queries in CASES
    ]
    for _ in range(ATTEMPTS):
        found = _measured(bench, server, pairs)
        if found["ok"]:
            break
    return found


def _measured(
    bench: Bench, server: Server, pairs: list[tuple[str, str, Asked, Asked]]
) -> dict[str, Any]:
    every = [one for _, _, graphql, rest in pairs for one in (graphql, rest)]
    cells = iter(bench.turns("REST", server, every))
    told: list[dict[str, Any]] = []
    for title, version, _, _ in pairs:
        graphql, rest = next(cells), next(cells)
        both = zip(rest.cpu_rounds, graphql.cpu_rounds, strict=True)
        ratios = [one / other for one, other in both]
        told.append(
            {"title": title, "version": version, "ratio": median(ratios), "ratios": ratios,
             "graphql": asdict(graphql), "rest": asdict(rest)}
        )  # fmt: skip
    return {"most": MOST, "ok": all(one["ratio"] <= MOST for one in told), "pairs": told}


def asked(
    dialect: Dialect, title: str, path: str, query: str, server: Server
) -> tuple[Asked, Asked]:
    """The same of GraphQL and of REST."""
    plan = next(one for one in dialect.plans if (one.route.method, one.route.path) == ("GET", path))
    name, bodies, addresses = f"{title}, {dialect.version}", [], []
    text = ""
    for given in paths(path, server):
        wanted = dialect.asked(plan, dialect.prefix + path, query, given)
        text = plan.prepared(wanted.fields, wanted.include).text
        bodies.append(json.dumps({"query": text, "variables": wanted.variables}).encode())
        addresses.append(f"{dialect.prefix}{path.format(**given)}?{query}".rstrip("?"))
    return (
        (Query(f"graphql {name}", name, text), [request(body) for body in bodies]),
        (Query(f"rest {name}", name, text), [read(address, dialect) for address in addresses]),
    )


def paths(path: str, server: Server) -> Iterator[dict[str, str]]:
    """Values for the parameters of a path: each of the newest items."""
    if path != ITEM:
        yield {}
        return
    caller = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    body = json.dumps({"query": IDS})
    caller.request("POST", "/graphql", body, {"Content-Type": "application/json"})
    items = json.loads(caller.getresponse().read())["data"]["contentItems"]
    caller.close()
    yield from items


def read(address: str, dialect: Dialect) -> bytes:
    """The whole HTTP request as it goes over the wire."""
    return (
        f"GET {address} HTTP/1.1\r\nHost: localhost\r\nAccept: {dialect.media_type}\r\n\r\n"
    ).encode()
