from typing import Any

import strawberry

from app import ids
from app.models import MediaKind

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


def resolve_type(row: Any, *_: Any) -> str:
    return type_name(row)


def shown_as(name: str) -> Any:
    """The `is_type_of` of the type with this name."""
    return staticmethod(lambda row, _info: type_name(row) == name)


@strawberry.interface(description="Anything that has an id of its own.")
class Node:
    id: strawberry.ID = strawberry.field(
        description="Unique identifier: opaque, the same everywhere, sortable by age."
    )
    resolve_type = staticmethod(resolve_type)
