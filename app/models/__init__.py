"""Rows and nothing else: each table once, whatever reads or writes it."""

from app.models.accounts import (
    ApiKey,
    Attempt,
    Credential,
    MailedToken,
    Purpose,
    RecoveryCode,
    RefreshToken,
    Session,
)
from app.models.base import Base
from app.models.content import ContentItem, ContentStatus, content_tags
from app.models.flags import FeatureFlag, FeatureFlagUser
from app.models.log import AuditEntry, OutboxEvent
from app.models.media import Media, MediaKind
from app.models.revisions import ContentDraft, PreviewToken, Revision
from app.models.search import SearchDocument
from app.models.taxonomy import Category, Tag
from app.models.usage import FieldUsage
from app.models.users import Theme, User
from app.models.work import IdempotencyRecord, Job

__all__ = [
    "ApiKey",
    "Attempt",
    "AuditEntry",
    "Base",
    "Category",
    "ContentDraft",
    "ContentItem",
    "ContentStatus",
    "Credential",
    "FeatureFlag",
    "FeatureFlagUser",
    "FieldUsage",
    "IdempotencyRecord",
    "Job",
    "MailedToken",
    "Media",
    "MediaKind",
    "OutboxEvent",
    "PreviewToken",
    "Purpose",
    "RecoveryCode",
    "RefreshToken",
    "Revision",
    "SearchDocument",
    "Session",
    "Tag",
    "Theme",
    "User",
    "content_tags",
]
