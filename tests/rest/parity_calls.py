"""A call as it is written down once for both doors: a request, and the same in GraphQL by hand.

`it` marks in an answer what REST shows. `$name` is one of the world's values.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from app.rest.route import Route
from app.rest.routes import ROUTES

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
    "featureFlag": "on FeatureFlag { id: name description enabled }",
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
    "featureFlag": ("feature-flag", "feature-flags"),
    "limits": ("limits", "limits"),
}
"""What a resource's type is called at v1 and at v2."""

Values = dict[str, Any]

PARAMETER = r"(\\$\\w+|\\d+)"


@dataclass(frozen=True, slots=True)
class Call:
    """`query` are parameters by their GraphQL names; `filters` those that choose among many. `body`
    is what REST is sent: of `input` what the address does not say, when it is not given. With
    `links` it names what a relationship is to lead to. All `callers` ask, when none are named."""

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
    callers: tuple[str, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether v1 tells how many there are, which v2 does not."""
        return "$total" in self.text

    @property
    def route(self) -> Route:
        return routed(self.request)


@cache
def routed(request: str) -> Route:
    """The route of a request, whose parameters are numbers or values of the world."""
    (found,) = (route for route in ROUTES if pattern(route).fullmatch(request))
    return found


def pattern(route: Route) -> re.Pattern[str]:
    return re.compile(f"{route.method} {re.sub('{.*?}', PARAMETER, route.path)}")
