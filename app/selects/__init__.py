"""Which rows an actor may see, which filters and orders there are. Every read starts here."""

from app.selects.accounts import API_KEYS, SESSIONS
from app.selects.audit import AUDIT
from app.selects.content import CONTENT, TRASH
from app.selects.media import MEDIA
from app.selects.resource import Listing, Resource
from app.selects.revisions import REVISIONS
from app.selects.taxonomy import CATEGORIES, TAGS
from app.selects.users import USERS

RESOURCES: dict[str, Resource] = {
    resource.name: resource
    for resource in (
        USERS,
        CONTENT,
        TRASH,
        REVISIONS,
        MEDIA,
        TAGS,
        CATEGORIES,
        AUDIT,
        SESSIONS,
        API_KEYS,
    )
}
# What an id leads to; not into the trash.
BY_PREFIX = {resource.prefix: resource for resource in RESOURCES.values() if resource is not TRASH}

__all__ = [
    "API_KEYS",
    "AUDIT",
    "BY_PREFIX",
    "CATEGORIES",
    "CONTENT",
    "MEDIA",
    "RESOURCES",
    "REVISIONS",
    "SESSIONS",
    "TAGS",
    "TRASH",
    "USERS",
    "Listing",
    "Resource",
]
