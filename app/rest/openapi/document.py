"""The whole document of one version of the API."""

from app.rest.dialect import Dialect
from app.rest.openapi.access import SCHEMES, Permissions
from app.rest.openapi.components import Components, Node
from app.rest.openapi.operations import Operations
from app.rest.openapi.tags import tags

LICENSE = {"name": "MIT", "identifier": "MIT"}
COMMON = """\
Wherever there is GET there is HEAD, and OPTIONS tells the methods of an address; any other method
is answered with 405 and `Allow`. Errors come as `{"errors": […]}`, or as
`application/problem+json` for whoever accepts that (RFC 9457). A request that is refused changes
nothing.
"""
ABOUT = {
    "v1": (
        "1.0",
        "ThinkAlike REST API, version 1",
        "Content, users and media as JSON, in pages with numbers.\n\n" + COMMON,
    ),
    "v2": (
        "2.0",
        "ThinkAlike REST API, version 2",
        "Content, users and media as [JSON:API 1.1](https://jsonapi.org/format/1.1/), in pages "
        "with cursors: walking them misses and repeats nothing.\n\n" + COMMON,
    ),
}


def document(dialect: Dialect, permissions: Permissions) -> Node:
    """OpenAPI 3.1 of one dialect."""
    components = Components()
    for name, scheme in SCHEMES.items():
        components.put("securitySchemes", name, scheme)
    operations = Operations(dialect, components, permissions)
    paths: dict[str, Node] = {}
    for plan in dialect.plans:
        place = paths.setdefault(plan.route.path, {})
        place[plan.route.method.lower()] = operations.of(plan)
    version, title, text = ABOUT[dialect.version]
    return {
        "openapi": "3.1.1",
        "info": {"title": title, "version": version, "description": text, "license": LICENSE},
        "servers": [{"url": dialect.prefix}],
        "tags": tags(),
        "paths": paths,
        "components": components.shown(),
    }
