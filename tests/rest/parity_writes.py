"""What both doors are asked to write: for every other route a request, and some to be refused."""

from typing import Any

from tests.rest.parity_calls import Call, Values


def write(
    request: str, kind: str, mutation: str, input: Values, shows: str | None = None, **more: Any
) -> Call:
    shows = f"it: {kind} {{ ...{kind} }}" if shows is None else shows
    return Call(request, kind, shows, mutation=mutation, input=input, **more)


def linked(request: str, kind: str, mutation: str, input: Values, shows: str) -> Call:
    return write(request, kind, mutation, input, f"{shows} {{ id }} }}", links=True)


PASSWORD = {"password": "$password"}
NEW_PASSWORD = {"newPassword": "Zarniwoop77gate"}
PUBLISHED, DRAFT, TRASHED = {"id": "$published"}, {"id": "$draft"}, {"id": "$trashed"}
TOLD: Values = {"title": "New", "slug": "new", "summary": None, "body": {"value": "New"},
                "categoryId": None, "featuredImageId": None, "tagIds": ["$other_tag"]}  # fmt: skip
NOTHING, KEY = "", "it: apiKey { ...apiKey } secret"

WRITES = (
    write("POST /users", "user", "registerUser",
          {"username": "newcomer", "email": "new@heart.example", **PASSWORD}),
    write("PUT /users/$owner", "user", "updateUserProfile",
          {"id": "$owner", "fullName": "New", "bio": None, "preferences": None,
           "profileImageId": "$spare_image"}),
    write("PATCH /users/$owner", "user", "updateUserProfile", {"id": "$owner", "fullName": "New"}),
    write("DELETE /users/$owner", "user", "eraseUser", {"id": "$owner", "content": "REMOVE"},
          NOTHING, query={"eraseContent": "remove"}, body={}),
    write("POST /users/$owner/erase", "user", "eraseUser",
          {"id": "$owner", "content": "REMOVE", **PASSWORD}, NOTHING),
    write("POST /users/$owner/erase", "user", "eraseUser", {"id": "$owner", **PASSWORD}, NOTHING),
    write("POST /users/$owner/assign-role", "user", "assignRole",
          {"userId": "$owner", "role": "EDITOR"}),
    write("POST /users/$owner/deactivate", "user", "deactivateUser", {"id": "$owner"}),
    write("POST /users/$owner/reactivate", "user", "reactivateUser", {"id": "$owner"}),
    write("PUT /users/$owner/preferences", "preferences", "updateUserProfile",
          {"id": "$owner", "preferences": {"theme": "DARK", "emailNotifications": None}},
          "user { it: preferences { ...preferences } }", body={"theme": "DARK"}),
    write("PATCH /users/$owner/preferences", "preferences", "updateUserProfile",
          {"id": "$owner", "preferences": {"emailNotifications": False}},
          "user { it: preferences { ...preferences } }", body={"emailNotifications": False}),
    linked("PATCH /users/$owner/relationships/profile-image", "media", "updateUserProfile",
           {"id": "$owner", "profileImageId": "$spare_image"}, "user { it: profileImage"),

    write("POST /content-items", "contentItem", "createContentItem", {"title": "New"}),
    write("POST /content-items", "contentItem", "createContentItem", {**TOLD, "publish": True}),
    write("POST /content-items", "contentItem", "createContentItem",
          {"title": "", "slug": "published"}),
    write("PUT /content-items/$published", "contentItem", "updateContentItem",
          {**PUBLISHED, **TOLD}),
    write("PATCH /content-items/$published", "contentItem", "updateContentItem",
          {**PUBLISHED, "title": "New"}),
    write("PATCH /content-items/$draft", "contentItem", "updateContentItem",
          {**DRAFT, "title": "New", "addTagIds": ["$tag"], "message": "Why"}),
    write("PATCH /content-items/$draft", "contentItem", "updateContentItem",
          {**DRAFT, "slug": "published"}),
    write("DELETE /content-items/$draft", "contentItem", "deleteContentItem", DRAFT, NOTHING),
    write("DELETE /content-items/$published", "contentItem", "deleteContentItem", PUBLISHED,
          NOTHING),
    write("POST /content-items/$draft/publish", "contentItem", "publishContentItem", DRAFT),
    write("POST /content-items/$published/publish", "contentItem", "publishContentItem",
          PUBLISHED),
    write("POST /content-items/$published/unpublish", "contentItem", "unpublishContentItem",
          PUBLISHED),
    write("POST /content-items/$published/archive", "contentItem", "archiveContentItem",
          PUBLISHED),
    write("POST /content-items/$draft/schedule", "contentItem", "scheduleContentItem",
          {**DRAFT, "publishAt": "$tomorrow"}),
    write("POST /content-items/$draft/duplicate", "contentItem", "duplicateContentItem", DRAFT),
    write("POST /content-items/$published/discard-draft", "contentItem", "discardDraft",
          PUBLISHED),
    write("POST /content-items/$trashed/restore", "contentItem", "restoreContentItem", TRASHED),
    write("POST /content-items/$trashed/purge", "contentItem", "purgeContentItem", TRASHED,
          NOTHING),
    write("POST /content-items/$published/revisions/1/restore", "contentItem", "restoreRevision",
          {**PUBLISHED, "revision": 1}),
    write("POST /content-items/$draft/preview-tokens", "previewToken", "createPreviewToken",
          DRAFT),
    write("DELETE /content-items/$draft/preview-tokens", "previewToken", "revokePreviewTokens",
          DRAFT, NOTHING),
    linked("PATCH /content-items/$published/relationships/author", "user", "updateContentItem",
           {**PUBLISHED, "authorId": "$other"}, "contentItem { it: author"),
    linked("PATCH /content-items/$published/relationships/category", "category",
           "updateContentItem", {**PUBLISHED, "categoryId": "$child"},
           "contentItem { it: category"),
    linked("PATCH /content-items/$published/relationships/featured-image", "media",
           "updateContentItem", {**PUBLISHED, "featuredImageId": None},
           "contentItem { it: featuredImage"),
    linked("PATCH /content-items/$published/relationships/tags", "tag", "updateContentItem",
           {**PUBLISHED, "tagIds": ["$other_tag"]}, "contentItem { it: tags"),
    linked("POST /content-items/$published/relationships/tags", "tag", "updateContentItem",
           {**PUBLISHED, "addTagIds": ["$other_tag"]}, "contentItem { it: tags"),
    linked("DELETE /content-items/$published/relationships/tags", "tag", "updateContentItem",
           {**PUBLISHED, "removeTagIds": ["$tag"]}, "contentItem { it: tags"),

    write("POST /media", "media", "uploadMedia", {"altText": "New", "title": "New"},
          "it: media { ...media } duplicate", form=True),
    write("PUT /media/$image", "media", "updateMedia",
          {"id": "$image", "altText": "New", "caption": None, "title": None}),
    write("PATCH /media/$image", "media", "updateMedia", {"id": "$image", "title": "New"}),
    write("DELETE /media/$spare_image", "media", "deleteMedia", {"id": "$spare_image"}, NOTHING),
    write("DELETE /media/$image", "media", "deleteMedia", {"id": "$image"}, NOTHING),
    write("DELETE /media/$image", "media", "deleteMedia", {"id": "$image", "force": True}, NOTHING,
          query={"evenIfUsed": "true"}, body={}),

    write("POST /tags", "tag", "createTag", {"name": "New"}),
    write("POST /tags", "tag", "createTag", {"name": "Tag"}),
    write("PUT /tags/$tag", "tag", "updateTag", {"id": "$tag", "name": "New", "slug": "new"}),
    write("PATCH /tags/$tag", "tag", "updateTag", {"id": "$tag", "name": "New"}),
    write("PATCH /tags/$missing_tag", "tag", "updateTag", {"id": "$missing_tag", "name": "New"}),
    write("DELETE /tags/$tag", "tag", "deleteTag", {"id": "$tag"}, NOTHING),
    write("POST /tags/$tag/merge", "tag", "mergeTags",
          {"fromIds": ["$other_tag"], "intoId": "$tag"}),

    write("POST /categories", "category", "createCategory",
          {"name": "New", "parentId": "$category", "position": 2}),
    write("PUT /categories/$child", "category", "updateCategory",
          {"id": "$child", "name": "New", "slug": "new", "parentId": None, "description": "All",
           "position": 1}),
    write("PATCH /categories/$category", "category", "updateCategory",
          {"id": "$category", "name": "New"}),
    write("DELETE /categories/$child", "category", "deleteCategory", {"id": "$child"}, NOTHING),
    linked("PATCH /categories/$child/relationships/parent", "category", "updateCategory",
           {"id": "$child", "parentId": None}, "category { it: parent"),

    write("POST /auth/register", "user", "registerUser",
          {"username": "owner", "email": "new@heart.example", **PASSWORD}),
    write("POST /auth/register", "user", "registerUser",
          {"username": "newcomer", "email": "new@heart.example", "fullName": "New", **PASSWORD}),
    write("POST /auth/login", "token", "createSession", {"identifier": "owner", **PASSWORD},
          "...token", body={"username": "owner", **PASSWORD}),
    write("POST /auth/login", "token", "createSession",
          {"identifier": "owner", "password": "wrong"}, "...token",
          body={"username": "owner", "password": "wrong"}),
    write("POST /auth/refresh", "token", "refreshSession", {"refreshToken": "$refresh"},
          "...token"),
    write("POST /auth/logout", "session", "revokeSession", {}, NOTHING),
    write("POST /auth/verify-email", "user", "verifyEmail", {"token": "$verify"}),
    write("POST /auth/request-email-verification", "user", "requestEmailVerification", {},
          NOTHING),
    write("POST /auth/request-password-reset", "user", "requestPasswordReset",
          {"email": "owner@heart.example"}, NOTHING),
    write("POST /auth/reset-password", "user", "resetPassword",
          {"token": "$reset", **NEW_PASSWORD}, NOTHING),
    write("POST /auth/change-password", "user", "changePassword",
          {"currentPassword": "$password", **NEW_PASSWORD}, NOTHING),

    write("DELETE /sessions", "session", "revokeAllSessions", {"includeCurrent": True}, NOTHING,
          query={"includeCurrent": "true"}, body={}),
    write("DELETE /sessions/$session", "session", "revokeSession", {"id": "$session"}, NOTHING),

    write("POST /api-keys", "apiKey", "createApiKey",
          {"name": "New", "scopes": ["public:read"], "expiresIn": 3600}, KEY),
    write("POST /api-keys/$api_key/rotate", "apiKey", "rotateApiKey",
          {"id": "$api_key", "graceSeconds": 60}, KEY),
    write("DELETE /api-keys/$api_key", "apiKey", "revokeApiKey", {"id": "$api_key"}, NOTHING),
)  # fmt: skip
