"""Enums of the application as clients see them: each value with its description."""

from enum import EnumMeta, StrEnum

import strawberry

from app.models import ContentStatus, MediaKind, Theme
from app.operations.erase import Remains
from app.pagination import Direction
from app.permissions import Role
from app.richtext import Format


def describe(enum: EnumMeta, name: str, description: str, **values: str) -> None:
    """Show `enum` in the schema; `values` describes each of its members."""
    shown = strawberry.enum(enum, name=name, description=description)
    for value in shown.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = values[value.name]


class ContentItemSortField(StrEnum):
    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"
    PUBLISHED_AT = "published_at"
    TITLE = "title"


class UserSortField(StrEnum):
    CREATED_AT = "created_at"
    USERNAME = "username"


describe(
    ContentItemSortField,
    "ContentItemSortField",
    "What content items are ordered by.",
    CREATED_AT="When they were made.",
    UPDATED_AT="When they were last changed.",
    PUBLISHED_AT="When they were published; items that never were count as the earliest.",
    TITLE="Their title, without regard to case and accents.",
)
describe(
    UserSortField,
    "UserSortField",
    "What users are ordered by.",
    CREATED_AT="When they joined.",
    USERNAME="Their name for signing in, without regard to case and accents.",
)
describe(
    Direction,
    "SortDirection",
    "Which end of an order comes first.",
    ASC="Smallest, earliest, A first; nothing comes before something.",
    DESC="Largest, latest, Z first; nothing comes after something.",
)
describe(
    ContentStatus,
    "ContentStatus",
    "Status of a content item.",
    DRAFT="Being written; only its author and editors see it.",
    PUBLISHED="Public, from its date of publication on.",
    ARCHIVED="Taken out of public view, but kept.",
)
describe(
    MediaKind,
    "MediaKind",
    "What sort of file a media item is.",
    IMAGE="A picture.",
    VIDEO="A film.",
    AUDIO="A recording.",
    DOCUMENT="Anything else: PDF, text, archive.",
)
describe(
    Format,
    "RichTextFormat",
    "The language that a rich text is written in.",
    MARKDOWN="CommonMark with tables and strikethrough.",
    HTML="HTML, also as WordPress writes it.",
    PLAIN="Text without any markup.",
)
describe(
    Theme,
    "Theme",
    "The look that a user prefers.",
    LIGHT="Dark text on light ground.",
    DARK="Light text on dark ground.",
    SYSTEM="As the user's device is set.",
)
describe(
    Remains,
    "ErasedUserContent",
    "What becomes of the content and media of a user who is erased.",
    REFUSE="Refuse, while there is any.",
    REATTRIBUTE="They become another user's, but for the user's portrait.",
    REMOVE="They go, too: items with their trash and revisions, media that nothing else shows.",
)
describe(
    Role,
    "Role",
    "What a person is on this server.",
    GUEST="Not signed in: reads what is public.",
    USER="Writes own content.",
    EDITOR="Edits everybody's content.",
    ADMIN="Runs the server: users, roles, everything.",
)
