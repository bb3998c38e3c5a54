"""Which route a request took: one of few, whatever is asked for."""

from starlette.types import Scope

TEMPLATE = "template"
"""Where a door that has routes of its own says it, in the request's state."""


def template(scope: Scope) -> str | None:
    """Such as `/api/v1/users/{id}`; None where nothing is at the address. To be asked when the
    request is answered."""
    if (said := scope["state"].get(TEMPLATE)) is not None:
        return str(said)
    if (taken := scope.get("endpoint")) is None:
        return None
    for route in scope["app"].routes:
        if getattr(route, "endpoint", None) is taken or getattr(route, "app", None) is taken:
            return str(route.path)
    return None
