"""All stored documents against the schema; fragments that many share are validated once."""

from collections.abc import Iterable

from graphql import GraphQLSchema, NoUnusedFragmentsRule, parse, specified_rules, validate

from app.errors import StartupError
from app.rest.plan import Plan

RULES = [rule for rule in specified_rules if rule is not NoUnusedFragmentsRule]


def require_valid(schema: GraphQLSchema, plans: Iterable[Plan]) -> None:
    """Raises StartupError that names the route whose document does not fit."""
    seen: set[str] = set()
    for plan in plans:
        fragments = plan.prepared().fragments
        parts = (_stub(one) if one in seen else one for one in fragments)
        text = plan.operation.text + "".join(parts)
        seen.update(fragments)
        if errors := validate(schema, parse(text), RULES):
            route = f"{plan.route.method} {plan.route.path}"
            raise StartupError(f"The document of {route} does not fit the schema: {errors[0]}")


def _stub(fragment: str) -> str:
    return fragment.partition("{")[0] + "{ __typename }"
