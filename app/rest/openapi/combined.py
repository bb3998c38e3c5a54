"""All versions of the API in one document."""

from collections.abc import Iterable
from typing import Any

from app.rest.openapi.components import Node

SHARED = ("headers", "securitySchemes")
"""Sections of components whose names mean the same in all versions."""


def combined(documents: Iterable[Node]) -> Node:
    """Names of operations, tags and components begin with their version, but for shared ones."""
    paths: Node = {}
    components: dict[str, Node] = {}
    tags: list[Node] = []
    texts: list[str] = []
    servers: set[str] = set()
    for document in documents:
        base, _, version = document["servers"][0]["url"].rpartition("/")
        named = _named(document, version)
        servers.add(base)
        texts.append(f"## {document['info']['title']}\n\n{document['info']['description']}")
        tags += named["tags"]
        paths |= {f"/{version}{path}": item for path, item in named["paths"].items()}
        for section, nodes in named["components"].items():
            components.setdefault(section, {}).update(nodes)
        info = document["info"] | {"title": "ThinkAlike REST API"}
    return {
        "openapi": document["openapi"],
        "info": info | {"description": "\n".join(texts)},
        "servers": [{"url": url} for url in servers],
        "tags": tags,
        "paths": paths,
        "components": {
            section: dict(sorted(nodes.items())) for section, nodes in components.items()
        },
    }


def _named(node: Any, version: str) -> Any:
    if isinstance(node, list):
        return [_named(one, version) for one in node]
    if not isinstance(node, dict):
        return node
    named = {name: _named(value, version) for name, value in node.items()}
    return named
