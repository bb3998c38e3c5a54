from typing import Any

import strawberry
from graphql import GraphQLSchema, is_object_type, is_union_type

from app import ids
from app.models import MediaKind
from engine.fields import by_value

MEDIA_TYPES = {
    MediaKind.IMAGE: "Image",
    MediaKind.VIDEO: "Video",
    MediaKind.AUDIO: "Audio",
    MediaKind.DOCUMENT: "Document",
}
TYPES = {
    ids.USER: "User",
    ids.CONTENT: "ContentItem",
    ids.REVISION: "Revision",
    ids.TAG: "Tag",
    ids.CATEGORY: "Category",
    ids.AUDIT: "AuditEntry",
    ids.SESSION: "Session",
    ids.API_KEY: "ApiKey",
}


def type_name(row: Any) -> str:
    """Which GraphQL type shows a row: its id says so, and of media their kind."""
    prefix = row.id[:3]
    return MEDIA_TYPES[row.kind] if prefix == ids.MEDIA else TYPES[prefix]


resolve_type = by_value(type_name)


def show_rows(schema: GraphQLSchema) -> None:
    """Rows are not instances of the types that show them, and say themselves which that is: so
    nothing is asked of each, as Strawberry would."""
    for type in schema.type_map.values():
        if is_object_type(type):
            type.is_type_of = None
        elif is_union_type(type):
            type.resolve_type = resolve_type


@strawberry.interface(description="Anything that has an id of its own.")
class Node:
    id: strawberry.ID = strawberry.field(
        description="Unique identifier: opaque, the same everywhere, sortable by age."
    )
    resolve_type = staticmethod(resolve_type)
