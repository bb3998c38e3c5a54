"""Rows and nothing else: each table once, whatever reads or writes it."""

from app.models.base import Base
from app.models.content import ContentItem, ContentStatus, content_tags
from app.models.media import Media, MediaKind
from app.models.search import SearchDocument
from app.models.taxonomy import Category, Tag
from app.models.users import Theme, User

__all__ = [
    "Base",
    "Category",
    "ContentItem",
    "ContentStatus",
    "Media",
    "MediaKind",
    "SearchDocument",
    "Tag",
    "Theme",
    "User",
    "content_tags",
]
