"""What a search finds, for an actor: everything searchable in one statement."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, exists, func, or_, select

from app import search
from app.models import Category, ContentItem, Tag, User, content_tags
from app.pagination import Key
from app.permissions import Actor
from app.search import DOCUMENTS, INDEX
from app.selects.content import CONTENT
from app.selects.filters import Filter, where
from app.selects.media import MEDIA
from app.selects.resource import Resource
from app.selects.taxonomy import TAGS
from app.selects.users import USERS

SEARCHABLE: dict[str, Resource] = {
    resource.prefix: resource for resource in (CONTENT, USERS, TAGS, MEDIA)
}
MAX_VALUES = 20


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for: words, kinds of subjects by the prefix of their ids, which items."""

    words: str
    subjects: tuple[str, ...] = tuple(SEARCHABLE)
    filter: Filter = ()

    @property
    def order(self) -> str:
        """What a cursor is bound to."""
        return f"search {self.words} {self.subjects} {self.filter}"


def hits(actor: Actor, query: Query) -> Select[Any]:
    """`subject_id`, `subject` and `score` of all that is found, in no order."""
    subjects = set(query.subjects) & set(SEARCHABLE)
    found = (
        select(
            DOCUMENTS.c.subject_id, DOCUMENTS.c.subject, search.score(query.words).label("score")
        )
        .join(INDEX, INDEX.c.rowid == DOCUMENTS.c.id)
        .where(search.matches(query.words), DOCUMENTS.c.subject.in_(sorted(subjects)))
    )
    for prefix in sorted(subjects):
        if conditions := _conditions(SEARCHABLE[prefix], actor, query):
            # Asked of each document that is found, so that not every visible row is read.
            same = SEARCHABLE[prefix].table.c.id == DOCUMENTS.c.subject_id
            seen = exists().where(same, *conditions).correlate(DOCUMENTS)
            found = found.where(or_(DOCUMENTS.c.subject != prefix, seen))
    return found


def _conditions(resource: Resource, actor: Actor, query: Query) -> tuple[ColumnElement[bool], ...]:
    filtered = query.filter and resource is CONTENT
    filter = (where(query.filter, resource.filters),) if filtered else ()
    return (*resource.rows(actor), *filter)


def keys(table: Subquery) -> tuple[Key, ...]:
    """Best first; equal scores in the order of their ids."""
    return (
        Key("score", table.c.score, descending=True),
        Key("subject_id", table.c.subject_id, descending=True),
    )


# A facet says of all that is found how many there are of each `value`, shown to people as `label`.
_item = ContentItem.__table__.c
_FACETS: dict[str, tuple[Any, Any, tuple[Any, ...]]] = {
    "kind": (_item.kind, _item.kind, ()),
    "author": (User.id, User.username, ((User, User.id == _item.author_id),)),
    "category": (Category.id, Category.name, ((Category, Category.id == _item.category_id),)),
    "tag": (
        Tag.id,
        Tag.name,
        (
            (content_tags, content_tags.c.item_id == _item.id),
            (Tag, Tag.id == content_tags.c.tag_id),
        ),
    ),
}


def facet(actor: Actor, query: Query, name: str) -> Select[Any]:
    """`value`, `label`, `count` of a facet: the MAX_VALUES most frequent values first."""
    found = hits(actor, query).subquery()
    count = func.count().label("count_")
    if name == "type":
        rows = select(found.c.subject.label("value"), found.c.subject.label("label"), count)
        return rows.group_by(found.c.subject).order_by(count.desc(), found.c.subject)
    value, label, joins = _FACETS[name]
    rows = select(value.label("value"), label.label("label"), count).select_from(found)
    rows = rows.join(ContentItem, _item.id == found.c.subject_id)
    for table, condition in joins:
        rows = rows.join(table, condition)
    grouped = (value,) if value is label else (value, label)
    return rows.group_by(*grouped).order_by(count.desc(), value).limit(MAX_VALUES)
