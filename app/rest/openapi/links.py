"""What can be done next with what was made."""

from collections.abc import Iterable, Mapping

from app.rest.openapi.components import Components, Node
from app.rest.openapi.objects import pascal
from app.rest.plan import Plan

ID = "$response.body#/data/id"
VERBS = {"GET": "Read", "PUT": "Replace", "PATCH": "Change", "DELETE": "Remove"}


def links(
    made: Plan, plans: Iterable[Plan], names: Mapping[Plan, str], components: Components
) -> Node:
    """References to the operations at the address of what an operation makes."""
    found = {}
    for plan in plans:
        if plan.route.path == made.resource.path and plan.names_of_path == ["id"]:
            name = names[plan]
            node = {
                "operationId": components.prefix + name,
                "parameters": {"id": ID},
                "description": f"{VERBS[plan.route.method]} what was made.",
            }
            found[name] = components.put("links", pascal(name), node)
    return found
