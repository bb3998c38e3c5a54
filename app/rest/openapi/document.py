"""The whole document of one version of the API, or of all."""

from collections.abc import Mapping, Sequence

from app.rest import deprecation
from app.rest.dialect import Dialect
from app.rest.openapi.access import SCHEMES, Permissions
from app.rest.openapi.components import Components, Node
from app.rest.openapi.operations import Operations
from app.rest.openapi.tags import tags
from app.setting_values import Deprecation

Deprecations = Mapping[str, Deprecation]

OPENAPI = "3.1.1"
LICENSE = {"name": "MIT", "identifier": "MIT"}
TITLE = "ThinkAlike REST API"
NONE: Deprecations = {}
ABOUT = {
    "v1": "Content, users and media as JSON, in pages with numbers.",
    "v2": "Content, users and media as [JSON:API 1.1](https://jsonapi.org/format/1.1/), in pages "
    "with cursors: walking them misses and repeats nothing.",
}
COMMON = """\
Wherever there is GET there is HEAD, and OPTIONS tells the methods of an address; any other method
is answered with 405 and `Allow`. Errors come as `{"errors": […]}`, or as
`application/problem+json` for whoever accepts that (RFC 9457). A request that is refused changes
nothing.
"""


def document(dialect: Dialect, permissions: Permissions, deprecations: Deprecations = NONE) -> Node:
    """OpenAPI 3.1 of one version."""
    components = Components()
    paths = _paths(dialect, components, permissions, deprecations)
    title = f"{TITLE}, version {dialect.version[1:]}"
    return {
        **_head(title, dialect.version, ABOUT[dialect.version], dialect.prefix),
        "tags": tags(components.prefix),
        "paths": paths,
        "components": components.shown(),
    }


def whole(
    dialects: Sequence[Dialect], permissions: Permissions, deprecations: Deprecations = NONE
) -> Node:
    """OpenAPI 3.1 of all versions; names of what is one version's begin with it."""
    parts = {dialect: Components(f"{dialect.version}.") for dialect in dialects}
    paths = {
        f"/{dialect.version}{path}": item
        for dialect, part in parts.items()
        for path, item in _paths(dialect, part, permissions, deprecations).items()
    }
    components: dict[str, Node] = {}
    for part in parts.values():
        for section, nodes in part.shown().items():
            components[section] = components.get(section, {}) | nodes
    newest = dialects[-1]
    text = "\n\n".join(f"{one.version}: {ABOUT[one.version]}" for one in dialects)
    return {
        **_head(TITLE, newest.version, text, newest.prefix.removesuffix(f"/{newest.version}")),
        "tags": [tag for part in parts.values() for tag in tags(part.prefix)],
        "paths": paths,
        "components": components,
    }


def _head(title: str, version: str, text: str, server: str) -> Node:
    info = {
        "title": title,
        "version": f"{version[1:]}.0",
        "description": f"{text}\n\n{COMMON}",
        "license": LICENSE,
    }
    return {"openapi": OPENAPI, "info": info, "servers": [{"url": server}]}


def _paths(
    dialect: Dialect, components: Components, permissions: Permissions, deprecations: Deprecations
) -> Node:
    for name, scheme in SCHEMES.items():
        components.put("securitySchemes", name, scheme)
    operations = Operations(dialect, components, permissions)
    paths: dict[str, Node] = {}
    for plan in dialect.plans:
        item = paths.setdefault(plan.route.path, {})
        node = operations.of(plan)
        name = f"{plan.route.method} /api/{dialect.version}{plan.route.path}"
        if deprecation.headers(deprecations, dialect.version, name):
            node["deprecated"] = True
        item[plan.route.method.lower()] = node
    return paths
