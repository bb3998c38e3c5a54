"""The resources of this API. A new one is a row here, and rows in `app.rest.routes`."""

from app.rest.resource import Resource, To

USERS = Resource(
    "users",
    "user",
    "User",
    """
    username email emailVerified fullName bio role
    viewerCan { update assignRole deactivate erase }
    deactivatedAt version createdAt updatedAt
    """,
    {
        "profileImage": To("media", replace="profileImageId"),
        "preferences": To("preferences"),
        "contentItems": To("content-items", many=True, paged=True),
        "media": To("media", many=True, paged=True),
    },
    by_id="user",
    update="updateUserProfile",
    versioned=True,
)

PREFERENCES = Resource(
    "preferences",
    "preferences",
    "UserPreferences",
    "theme emailNotifications",
    id=None,
    address="/users/{id}/preferences",
)

CONTENT_ITEMS = Resource(
    "content-items",
    "content-item",
    "ContentItem",
    """
    kind title slug summary
    body { format raw html wordCount }
    status publishedAt firstPublishedAt scheduledPublishAt scheduledUnpublishAt deletedAt
    hasUnpublishedChanges
    viewerCan { update publish unpublish archive schedule delete restore purge }
    version createdAt updatedAt
    """,
    {
        "author": To("users", replace="authorId"),
        "category": To("categories", replace="categoryId"),
        "featuredImage": To("media", replace="featuredImageId"),
        "tags": To("tags", many=True, replace="tagIds", add="addTagIds", remove="removeTagIds"),
        "revisions": To("revisions", many=True, paged=True),
    },
    by_id="contentItem",
    update="updateContentItem",
    versioned=True,
)

REVISIONS = Resource(
    "revisions",
    "revision",
    "Revision",
    """
    number message createdAt publishedAt
    changes { field before after }
    snapshot {
      title slug summary body { format raw html wordCount }
      author { id } category { id } featuredImage { id } tags { id }
    }
    """,
    {"createdBy": To("users")},
    on_demand=("changes", "snapshot"),
)

MEDIA = Resource(
    "media",
    "media",
    "Media",
    """
    kind: __typename
    url mimeType fileName size width height title altText caption placeholder sha256
    ... on Audio { duration }
    ... on Video { duration }
    viewerCan { update delete }
    version createdAt updatedAt
    """,
    {"uploadedBy": To("users")},
    by_id="media",
    versioned=True,
)

TAGS = Resource(
    "tags",
    "tag",
    "Tag",
    "name slug usageCount version createdAt updatedAt",
    {"contentItems": To("content-items", many=True, paged=True)},
    by_id="tag",
    versioned=True,
)

CATEGORIES = Resource(
    "categories",
    "category",
    "Category",
    "name slug description position usageCount version createdAt updatedAt",
    {
        "parent": To("categories", replace="parentId"),
        "children": To("categories", many=True),
        "contentItems": To("content-items", many=True, paged=True),
    },
    by_id="category",
    update="updateCategory",
    versioned=True,
)

SESSIONS = Resource(
    "sessions",
    "session",
    "Session",
    "current createdAt lastSeenAt expiresAt ipAddress userAgent",
    address="/sessions/{id}",
)

API_KEYS = Resource(
    "api-keys",
    "api-key",
    "ApiKey",
    "name prefix scopes createdAt expiresAt lastUsedAt",
    address="/api-keys/{id}",
)

TOKENS = Resource(
    "tokens",
    "token",
    "SessionPayload",
    "accessToken refreshToken expiresIn",
    {"user": To("users")},
    id=("session", "id"),
)

PREVIEW_TOKENS = Resource(
    "preview-tokens", "preview-token", "PreviewToken", "token revision expiresAt", id=None
)

LIMITS = Resource(
    "limits",
    "limits",
    "Limits",
    "maxPageSize maxOffset maxBodyBytes maxUploadBytes maxPixels maxCost plan pointsPerHour "
    "pointsAtOnce",
    id=None,
    address="/limits",
)

FEATURE_FLAGS = Resource(
    "feature-flags", "feature-flag", "FeatureFlag", "description enabled", id=("name",)
)

RESOURCES = {
    resource.type: resource
    for resource in (
        USERS, PREFERENCES, CONTENT_ITEMS, REVISIONS, MEDIA, TAGS, CATEGORIES, SESSIONS, API_KEYS,
        TOKENS, PREVIEW_TOKENS, LIMITS, FEATURE_FLAGS,
    )
}  # fmt: skip
