"""What a WordPress export consists of; texts as the file has them, "" where it has none."""

from dataclasses import dataclass, field

CATEGORY, TAG = "category", "post_tag"


@dataclass(frozen=True, slots=True)
class Author:
    login: str = ""
    email: str = ""
    name: str = ""
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """A category, a tag, or a word of another `taxonomy`; `parent` is a slug."""

    taxonomy: str = ""
    slug: str = ""
    name: str = ""
    parent: str = ""
    description: str = ""


@dataclass(slots=True)
class Item:
    """A post, page, attachment, menu item …"""

    id: str = ""
    type: str = ""
    status: str = ""
    title: str = ""
    slug: str = ""
    creator: str = ""
    body: str = ""
    excerpt: str = ""
    password: str = ""
    date: str = ""
    date_gmt: str = ""
    modified_gmt: str = ""
    published: str = ""
    parent: str = ""
    sticky: str = ""
    url: str = ""
    guid: str = ""
    terms: list[Term] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)
    custom_fields: int = 0
    comments: int = 0


Record = Author | Term | Item
