"""What both doors are asked to read: for every GET a request."""

from collections.abc import Iterator

from tests.rest.parity_calls import Call


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
    text = page(kind, root, argument)
    return Call(f"GET {path}", kind, text, filters=filters, callers=("guest", "owner"))


USER, ITEM, TAG = "user(id: $owner)", "contentItem(id: $published)", "tag(id: $tag)"
CATEGORY, CHILD = "category(id: $category)", "category(id: $child)"
ITEMS = "contentItemsConnection"
HITS = """it: search(query: "words", first: 25 {}) {{
    edges {{ score highlights {{ field html }} node {{
        __typename
        ... on ContentItem {{
            id title body {{ raw }} hasUnpublishedChanges viewerCan {{ update }}
        }}
        ... on User {{ id username }}
        ... on Tag {{ id name usageCount }}
        ... on Media {{ id url }}
    }} }} pageInfo {{ hasNextPage }} $total
}}"""

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
    chosen("/users", "user", "users", "filter: {createdAt: {gte: $january}}",
           createdSince="$january"),
    chosen("/users", "user", "users", "filter: {createdAt: {lt: $january}}",
           createdBefore="$january"),

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
    read("/content-items", "contentItem",
         page("contentItem", ITEMS, "sort: [{field: TITLE, direction: ASC}]"), sort="title"),
    *(
        chosen("/content-items", "contentItem", ITEMS, f"filter: {{{filter}}}", **{name: value})
        for name, value, filter in (
            ("status", "draft", "status: [DRAFT]"),
            ("kind", "article", 'kind: {in: ["article"]}'),
            ("slug", "draft", 'slug: {in: ["draft"]}'),
            ("author", "$owner", "authorId: {in: [$owner]}"),
            ("category", "$category", "categoryId: {in: [$category]}"),
            ("tag", "$tag", "tagId: {in: [$tag]}"),
            ("title", "item", 'title: {contains: "item"}'),
            ("query", "words", 'query: "words"'),
            ("createdSince", "$january", "createdAt: {gte: $january}"),
            ("createdBefore", "$january", "createdAt: {lt: $january}"),
            ("updatedSince", "$january", "updatedAt: {gte: $january}"),
            ("updatedBefore", "$february", "updatedAt: {lt: $february}"),
            ("publishedSince", "$february", "publishedAt: {gte: $february}"),
            ("publishedBefore", "$february", "publishedAt: {lt: $february}"),
        )
    ),

    *listed("/media", "media", "mediaItems"),
    read("/media/$image", "media", "it: media(id: $image) { ...media }"),
    *related("/media/$image/uploaded-by", "media(id: $image)", "uploadedBy", "user"),
    chosen("/media", "media", "mediaItems", "kind: [VIDEO]", kind="video"),
    chosen("/media", "media", "mediaItems", 'mimeType: "image/"', mimeType="image/"),
    chosen("/media", "media", "mediaItems", 'query: "png"', query="png"),

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

    Call("GET /search", "contentItem", HITS.format(""), filters={"query": "words"}),
    Call("GET /search", "contentItem", HITS.format("types: [TAG]"),
         filters={"query": "words", "types": "tag"}),

    read("/sessions", "session", "viewer { it: sessions { ...session } }"),
    read("/sessions/$session", "session", "viewer { it: session(id: $session) { ...session } }"),
    read("/api-keys", "apiKey", "viewer { it: apiKeys { ...apiKey } }"),
    read("/api-keys/$api_key", "apiKey", "viewer { it: apiKey(id: $api_key) { ...apiKey } }"),
    read("/feature-flags", "featureFlag", "it: featureFlags { ...featureFlag }"),
    read("/limits", "limits", "it: limits { ...limits }"),
)  # fmt: skip
