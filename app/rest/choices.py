"""Parameters that choose what is told of a list or a resource: `fields`, `include` and `sort`.

Each is put into what is asked, and answers whether the route takes it at all. Raises Refused (400)
for what it does not have.
"""

from collections.abc import Iterable

from app.rest.asked import Asked
from app.rest.attributes import attributes
from app.rest.failures import Refused
from app.rest.plan import Plan
from app.rest.resource import Resource
from app.rest.selection import Kit

MAX_INCLUDED = 20
MAX_LEVELS = 3


def fields(plan: Plan, asked: Asked, name: str, text: str, type: str) -> bool:
    """Those that a type of resource has, and no others."""
    if plan.route.linkage or plan.route.secret or plan.operation.spread is None:
        return False
    kit = plan.kit
    resource = next((one for one in kit.resources.values() if kit.type(one) == type), None)
    if resource is None:
        raise Refused.parameter(name, f"There is no type `{type}`")
    if resource.type in dict(asked.fields):
        raise Refused.parameter(name, f"The fields of `{type}` are given twice")
    known = {one.shown: one.name for one in attributes(resource, kit.name)}
    known |= {kit.name(one): one for one in resource.relationships}
    chosen = [one for one in text.split(",") if one not in ("", "id")]
    if unknown := [one for one in chosen if one not in known]:
        names = ", ".join(known)
        raise Refused.parameter(name, f"`{type}` has no field `{unknown[0]}`; it has: {names}")
    asked.fields |= {(resource.type, frozenset(known[one] for one in chosen))}
    return True


def include(plan: Plan, asked: Asked, text: str) -> bool:
    """Relationships of the resource, and of what they lead to."""
    if plan.route.linkage or plan.operation.spread not in ("Resource", "Page"):
        return False
    ways = [one for one in text.split(",") if one]
    if len(ways) > MAX_INCLUDED:
        raise Refused.parameter("include", f"Include at most {MAX_INCLUDED} relationships")
    asked.include = frozenset(_way(plan.kit, plan.resource, way) for way in ways)
    return True


def _way(kit: Kit, resource: Resource, text: str) -> tuple[str, ...]:
    way: list[str] = []
    for step in text.split("."):
        known = {kit.name(name): name for name, to in resource.relationships.items()
                 if not to.paged}  # fmt: skip
        if len(way) == MAX_LEVELS:
            detail = f"`{text}` cannot be included: follow at most {MAX_LEVELS} relationships"
            raise Refused.parameter("include", detail)
        if step not in known:
            some = ", ".join(known) or "none"
            detail = f"`{text}` cannot be included: `{step}` is none of {some}"
            raise Refused.parameter("include", detail)
        way.append(known[step])
        resource = kit.resources[resource.relationships[known[step]].type]
    return tuple(way)


def sort(plan: Plan, asked: Asked, keys: Iterable[tuple[str, bool]]) -> bool:
    """`keys` are names with whether they descend."""
    if not plan.sorts:
        return False
    order = []
    for name, descending in keys:
        if name not in plan.sorts:
            known = ", ".join(plan.sorts)
            raise Refused.parameter("sort", f"Nothing is sorted by `{name}`, but by: {known}")
        order.append({"field": plan.sorts[name], "direction": "DESC" if descending else "ASC"})
    asked.put("sort", order, "sort")
    return True
