"""The table of routes: what there is at `/api/v1` and `/api/v2`."""

from app.rest.related import related
from app.rest.resources import (
    API_KEYS,
    CATEGORIES,
    CONTENT_ITEMS,
    FEATURE_FLAGS,
    LIMITS,
    MEDIA,
    PREFERENCES,
    PREVIEW_TOKENS,
    RESOURCES,
    REVISIONS,
    SESSIONS,
    TAGS,
    TOKENS,
    USERS,
)
from app.rest.route import Route

CONTENT_FILTERS = {
    "status": "filter.status",
    "kind": "filter.kind.in",
    "slug": "filter.slug.in",
    "author": "filter.authorId.in",
    "category": "filter.categoryId.in",
    "tag": "filter.tagId.in",
    "title": "filter.title.contains",
    "createdSince": "filter.createdAt.gte",
    "createdBefore": "filter.createdAt.lt",
    "updatedSince": "filter.updatedAt.gte",
    "updatedBefore": "filter.updatedAt.lt",
    "publishedSince": "filter.publishedAt.gte",
    "publishedBefore": "filter.publishedAt.lt",
    "query": "filter.query",
}
USER_FILTERS = {
    "role": "filter.role",
    "username": "filter.username.in",
    "createdSince": "filter.createdAt.gte",
    "createdBefore": "filter.createdAt.lt",
    "query": "filter.query",
}
MEDIA_FILTERS = {"kind": "kind", "mimeType": "mimeType", "query": "query"}
VIEW = {
    "viewPerspective": "view.perspective",
    "viewRevision": "view.revision",
    "previewToken": "view.previewToken",
}

PROFILE = ("fullName", "bio", "preferences", "profileImageId")
ITEM = ("title", "slug", "summary", "body", "categoryId", "featuredImageId", "tagIds")


def item(action: str, operation: str, summary: str, **more: object) -> Route:
    path = f"/content-items/{{id}}/{action}"
    return Route("POST", path, operation, CONTENT_ITEMS, summary, **more)  # type: ignore[arg-type]


WRITTEN = (
    Route("GET", "/users", "ListUsers", USERS, "The users", filters=USER_FILTERS),
    Route("POST", "/users", "RegisterUser", USERS, "Open an account", status=201),
    Route("GET", "/users/me", "GetCurrentUser", USERS, "Who is asking"),
    Route("GET", "/users/{id}", "GetUser", USERS, "A user"),
    Route("PUT", "/users/{id}", "UpdateUser", USERS, "Replace a profile", replaces=PROFILE),
    Route("PATCH", "/users/{id}", "UpdateUser", USERS, "Change a profile"),
    Route(
        "DELETE", "/users/{id}", "EraseUser", USERS, "Erase a user", accepts=(), status=204,
        options={"eraseContent": "input.content", "reattributeTo": "input.reattributeToId"},
    ),
    Route("POST", "/users/{id}/erase", "EraseUser", USERS, "Erase a user, or yourself", status=204),
    Route("POST", "/users/{userId}/assign-role", "AssignRole", USERS, "Give a user another role"),
    Route("POST", "/users/{id}/deactivate", "DeactivateUser", USERS, "Let a user in no more"),
    Route("POST", "/users/{id}/reactivate", "ReactivateUser", USERS, "Let a user in again"),
    Route("GET", "/users/{id}/preferences", "GetUserPreferences", PREFERENCES,
          "What a user likes the site to be"),
    Route("PUT", "/users/{id}/preferences", "UpdateUserPreferences", PREFERENCES,
          "Replace a user's preferences", within="preferences",
          replaces=("theme", "emailNotifications")),
    Route("PATCH", "/users/{id}/preferences", "UpdateUserPreferences", PREFERENCES,
          "Change a user's preferences", within="preferences"),
    Route("GET", "/users/{id}/content-items", "ListUserContentItems", CONTENT_ITEMS,
          "What a user wrote", filters=CONTENT_FILTERS),
    Route("GET", "/users/{id}/media", "ListUserMedia", MEDIA, "What a user uploaded",
          filters=MEDIA_FILTERS),

    Route("GET", "/content-items", "ListContentItems", CONTENT_ITEMS, "Content items",
          filters=CONTENT_FILTERS),
    Route("POST", "/content-items", "CreateContentItem", CONTENT_ITEMS, "Write a new item",
          status=201),
    Route("GET", "/content-items/trash", "ListTrash", CONTENT_ITEMS, "What is in the trash",
          unlinked=True),
    Route("GET", "/content-items/{id}", "GetContentItem", CONTENT_ITEMS, "A content item",
          options=VIEW),
    Route("PUT", "/content-items/{id}", "UpdateContentItem", CONTENT_ITEMS,
          "Replace what an item says", replaces=ITEM, accepts=(*ITEM, "message")),
    Route("PATCH", "/content-items/{id}", "UpdateContentItem", CONTENT_ITEMS, "Change an item"),
    Route("DELETE", "/content-items/{id}", "DeleteContentItem", CONTENT_ITEMS,
          "Throw an item into the trash", status=204),
    item("publish", "PublishContentItem", "Make an item, or what was changed of it, public"),
    item("unpublish", "UnpublishContentItem", "Take a published item back"),
    item("archive", "ArchiveContentItem", "Put an item away"),
    item("schedule", "ScheduleContentItem", "Plan when an item is published and taken back"),
    item("duplicate", "DuplicateContentItem", "Make a draft that says the same", status=201),
    item("discard-draft", "DiscardDraft", "Forget what was changed since it was published"),
    item("restore", "RestoreContentItem", "Take an item out of the trash"),
    item("purge", "PurgeContentItem", "Remove an item in the trash for good"),
    Route("GET", "/content-items/{id}/revisions", "ListRevisions", REVISIONS,
          "What an item was after each change"),
    Route("GET", "/content-items/{id}/revisions/{number}", "GetRevision", REVISIONS,
          "What an item was after one change"),
    Route("POST", "/content-items/{id}/revisions/{revision}/restore", "RestoreRevision",
          CONTENT_ITEMS, "Make an item what it was"),
    Route("POST", "/content-items/{id}/preview-tokens", "CreatePreviewToken", PREVIEW_TOKENS,
          "Let whoever has a token see an item", status=201, secret=True),
    Route("DELETE", "/content-items/{id}/preview-tokens", "RevokePreviewTokens", PREVIEW_TOKENS,
          "Take all tokens of an item back"),

    Route("GET", "/media", "ListMedia", MEDIA, "Media", filters=MEDIA_FILTERS),
    Route("POST", "/media", "UploadMedia", MEDIA, "Upload a file", status=201),
    Route("GET", "/media/{id}", "GetMedia", MEDIA, "A media item"),
    Route("PUT", "/media/{id}", "UpdateMedia", MEDIA, "Replace what is said about a file",
          replaces=("altText", "caption", "title")),
    Route("PATCH", "/media/{id}", "UpdateMedia", MEDIA, "Change what is said about a file"),
    Route("DELETE", "/media/{id}", "DeleteMedia", MEDIA, "Remove a file", status=204,
          options={"evenIfUsed": "input.force"}),

    Route("GET", "/tags", "ListTags", TAGS, "Tags", filters={"query": "query"}),
    Route("POST", "/tags", "CreateTag", TAGS, "Make a tag", status=201),
    Route("GET", "/tags/{id}", "GetTag", TAGS, "A tag"),
    Route("PUT", "/tags/{id}", "UpdateTag", TAGS, "Replace a tag", replaces=("name", "slug")),
    Route("PATCH", "/tags/{id}", "UpdateTag", TAGS, "Change a tag"),
    Route("DELETE", "/tags/{id}", "DeleteTag", TAGS, "Remove a tag", status=204),
    Route("POST", "/tags/{intoId}/merge", "MergeTags", TAGS, "Make several tags this one"),
    Route("GET", "/tags/{id}/content-items", "ListTagContentItems", CONTENT_ITEMS,
          "The items with a tag", filters=CONTENT_FILTERS),

    Route("GET", "/categories", "ListCategories", CATEGORIES, "Categories",
          filters={"parent": "parentId.in", "topmost": "parentId.isNull"}),
    Route("POST", "/categories", "CreateCategory", CATEGORIES, "Make a category", status=201),
    Route("GET", "/categories/{id}", "GetCategory", CATEGORIES, "A category"),
    Route("PUT", "/categories/{id}", "UpdateCategory", CATEGORIES, "Replace a category",
          replaces=("name", "slug", "parentId", "description", "position")),
    Route("PATCH", "/categories/{id}", "UpdateCategory", CATEGORIES, "Change a category"),
    Route("DELETE", "/categories/{id}", "DeleteCategory", CATEGORIES, "Remove a category",
          status=204),
    Route("GET", "/categories/{id}/content-items", "ListCategoryContentItems", CONTENT_ITEMS,
          "The items in a category", filters=CONTENT_FILTERS),

    Route("GET", "/search", "Search", CONTENT_ITEMS, "Full-text search over everything",
          filters={"query": "query", "types": "types"}),

    Route("POST", "/auth/register", "RegisterUser", USERS, "Open an account", status=201),
    Route("POST", "/auth/login", "Login", TOKENS, "Sign in", secret=True,
          renames={"identifier": "username"}),
    Route("POST", "/auth/refresh", "RefreshSession", TOKENS, "Get the next tokens", secret=True),
    Route("POST", "/auth/logout", "Logout", SESSIONS, "Sign out", accepts=()),
    Route("POST", "/auth/verify-email", "VerifyEmail", USERS, "Prove an address"),
    Route("POST", "/auth/request-email-verification", "RequestEmailVerification", USERS,
          "Have the mail sent again that proves an address"),
    Route("POST", "/auth/request-password-reset", "RequestPasswordReset", USERS,
          "Have a mail sent that lets set a new password"),
    Route("POST", "/auth/reset-password", "ResetPassword", USERS, "Set a new password"),
    Route("POST", "/auth/change-password", "ChangePassword", USERS, "Change your password"),

    Route("GET", "/sessions", "ListSessions", SESSIONS, "Where you are signed in"),
    Route("GET", "/sessions/{id}", "GetSession", SESSIONS, "One of your sessions"),
    Route("DELETE", "/sessions", "RevokeAllSessions", SESSIONS, "Sign out everywhere else",
          accepts=(), options={"includeCurrent": "input.includeCurrent"}),
    Route("DELETE", "/sessions/{id}", "RevokeSession", SESSIONS, "End a session"),

    Route("GET", "/api-keys", "ListApiKeys", API_KEYS, "Your API keys"),
    Route("POST", "/api-keys", "CreateApiKey", API_KEYS, "Make an API key", status=201,
          secret=True),
    Route("GET", "/api-keys/{id}", "GetApiKey", API_KEYS, "One of your API keys"),
    Route("POST", "/api-keys/{id}/rotate", "RotateApiKey", API_KEYS, "Give a key a new secret",
          secret=True),
    Route("DELETE", "/api-keys/{id}", "RevokeApiKey", API_KEYS, "End an API key"),

    Route("GET", "/feature-flags", "ListFeatureFlags", FEATURE_FLAGS,
          "What can be switched, and whether it is on for you"),
    Route("GET", "/limits", "GetLimits", LIMITS, "What this server takes"),
)  # fmt: skip

ROUTES = (*WRITTEN, *related(RESOURCES, WRITTEN))
