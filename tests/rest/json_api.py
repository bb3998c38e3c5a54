"""The MUSTs of JSON:API 1.1 (https://jsonapi.org/format/1.1/) for what a server answers.

Written here because no package keeps a schema of 1.1; a schema could not say most of it anyway.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx2

MEDIA_TYPE = "application/vnd.api+json"
Found = Iterator[str]

TOP = {"data", "errors", "meta", "jsonapi", "links", "included"}
PAGES = {"first", "last", "prev", "next"}
RESOURCE = {"type", "id", "attributes", "relationships", "links", "meta"}
IDENTIFIER = {"type", "id", "meta"}
ERROR = {"id", "links", "status", "code", "title", "detail", "source", "meta"}
LINK = {"href", "rel", "describedby", "title", "type", "hreflang", "meta"}
SOURCE = {"pointer", "parameter", "header"}

_EDGE = r"[a-zA-Z0-9\u0080-\U0010FFFF]"
NAME = re.compile(rf"@?{_EDGE}(?:[a-zA-Z0-9\u0080-\U0010FFFF_ -]*{_EDGE})?")
POINTER = re.compile(r"(?:/(?:[^~/]|~[01])*)*")


def checked(answer: httpx2.Response) -> Any:
    """The document of an answer (None without a body), which must be as the standard says."""
    problems = [*_answer(answer)]
    document = answer.json() if answer.content else None
    if document is not None:
        sparse = any(name.startswith("fields[") for name in answer.request.url.params)
        problems += violations(document, sparse=sparse)
    assert not problems, f"{answer.request.method} {answer.request.url}: {problems}"
    return document


def _answer(answer: httpx2.Response) -> Found:
    if not answer.content:
        return
    if answer.headers.get("Content-Type") != MEDIA_TYPE:
        yield f"Content-Type is {answer.headers.get('Content-Type')}"
    document = answer.json()
    failed = answer.status_code >= 400
    if failed != ("errors" in document):
        yield f"errors do not go with status {answer.status_code}"
    if answer.status_code == 201:
        location, data = answer.headers.get("Location"), document.get("data") or {}
        own = data.get("links", {}).get("self", location)
        if location and own != location:
            yield f"Location {location} is not the resource's self link {own}"


def violations(document: Any, *, sparse: bool = False) -> list[str]:
    """What a document does wrong, each with the place. A `sparse` one may leave out the linkage to
    what it includes, with the relationships that were not asked for."""
    if not isinstance(document, dict):
        return ["the document is no object"]
    return [*_top(document), *_linkage(document, sparse)]


def _top(document: dict[str, Any]) -> Found:
    yield from _members(document, TOP, "")
    if not {"data", "errors", "meta"} & set(document):
        yield "neither data nor errors nor meta"
    if {"data", "errors"} <= set(document):
        yield "both data and errors"
    if "included" in document and "data" not in document:
        yield "included without data"
    data = document.get("data")
    pages = PAGES if isinstance(data, list) else set()
    yield from _links(
        document.get("links", {}), {"self", "related", "describedby"} | pages, "/links"
    )
    yield from _meta(document)
    yield from _about(document.get("jsonapi", {}))
    for n, resource in enumerate(data if isinstance(data, list) else [data] if data else []):
        yield from _resource(resource, f"/data/{n}")
    for n, resource in enumerate(document.get("included", [])):
        yield from _resource(resource, f"/included/{n}")
    if "errors" in document:
        yield from _errors(document["errors"])


def _about(about: Any) -> Found:
    yield from _members(about, {"version", "ext", "profile", "meta"}, "/jsonapi")
    if about and about.get("version") != "1.1":
        yield f"/jsonapi/version is {about.get('version')}"


def _resource(resource: Any, place: str) -> Found:
    yield from _identified(resource, RESOURCE, place)
    if not isinstance(resource, dict):
        return
    attributes, relationships = (resource.get(k, {}) for k in ("attributes", "relationships"))
    for fields in (attributes, relationships):
        if not isinstance(fields, dict):
            yield f"{place} has fields that are no object"
            return
    yield from (
        f"{place} has two fields {name}" for name in attributes.keys() & relationships.keys()
    )
    yield from (
        f"{place} has a field {name}"
        for name in ("id", "type")
        if name in attributes or name in relationships
    )
    yield from _names(attributes, f"{place}/attributes")
    yield from _names(relationships, f"{place}/relationships")
    for name, relationship in relationships.items():
        yield from _relationship(relationship, f"{place}/relationships/{name}")
    yield from _links(resource.get("links", {}), {"self", "describedby"}, f"{place}/links")
    yield from _meta(resource, place)


def _relationship(relationship: Any, place: str) -> Found:
    yield from _members(relationship, {"links", "data", "meta"}, place)
    if not isinstance(relationship, dict) or not relationship:
        yield f"{place} has neither links nor data nor meta"
        return
    if "links" in relationship:
        links, data = relationship["links"], relationship.get("data")
        pages = PAGES if isinstance(data, list) else set()
        yield from _links(links, {"self", "related", "describedby"} | pages, f"{place}/links")
        if not {"self", "related"} & set(links):
            yield f"{place}/links has neither self nor related"
    yield from _meta(relationship, place)
    for identifier in _identifiers(relationship):
        yield from _identified(identifier, IDENTIFIER, f"{place}/data")


def _identified(thing: Any, members: set[str], place: str) -> Found:
    yield from _members(thing, members, place)
    for member in ("type", "id"):
        value = thing.get(member) if isinstance(thing, dict) else None
        if not isinstance(value, str) or not value:
            yield f"{place}/{member} is {value!r}"
        elif member == "type" and not NAME.fullmatch(value):
            yield f"{place}/type is not a member name: {value}"


def _identifiers(relationship: Any) -> list[Any]:
    data = relationship.get("data") if isinstance(relationship, dict) else None
    return data if isinstance(data, list) else [] if data is None else [data]


def _links(links: Any, members: set[str], place: str) -> Found:
    yield from _members(links, members, place)
    for name, link in links.items() if isinstance(links, dict) else ():
        href = link.get("href") if isinstance(link, dict) else link
        if isinstance(link, dict):
            yield from _members(link, LINK, f"{place}/{name}")
        if not (isinstance(href, str) and href) and link is not None:
            yield f"{place}/{name} is no link"


def _errors(errors: Any) -> Found:
    if not isinstance(errors, list) or not errors:
        yield "errors is no list with something in it"
        return
    for n, error in enumerate(errors):
        place = f"/errors/{n}"
        yield from _members(error, ERROR, place)
        if not isinstance(error, dict) or not error:
            yield f"{place} says nothing"
            continue
        yield from _links(error.get("links", {}), {"about", "type"}, f"{place}/links")
        yield from _meta(error, place)
        for member in ERROR - {"links", "source", "meta"}:
            if not isinstance(error.get(member, ""), str):
                yield f"{place}/{member} is no string"
        if not re.fullmatch(r"[45]\d\d", str(error.get("status", "400"))):
            yield f"{place}/status is {error['status']}"
        source = error.get("source", {})
        yield from _members(source, SOURCE, f"{place}/source")
        if not POINTER.fullmatch(str(source.get("pointer", ""))):
            yield f"{place}/source/pointer is {source['pointer']}"


def _meta(thing: dict[str, Any], place: str = "") -> Found:
    meta = thing.get("meta", {})
    if not isinstance(meta, dict):
        yield f"{place}/meta is no object"
    else:
        yield from _names(meta, f"{place}/meta")


def _members(thing: Any, allowed: set[str], place: str) -> Found:
    if not isinstance(thing, dict):
        yield f"{place} is no object"
        return
    unknown = {name for name in set(thing) - allowed if not name.startswith("@")}
    yield from (f"{place}/{name} is not of the standard" for name in sorted(unknown))


def _names(thing: Any, place: str) -> Found:
    """Names within names must be as the outer ones."""
    if isinstance(thing, list):
        for part in thing:
            yield from _names(part, place)
    elif isinstance(thing, dict):
        for name, value in thing.items():
            if not NAME.fullmatch(name):
                yield f"{place} has a bad name: {name!r}"
            yield from _names(value, f"{place}/{name}")


def _linkage(document: dict[str, Any], sparse: bool) -> Found:
    """One object per type and id, and nothing included that nothing refers to."""
    data, included = document.get("data"), document.get("included", [])
    primary = data if isinstance(data, list) else [data] if data else []
    resources = [thing for thing in [*primary, *included] if isinstance(thing, dict)]
    times = Counter((thing.get("type"), thing.get("id")) for thing in resources)
    yield from (f"{key} comes {n} times" for key, n in times.items() if n > 1)
    if sparse:
        return
    waiting = {(thing.get("type"), thing.get("id")): thing for thing in included}
    reached = list(primary)
    while reached:
        for relationship in (reached.pop().get("relationships") or {}).values():
            for identifier in _identifiers(relationship):
                found = waiting.pop((identifier.get("type"), identifier.get("id")), None)
                reached += [found] if found else []
    # The primary data of `/content-items/1/relationships/author?include=author` are identifiers.
    named = {(thing.get("type"), thing.get("id")) for thing in primary if isinstance(thing, dict)}
    yield from (
        f"{key} is included, but nothing refers to it" for key in waiting if key not in named
    )
