"""What is asked of both doors: for every route a request, and the same in GraphQL by hand.

`it` marks in an answer what REST shows. `$name` is one of the world's values.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

FRAGMENTS = {
    "user": "on User { id username email fullName role viewerCan { update erase } version }",
    "preferences": "on UserPreferences { theme emailNotifications }",
    "contentItem": """on ContentItem {
        id kind title slug summary body { format raw wordCount } status scheduledPublishAt
        hasUnpublishedChanges viewerCan { update publish purge } version updatedAt
    }""",
    "revision": "on Revision { id number message publishedAt createdBy { id } }",
    "media": "on Media { id kind: __typename url mimeType title altText version updatedAt }",
    "tag": "on Tag { id name slug usageCount version }",
    "category": "on Category { id name slug description position usageCount version }",
    "session": "on Session { id current createdAt expiresAt userAgent }",
    "apiKey": "on ApiKey { id name prefix scopes lastUsedAt }",
    "token": "on SessionPayload { accessToken refreshToken expiresIn session { id } user { id } }",
    "previewToken": "on PreviewToken { token revision expiresAt }",
    "limits": "on Limits { maxPageSize maxBodyBytes maxCost }",
}
"""Some of each resource's fields: those that cost a statement, and some that do not."""

TYPES = {
    "user": ("user", "users"),
    "preferences": ("preferences", "preferences"),
    "contentItem": ("content-item", "content-items"),
    "revision": ("revision", "revisions"),
    "media": ("media", "media"),
    "tag": ("tag", "tags"),
    "category": ("category", "categories"),
    "session": ("session", "sessions"),
    "apiKey": ("api-key", "api-keys"),
    "token": ("token", "tokens"),
    "previewToken": ("preview-token", "preview-tokens"),
    "limits": ("limits", "limits"),
}
"""What a resource's type is called at v1 and at v2."""

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """`query` are parameters by their GraphQL names; `filters` those that choose among many. `body`
    is what REST is sent: of `input` what the address does not say, when it is not given. With
    `links` it names what a relationship is to lead to."""

    request: str
    kind: str
    text: str
    filters: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    nullable: bool = False
    mutation: str | None = None
    input: Values = field(default_factory=dict)
    body: Any = None
    links: bool = False
    form: bool = False


def page(kind: str, root: str, arguments: str = "", node: str = "") -> str:
    node = node or f"...{kind}"
    rest = f"nodes {{ {node} }} pageInfo {{ hasNextPage }} $total"
    return f"it: {root}(first: 25 {arguments}) {{ {rest} }}"


def read(path: str, kind: str, text: str, *, nullable: bool = False, **query: str) -> Call:
    return Call(f"GET {path}", kind, text, query=query, nullable=nullable)


def listed(path: str, kind: str, root: str, *, within: str = "") -> Iterator[Call]:
    """A list; one that belongs to something has links of its own, too."""
    owner, _, name = path.rpartition("/")
    yield read(path, kind, _inside(within, page(kind, root)))
    if within:
        text = _inside(within, page(kind, root, node="id"))
        yield read(f"{owner}/relationships/{name}", kind, text)


def related(path: str, within: str, field: str, kind: str, *, many: bool = False) -> Iterator[Call]:
    """What a resource leads to, and the links."""
    owner, _, name = path.rpartition("/")
    for place, selection in ((name, f"...{kind}"), (f"relationships/{name}", "id")):
        text = _inside(within, f"it: {field} {{ {selection} }}")
        yield read(f"{owner}/{place}", kind, text, nullable=not many)


def _inside(within: str, text: str) -> str:
    return f"{within} {{ {text} }}" if within else text


def chosen(path: str, kind: str, root: str, argument: str, /, **filters: str) -> Call:
    return Call(f"GET {path}", kind, page(kind, root, argument), filters=filters)


USER, ITEM, TAG = "user(id: $owner)", "contentItem(id: $published)", "tag(id: $tag)"
CATEGORY, CHILD = "category(id: $category)", "category(id: $child)"
ITEMS = "contentItemsConnection"
HITS = """it: search(query: "words", first: 25) {
    edges { score highlights { field html } node {
        __typename
        ... on ContentItem { id title hasUnpublishedChanges viewerCan { update } }
        ... on User { id username }
        ... on Tag { id name usageCount }
        ... on Media { id url }
    } } pageInfo { hasNextPage } $total
}"""

READS = (
    *listed("/users", "user", "users"),
    read("/users/me", "user", "viewer { it: user { ...user } }"),
    read("/users/$owner", "user", "it: user(id: $owner) { ...user }"),
    read("/users/$owner/preferences", "preferences",
         "user(id: $owner) { it: preferences { ...preferences } }"),
    read("/users/$owner/relationships/preferences", "preferences",
         "user(id: $owner) { it: preferences { __typename } }", nullable=True),
    *listed("/users/$owner/content-items", "contentItem", ITEMS, within=USER),
    *listed("/users/$owner/media", "media", "mediaConnection", within=USER),
    *related("/users/$owner/profile-image", USER, "profileImage", "media"),
    chosen("/users", "user", "users", "filter: {role: [ADMIN, EDITOR]}", role="admin,editor"),
    chosen("/users", "user", "users", 'filter: {username: {in: ["other"]}}', username="other"),
    chosen("/users", "user", "users", 'filter: {query: "edit"}', query="edit"),

    *listed("/content-items", "contentItem", ITEMS),
    read("/content-items/trash", "contentItem", page("contentItem", "trashedContentItems")),
    read("/content-items/$published", "contentItem", f"it: {ITEM} {{ ...contentItem }}"),
    read("/content-items/$draft", "contentItem",
         "it: contentItem(id: $draft) { ...contentItem }"),
    read("/content-items/$trashed", "contentItem",
         "it: contentItem(id: $trashed) { ...contentItem }"),
    read("/content-items/$missing_item", "contentItem",
         "it: contentItem(id: $missing_item) { ...contentItem }"),
    read("/content-items/$published", "contentItem",
         "it: contentItem(id: $published, view: {perspective: DRAFT}) { ...contentItem }",
         viewPerspective="draft"),
    read("/content-items/$published", "contentItem",
         "it: contentItem(id: $published, view: {revision: 1}) { ...contentItem }",
         viewRevision="1"),
    *listed("/content-items/$published/revisions", "revision", "revisions", within=ITEM),
    *listed("/content-items/$draft/revisions", "revision", "revisions",
            within="contentItem(id: $draft)"),
    read("/content-items/$published/revisions/1", "revision",
         f"{ITEM} {{ it: revision(number: 1) {{ ...revision }} }}"),
    *related("/content-items/$published/author", ITEM, "author", "user"),
    *related("/content-items/$published/category", ITEM, "category", "category"),
    *related("/content-items/$draft/category", "contentItem(id: $draft)", "category", "category"),
    *related("/content-items/$published/featured-image", ITEM, "featuredImage", "media"),
    *related("/content-items/$published/tags", ITEM, "tags", "tag", many=True),
    chosen("/content-items", "contentItem", ITEMS, "filter: {status: [DRAFT]}", status="draft"),
    chosen("/content-items", "contentItem", ITEMS, 'filter: {kind: {in: ["page"]}}', kind="page"),
    chosen("/content-items", "contentItem", ITEMS, "filter: {authorId: {in: [$other]}}",
           author="$other"),
    chosen("/content-items", "contentItem", ITEMS, "filter: {categoryId: {in: [$category]}}",
           category="$category"),
    chosen("/content-items", "contentItem", ITEMS, "filter: {tagId: {in: [$tag]}}", tag="$tag"),
    chosen("/content-items", "contentItem", ITEMS, 'filter: {slug: {in: ["draft"]}}',
           slug="draft"),
    chosen("/content-items", "contentItem", ITEMS, "filter: {createdAt: {gte: $tomorrow}}",
           createdSince="$tomorrow"),
    chosen("/content-items", "contentItem", ITEMS, "filter: {publishedAt: {lt: $tomorrow}}",
           publishedBefore="$tomorrow"),
    chosen("/content-items", "contentItem", ITEMS, 'filter: {query: "words"}', query="words"),

    *listed("/media", "media", "mediaItems"),
    read("/media/$image", "media", "it: media(id: $image) { ...media }"),
    *related("/media/$image/uploaded-by", "media(id: $image)", "uploadedBy", "user"),
    chosen("/media", "media", "mediaItems", "kind: [VIDEO]", kind="video"),
    chosen("/media", "media", "mediaItems", 'mimeType: "image/"', mimeType="image/"),

    *listed("/tags", "tag", "tags"),
    read("/tags/$tag", "tag", f"it: {TAG} {{ ...tag }}"),
    read("/tags/$missing_tag", "tag", "it: tag(id: $missing_tag) { ...tag }"),
    *listed("/tags/$tag/content-items", "contentItem", ITEMS, within=TAG),
    chosen("/tags", "tag", "tags", 'query: "other"', query="other"),

    *listed("/categories", "category", "categoriesConnection"),
    read("/categories/$category", "category", f"it: {CATEGORY} {{ ...category }}"),
    *listed("/categories/$category/content-items", "contentItem", ITEMS, within=CATEGORY),
    *related("/categories/$child/parent", CHILD, "parent", "category"),
    *related("/categories/$category/parent", CATEGORY, "parent", "category"),
    *related("/categories/$category/children", CATEGORY, "children", "category", many=True),
    chosen("/categories", "category", "categoriesConnection", "parentId: {in: [$category]}",
           parent="$category"),
    chosen("/categories", "category", "categoriesConnection", "parentId: {isNull: true}",
           topmost="true"),

    Call("GET /search", "contentItem", HITS, filters={"query": "words"}),

    read("/sessions", "session", "viewer { it: sessions { ...session } }"),
    read("/sessions/$session", "session", "viewer { it: session(id: $session) { ...session } }"),
    read("/api-keys", "apiKey", "viewer { it: apiKeys { ...apiKey } }"),
    read("/api-keys/$api_key", "apiKey", "viewer { it: apiKey(id: $api_key) { ...apiKey } }"),
    read("/limits", "limits", "it: limits { ...limits }"),
)  # fmt: skip


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

CALLS = (*READS, *WRITES)
