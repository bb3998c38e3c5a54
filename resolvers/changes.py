"""What a change of the schema means for the clients of an older one."""

from graphql import (
    GraphQLError,
    GraphQLSchema,
    build_schema,
    find_breaking_changes,
    find_dangerous_changes,
)

from app.errors import StartupError


def breaking(old: GraphQLSchema, new: GraphQLSchema, changelog: str = "") -> list[str]:
    """Changes that break clients, but for those whose description the change log holds."""
    found = (change.description for change in find_breaking_changes(old, new))
    return sorted(change for change in found if change not in changelog)


def dangerous(old: GraphQLSchema, new: GraphQLSchema) -> list[str]:
    """Changes that may surprise clients, such as a new value of an enum."""
    return sorted(change.description for change in find_dangerous_changes(old, new))


def read(sdl: str, name: str) -> GraphQLSchema:
    """The schema written in SDL. Raises StartupError naming the file when it is none."""
    try:
        return build_schema(sdl)
    except (GraphQLError, TypeError) as error:
        raise StartupError(f"{name} is not a GraphQL schema: {error}") from None
