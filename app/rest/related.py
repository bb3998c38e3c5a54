"""The routes of relationships, which follow from the resources: what is related, and the links."""

from collections.abc import Iterable, Iterator, Mapping

from app.rest.documents import VERSION
from app.rest.names import kebab
from app.rest.resource import Resource, To
from app.rest.route import Route


def related(resources: Mapping[str, Resource], written: Iterable[Route]) -> Iterator[Route]:
    """For each relationship of a resource that has an address: `/users/{id}/profile-image`, and
    `/users/{id}/relationships/profile-image` to read and change which one it is."""
    known = {route.path: route for route in written if route.method == "GET"}
    for owner in resources.values():
        for name, to in owner.relationships.items() if owner.by_id else ():
            target, path = resources[to.type], f"{owner.path}/{kebab(name)}"
            if path not in known:
                yield reading(owner, name, to, target, path)
            yield from linking(owner, name, to, target, known.get(path))
            yield from changing(owner, name, to, target)


def reading(
    owner: Resource, name: str, to: To, target: Resource, path: str, *, linkage: bool = False
) -> Route:
    operation = f"Get{owner.graphql}{name[0].upper()}{name[1:]}"
    version = f"{VERSION}: version " if linkage and owner.versioned else ""  # which a change is for
    text = (
        f"query {operation}($id: ID!) "
        f"{{ {owner.by_id}(id: $id) {{ {version}{name} {{ ...Resource }} }} }}"
    )
    return Route(
        "GET", path, operation, target, f"The {title(name)} of a {title(owner.one)}",
        nullable=not to.many, linkage=linkage, document=text,
    )  # fmt: skip


def linking(
    owner: Resource, name: str, to: To, target: Resource, listing: Route | None
) -> Iterator[Route]:
    path = f"{owner.path}/relationships/{kebab(name)}"
    if listing is None or not to.paged:
        yield reading(owner, name, to, target, path, linkage=True)
    else:
        yield Route(
            "GET", path, listing.operation, target, f"Which {title(name)} a {title(owner.one)} has",
            filters=listing.filters, linkage=True,
        )  # fmt: skip


def changing(owner: Resource, name: str, to: To, target: Resource) -> Iterator[Route]:
    path = f"{owner.path}/relationships/{kebab(name)}"
    ways = {
        "PATCH": (to.replace, "Replace"),
        "POST": (to.add, "Add to"),
        "DELETE": (to.remove, "Remove from"),
    }
    for method, (field, verb) in ways.items():
        if field is None or owner.update is None:
            continue
        operation = f"{verb.split()[0]}{owner.graphql}{name[0].upper()}{name[1:]}"
        input = f"{owner.update[0].upper()}{owner.update[1:]}Input"
        text = (
            f"mutation {operation}($input: {input}!) {{ {owner.update}(input: $input) "
            f"{{ ...Refusal {owner.by_id} {{ {VERSION}: version {name} {{ ...Resource }} }} }} }}"
        )
        yield Route(
            method, path, operation, target, f"{verb} the {title(name)} of a {title(owner.one)}",
            linkage=True, nullable=not to.many, changes=field, document=text,
        )  # fmt: skip


def title(name: str) -> str:
    return kebab(name).replace("-", " ")
