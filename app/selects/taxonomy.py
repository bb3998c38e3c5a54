from sqlalchemy import Table

from app import ids, search
from app.models import Category, Tag, content_tags
from app.pagination import Direction
from app.selects import filters
from app.selects.resource import Parent, Resource

TAG: Table = Tag.__table__  # type: ignore[assignment]
CATEGORY: Table = Category.__table__  # type: ignore[assignment]

_TAG_COLUMNS = tuple(column for column in TAG.c if column.name != "import_key")
_CATEGORY_COLUMNS = tuple(column for column in CATEGORY.c if column.name != "import_key")

TAGS = Resource(
    name="tags",
    prefix=ids.TAG,
    table=TAG,
    columns=lambda _actor: _TAG_COLUMNS,
    rows=lambda _actor: (),
    filters={
        "query": lambda query: search.mentions(TAG.c.id, query),
    },
    sorts={"name": TAG.c.name_key, "position": content_tags.c.position},
    parents={"item": Parent(content_tags.c.item_id, content_tags, content_tags.c.tag_id)},
    default_sort=(("name", Direction.ASC),),
)

CATEGORIES = Resource(
    name="categories",
    prefix=ids.CATEGORY,
    table=CATEGORY,
    columns=lambda _actor: _CATEGORY_COLUMNS,
    rows=lambda _actor: (),
    filters={"parent_id": filters.name(CATEGORY.c.parent_id)},
    sorts={"position": CATEGORY.c.position, "name": CATEGORY.c.name_key},
    parents={"parent": Parent(CATEGORY.c.parent_id)},
    default_sort=(("position", Direction.ASC), ("name", Direction.ASC)),
)
