"""What can be included of a resource, and where that leads."""

from collections.abc import Iterator

from app.rest.choices import MAX_LEVELS
from app.rest.resource import Resource
from app.rest.resources import RESOURCES

Way = tuple[str, ...]


def ways(resource: Resource, levels: int = MAX_LEVELS) -> Iterator[tuple[Way, Resource]]:
    for name, to in resource.relationships.items() if levels else ():
        if not to.paged:
            target = RESOURCES[to.type]
            yield (name,), target
            yield from (((name, *way), end) for way, end in ways(target, levels - 1))
