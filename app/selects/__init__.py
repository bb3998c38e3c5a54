"""Which rows an actor may see, which filters and orders there are. Every read starts here."""

from app.selects.content import CONTENT
from app.selects.media import MEDIA
from app.selects.resource import Listing, Resource
from app.selects.taxonomy import CATEGORIES, TAGS
from app.selects.users import USERS

RESOURCES: dict[str, Resource] = {
    resource.name: resource for resource in (USERS, CONTENT, MEDIA, TAGS, CATEGORIES)
}
BY_PREFIX = {resource.prefix: resource for resource in RESOURCES.values()}

__all__ = [
    "BY_PREFIX",
    "CATEGORIES",
    "CONTENT",
    "MEDIA",
    "RESOURCES",
    "TAGS",
    "USERS",
    "Listing",
    "Resource",
]
