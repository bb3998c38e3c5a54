"""Which permission each root field needs. With one missing here, nothing starts."""

from collections.abc import Callable

from graphql import GraphQLObjectType

from app.permissions import Permission
from engine.fields import guard
from resolvers.context import Context

READS: dict[str, Permission] = dict.fromkeys(
    (
        "categories", "categoriesConnection", "category", "contentItem", "contentItemBy",
        "contentItems", "contentItemsConnection", "featureFlags", "limits", "media", "mediaItems",
        "node", "nodes", "search", "tag", "tags", "user", "users", "viewer",
    ),
    Permission.PUBLIC_READ,
) | {
    "auditLog": Permission.AUDIT_READ,
    "trashedContentItems": Permission.CONTENT_DELETE,
}  # fmt: skip

WRITES: dict[str, Permission] = {
    "registerUser": Permission.ACCOUNT_ENTER,
    "verifyEmail": Permission.ACCOUNT_ENTER,
    "requestEmailVerification": Permission.ACCOUNT_MANAGE,
    "createSession": Permission.ACCOUNT_ENTER,
    "refreshSession": Permission.ACCOUNT_ENTER,
    "revokeSession": Permission.ACCOUNT_MANAGE,
    "revokeAllSessions": Permission.ACCOUNT_MANAGE,
    "changePassword": Permission.ACCOUNT_MANAGE,
    "requestPasswordReset": Permission.ACCOUNT_ENTER,
    "resetPassword": Permission.ACCOUNT_ENTER,
    "updateUserProfile": Permission.USERS_UPDATE,
    "assignRole": Permission.USERS_ASSIGN_ROLE,
    "deactivateUser": Permission.USERS_DEACTIVATE,
    "reactivateUser": Permission.USERS_DEACTIVATE,
    "eraseUser": Permission.USERS_ERASE,
    "startTotp": Permission.ACCOUNT_MANAGE,
    "enableTotp": Permission.ACCOUNT_MANAGE,
    "disableTotp": Permission.ACCOUNT_MANAGE,
    "regenerateRecoveryCodes": Permission.ACCOUNT_MANAGE,
    "createApiKey": Permission.ACCOUNT_MANAGE,
    "rotateApiKey": Permission.ACCOUNT_MANAGE,
    "revokeApiKey": Permission.ACCOUNT_MANAGE,
    "createContentItem": Permission.CONTENT_CREATE,
    "duplicateContentItem": Permission.CONTENT_CREATE,
    "updateContentItem": Permission.CONTENT_UPDATE,
    "restoreRevision": Permission.CONTENT_UPDATE,
    "discardDraft": Permission.CONTENT_UPDATE,
    "publishContentItem": Permission.CONTENT_PUBLISH,
    "publishContentItems": Permission.CONTENT_PUBLISH,
    "unpublishContentItem": Permission.CONTENT_PUBLISH,
    "archiveContentItem": Permission.CONTENT_PUBLISH,
    "archiveContentItems": Permission.CONTENT_PUBLISH,
    "scheduleContentItem": Permission.CONTENT_PUBLISH,
    "deleteContentItem": Permission.CONTENT_DELETE,
    "deleteContentItems": Permission.CONTENT_DELETE,
    "restoreContentItem": Permission.CONTENT_DELETE,
    "purgeContentItem": Permission.CONTENT_PURGE,
    "createPreviewToken": Permission.CONTENT_READ_DRAFTS,
    "revokePreviewTokens": Permission.CONTENT_READ_DRAFTS,
    "uploadMedia": Permission.MEDIA_UPLOAD,
    "updateMedia": Permission.MEDIA_UPDATE,
    "deleteMedia": Permission.MEDIA_DELETE,
    "createTag": Permission.TAGS_MANAGE,
    "updateTag": Permission.TAGS_MANAGE,
    "mergeTags": Permission.TAGS_MANAGE,
    "deleteTag": Permission.TAGS_MANAGE,
    "createCategory": Permission.CATEGORIES_MANAGE,
    "updateCategory": Permission.CATEGORIES_MANAGE,
    "deleteCategory": Permission.CATEGORIES_MANAGE,
    "setFeatureFlag": Permission.FLAGS_MANAGE,
}


PERMISSIONS = READS | WRITES


def guard_all(root: GraphQLObjectType | None, needed: dict[str, Permission]) -> None:
    """Make every field of a root type ask for its permission before it does anything."""
    assert root
    for name, field in root.fields.items():
        guard(field, _check(needed[name]))
    if unknown := needed.keys() - root.fields.keys():
        raise LookupError(f"{root.name} has no fields {sorted(unknown)}")


def _check(permission: Permission) -> Callable[[Context], None]:
    own = f"{permission}:own"

    def check(context: Context) -> None:
        actor = context.actor
        # What the actor may do with own things only is decided where they are known.
        if own not in actor.permissions:
            raise actor.refused(permission)

    return check
