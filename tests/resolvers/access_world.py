"""The database that every call of the access matrix meets, and the calls."""

from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from sqlalchemy import delete

from app import indexing
from app.auth import opaque
from app.db import Database
from app.models import (
    ApiKey,
    AuditEntry,
    Base,
    ContentDraft,
    ContentStatus,
    Credential,
    MailedToken,
    Purpose,
    RefreshToken,
    Revision,
    SearchDocument,
    Session,
)
from app.permissions import GUEST, Actor, Role
from tests import factories as make

PASSWORD = "Trillian42heart"
SECRETS = {"password": PASSWORD, "refresh": "r" * 43, "verify": "v" * 43, "reset": "w" * 43}
HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
TOMORROW = datetime.now(UTC) + timedelta(days=1)

# Every `$name` in a call is one of these or of the secrets, in quotes.
IDS = {
    name: f"{prefix}_{number:026}"
    for number, (name, prefix) in enumerate({
        "owner": "usr", "other": "usr", "editor": "usr", "admin": "usr",
        "published": "cnt", "draft": "cnt", "trashed": "cnt", "image": "med",
        "tag": "tag", "other_tag": "tag", "category": "cat",
        "session": "ses", "api_key": "key", "entry": "aud", "revision": "rev",
    }.items(), 1)
}  # fmt: skip

# The owner wrote the items, uploaded the image, and the user, session and key are theirs.
CALLERS = {
    "guest": GUEST,
    "owner": Actor(IDS["owner"], Role.USER),
    "other user": Actor(IDS["other"], Role.USER),
    "editor": Actor(IDS["editor"], Role.EDITOR),
    "admin": Actor(IDS["admin"], Role.ADMIN),
    "owner's reading key": Actor(
        IDS["owner"], Role.USER, frozenset({"public:read"}), api_key_id=IDS["api_key"]
    ),
    "owner's drafts key": Actor(
        IDS["owner"],
        Role.USER,
        frozenset({"public:read", "content:read_drafts"}),
        api_key_id=IDS["api_key"],
    ),
}

# What comes after a root field's name says which of its calls it is.
CALLS = {
    "auditLog": "auditLog",
    "categories": "categories",
    "categoriesConnection": "categoriesConnection",
    "category": "category(id: $category)",
    "contentItem": "contentItem(id: $published)",
    "contentItem draft": "contentItem(id: $draft)",
    "contentItem pending": "contentItem(id: $published, view: {perspective: DRAFT})",
    "contentItem revision": "contentItem(id: $published, view: {revision: 1})",
    "contentItem trashed": "contentItem(id: $trashed)",
    "contentItemBy": 'contentItemBy(where: {slug: {slug: "published"}})',
    "contentItemBy draft": 'contentItemBy(where: {slug: {slug: "draft"}})',
    "contentItems": "contentItems",
    "contentItemsConnection": "contentItemsConnection",
    "featureFlags": "featureFlags",
    "limits": "limits",
    "media": "media(id: $image)",
    "mediaItems": "mediaItems",
    "node": "node(id: $published)",
    "node draft": "node(id: $draft)",
    "node revision": "node(id: $revision)",
    "node audit entry": "node(id: $entry)",
    "nodes": "nodes(ids: [$published])",
    "nodes draft": "nodes(ids: [$draft])",
    "search": 'search(query: "words")',
    "tag": "tag(id: $tag)",
    "tags": "tags",
    "trashedContentItems": "trashedContentItems",
    "user": "user(id: $owner)",
    "users": "users",
    "viewer": "viewer",
    "registerUser": """registerUser(input: {
        username: "newcomer", email: "new@heart.example", password: $password
    })""",
    "verifyEmail": "verifyEmail(input: {token: $verify})",
    "requestEmailVerification": "requestEmailVerification(input: {})",
    "createSession": 'createSession(input: {identifier: "owner", password: $password})',
    "refreshSession": "refreshSession(input: {refreshToken: $refresh})",
    "revokeSession": "revokeSession(input: {id: $session})",
    "revokeSession present": "revokeSession(input: {})",
    "revokeAllSessions": "revokeAllSessions(input: {includeCurrent: true})",
    "changePassword": """changePassword(input: {
        currentPassword: $password, newPassword: "Zarniwoop77gate"
    })""",
    "requestPasswordReset": 'requestPasswordReset(input: {email: "owner@heart.example"})',
    "resetPassword": 'resetPassword(input: {token: $reset, newPassword: "Zarniwoop77gate"})',
    "startTotp": "startTotp(input: {password: $password})",
    "enableTotp": 'enableTotp(input: {code: "000000"})',
    "disableTotp": 'disableTotp(input: {code: "000000"})',
    "regenerateRecoveryCodes": 'regenerateRecoveryCodes(input: {code: "000000"})',
    "createApiKey": 'createApiKey(input: {name: "New", scopes: ["public:read"]})',
    "rotateApiKey": "rotateApiKey(input: {id: $api_key})",
    "revokeApiKey": "revokeApiKey(input: {id: $api_key})",
    "updateUserProfile": 'updateUserProfile(input: {id: $owner, fullName: "New"})',
    "assignRole": "assignRole(input: {userId: $owner, role: EDITOR})",
    "deactivateUser": "deactivateUser(input: {id: $owner})",
    "reactivateUser": "reactivateUser(input: {id: $owner})",
    "eraseUser": "eraseUser(input: {id: $owner, content: REMOVE, password: $password})",
    "eraseUser with content": "eraseUser(input: {id: $owner, password: $password})",
    "createContentItem": 'createContentItem(input: {title: "New"})',
    "createContentItem published": """createContentItem(input: {
        title: "New", body: {value: "New"}, publish: true
    })""",
    "updateContentItem published": 'updateContentItem(input: {id: $published, title: "New"})',
    "updateContentItem draft": 'updateContentItem(input: {id: $draft, title: "New"})',
    "duplicateContentItem published": "duplicateContentItem(input: {id: $published})",
    "duplicateContentItem draft": "duplicateContentItem(input: {id: $draft})",
    "publishContentItem": "publishContentItem(input: {id: $draft})",
    "unpublishContentItem": "unpublishContentItem(input: {id: $published})",
    "archiveContentItem": "archiveContentItem(input: {id: $published})",
    "scheduleContentItem": """scheduleContentItem(input: {
        id: $draft, publishAt: $tomorrow
    })""",
    "discardDraft": "discardDraft(input: {id: $published})",
    "restoreRevision": "restoreRevision(input: {id: $published, revision: 1})",
    "deleteContentItem published": "deleteContentItem(input: {id: $published})",
    "deleteContentItem draft": "deleteContentItem(input: {id: $draft})",
    "restoreContentItem": "restoreContentItem(input: {id: $trashed})",
    "purgeContentItem": "purgeContentItem(input: {id: $trashed})",
    "createPreviewToken": "createPreviewToken(input: {id: $draft})",
    "revokePreviewTokens": "revokePreviewTokens(input: {id: $draft})",
    "publishContentItems": "publishContentItems(input: {ids: [$draft]})",
    "archiveContentItems": "archiveContentItems(input: {ids: [$published]})",
    "deleteContentItems": "deleteContentItems(input: {ids: [$draft]})",
    "uploadMedia": "uploadMedia(input: {file: $$file})",
    "updateMedia": 'updateMedia(input: {id: $image, title: "New"})',
    "deleteMedia": "deleteMedia(input: {id: $image})",
    "createTag": 'createTag(input: {name: "New"})',
    "updateTag": 'updateTag(input: {id: $tag, name: "New"})',
    "mergeTags": "mergeTags(input: {fromIds: [$other_tag], intoId: $tag})",
    "deleteTag": "deleteTag(input: {id: $tag})",
    "createCategory": 'createCategory(input: {name: "New"})',
    "updateCategory": 'updateCategory(input: {id: $category, name: "New"})',
    "deleteCategory": "deleteCategory(input: {id: $category})",
    "setFeatureFlag": 'setFeatureFlag(input: {name: "search_off", percentage: 5})',
}
WRITTEN = {
    name: f'"{value}"'
    for name, value in {**IDS, **SECRETS, "tomorrow": TOMORROW.isoformat()}.items()
}


def rows() -> list[Base]:
    users = {
        name: make.user(
            id=IDS[name], username=name, role=actor.role, email=f"{name}@heart.example",
            email_key=f"{name}@heart.example",
        )
        for name, actor in (
            ("owner", CALLERS["owner"]), ("other", CALLERS["other user"]),
            ("editor", CALLERS["editor"]), ("admin", CALLERS["admin"]),
        )
    }  # fmt: skip
    owner = users["owner"]
    draft = ContentStatus.DRAFT
    return [
        *users.values(),
        make.image(id=IDS["image"], uploaded_by_id=owner.id),
        make.tag("Tag", id=IDS["tag"]),
        make.tag("Other tag", id=IDS["other_tag"]),
        make.category("Category", id=IDS["category"]),
        make.item(owner, id=IDS["published"], slug="published", body="words"),
        make.item(owner, id=IDS["draft"], slug="draft", body="words", status=draft),
        make.item(
            owner, id=IDS["trashed"], slug="trashed", body="words", status=draft,
            deleted_at=make.NOON,
        ),
        *_revisions(owner.id),
        *(Credential(user_id=user.id, password_hash=HASH) for user in users.values()),
        Session(id=IDS["session"], user_id=owner.id, expires_at=TOMORROW),
        RefreshToken(digest=opaque.digest(SECRETS["refresh"]), session_id=IDS["session"]),
        *(
            MailedToken(
                digest=opaque.digest(SECRETS[name]), user_id=owner.id, purpose=purpose,
                email_key=owner.email_key, expires_at=TOMORROW,
            )
            for name, purpose in (
                ("verify", Purpose.VERIFY_EMAIL), ("reset", Purpose.RESET_PASSWORD)
            )
        ),
        ApiKey(id=IDS["api_key"], user_id=owner.id, name="Key", scopes=["*"], digest="0" * 64),
        AuditEntry(
            id=IDS["entry"], action="tag.created", subject_id=IDS["tag"], actor_id=owner.id,
            api_key_id=None, changed=[], details={}, request_id="request",
        ),
    ]  # fmt: skip


def _revisions(owner_id: str) -> list[Base]:
    """What the published item was, and what it is going to be."""
    snapshot = {
        "title": "Before", "slug": "published", "summary": None, "body": "words",
        "bodyFormat": "MARKDOWN", "categoryId": None, "featuredImageId": None, "tagIds": [],
    }  # fmt: skip
    item = {"item_id": IDS["published"], "created_by_id": owner_id}
    return [
        Revision(id=IDS["revision"], number=1, snapshot=snapshot, **item),
        Revision(number=2, snapshot={**snapshot, "title": "After"}, **item),
        ContentDraft(item_id=IDS["published"], revision=2, version=2),
    ]


async def restore(db: Database) -> None:
    """Make the database what it was before any call."""
    async with db.write() as session:
        found = await session.scalars(SearchDocument.__table__.select().with_only_columns(
            SearchDocument.subject_id
        ))  # fmt: skip
        await indexing.remove(session, list(found))
        for table in reversed(Base.metadata.sorted_tables):
            await session.execute(delete(table))
    await make.add(db, *rows())
