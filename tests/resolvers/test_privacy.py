"""What is hidden leaves no trace: with it or without it, strangers get the same answers.

Nothing here names a filter, an order or a field. Every argument of every field that can be reached
is tried with values that would find what is hidden; a new one is tried by itself.
"""

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

import pytest
from graphql import (
    GraphQLField,
    get_named_type,
    get_nullable_type,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_leaf_type,
    is_list_type,
    is_required_argument,
    is_union_type,
)
from sqlalchemy import update

from app.models import (
    ApiKey,
    AuditEntry,
    ContentDraft,
    ContentItem,
    ContentStatus,
    Credential,
    Revision,
    Session,
    Tag,
    User,
)
from app.permissions import GUEST, Actor, Role
from resolvers.schema import schema
from tests import factories as make

GRAPHQL = schema._schema
ADA, BOB = f"usr_{1:026}", f"usr_{2:026}"
TAG, CATEGORY, IMAGE = f"tag_{3:026}", f"cat_{4:026}", f"med_{5:026}"
SHOWN, DRAFT, TRASHED, ARCHIVED, FUTURE = (f"cnt_{number:026}" for number in range(6, 11))
NOON = make.NOON
SECRET = NOON + timedelta(days=1_000, seconds=7)
STRANGERS = [GUEST, Actor(BOB, Role.USER)]
ADMIN = Actor("usr_admin", Role.ADMIN)

SNAPSHOT = {
    "title": "Hidden", "slug": "hidden", "summary": "hidden", "body": "hidden",
    "bodyFormat": "MARKDOWN", "categoryId": CATEGORY, "featuredImageId": IMAGE, "tagIds": [TAG],
}  # fmt: skip

# What is tried for an argument, by its type.
TRIED = {
    "ID": [f'"{id}"' for id in (DRAFT, ADA)],
    "String": ['"hidden"', '"hidden@heart.example"'],
    "DateTime": [f'"{SECRET.isoformat()}"'],
    "Boolean": ["true", "false"],
    "Int": ["1"],
}
FIELDS, EVERY = 8, 1_000  # of a document, of values
# What says which things were found, and how many.
FOUND = frozenset({"nodes", "edges", "node", "id", "totalCount", "usageCount"})
REACHED = [ADA, TAG, CATEGORY, IMAGE, SHOWN, DRAFT, TRASHED]


async def shown(db):
    """What everybody sees."""
    ada, bob = make.user(id=ADA, username="ada"), make.user(id=BOB, username="bob")
    await make.add(
        db,
        ada,
        bob,
        make.tag("Tag", id=TAG),
        make.category("Category", id=CATEGORY),
        make.image(id=IMAGE, created_at=NOON),
        item := _item(ada, id=SHOWN, slug="shown", title="Shown"),
        tags={item: [Tag(id=TAG)]},
    )


async def hide(db):
    """Add what they do not see, all over."""
    ada = User(id=ADA)
    draft, archived = ContentStatus.DRAFT, ContentStatus.ARCHIVED
    hidden = {
        DRAFT: {"status": draft, "published_at": SECRET},
        TRASHED: {"deleted_at": SECRET},
        ARCHIVED: {"status": archived},
        FUTURE: {"published_at": SECRET + timedelta(days=36_500)},
    }
    items = [
        _item(ada, id=id, slug=f"hidden-{id}", title=f"Hidden {id}", body="hidden", **columns)
        for id, columns in hidden.items()
    ]
    await make.add(
        db,
        *items,
        Revision(item_id=SHOWN, number=1, snapshot=SNAPSHOT, created_by_id=ADA),
        ContentDraft(item_id=SHOWN, revision=1, version=2),
        Credential(user_id=ADA),
        Session(user_id=ADA, expires_at=SECRET),
        ApiKey(user_id=ADA, name="hidden", scopes=["*"], digest="0" * 64),
        AuditEntry(
            action="hidden", subject_id=SHOWN, actor_id=ADA, changed=[], details={}, request_id="1"
        ),
        tags={item: [Tag(id=TAG)] for item in items},
    )
    private = {
        "email": "hidden@heart.example",
        "email_key": "hidden@heart.example",
        "email_verified_at": SECRET,
        "preferences": {"theme": "DARK", "emailNotifications": False},
        "deactivated_at": SECRET,
        "updated_at": User.updated_at,
    }
    planned = {
        "scheduled_publish_at": SECRET,
        "scheduled_unpublish_at": SECRET + timedelta(days=36_500),
        "updated_at": ContentItem.updated_at,
    }
    async with db.write() as session:
        await session.execute(update(User).where(User.id == ADA).values(private))
        await session.execute(update(ContentItem).where(ContentItem.id == SHOWN).values(planned))


def _item(author, **columns):
    return make.item(
        author,
        **{"created_at": NOON, "category_id": CATEGORY, "featured_image_id": IMAGE, **columns},
    )


# --- Every field, every argument -----------------------------------------------------------------


def tried(type_, levels: int = 2) -> Iterator[str]:
    """Values for an argument of this type, as they are written in a document."""
    type_ = get_nullable_type(type_)
    if is_list_type(type_):
        yield from (f"[{value}]" for value in tried(type_.of_type, levels))
    elif is_enum_type(type_):
        yield from type_.values
    elif is_input_object_type(type_) and levels:
        needed = _needed(type_.fields)
        for name, field in type_.fields.items():
            for value in tried(field.type, levels - 1):
                others = {key: one for key, one in needed.items() if key != name}
                yield "{" + _pairs({**others, name: value}) + "}"
    elif is_leaf_type(type_):
        yield from TRIED.get(type_.name, [])


def _needed(arguments) -> dict[str, str]:
    """The first value of each argument that must be given."""
    return {
        name: next(tried(one.type)) for name, one in arguments.items() if is_required_argument(one)
    }


def _pairs(values: dict[str, str]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in values.items())


def calls(name: str, field: GraphQLField, values: int) -> Iterator[str]:
    """A field, wholly; and with so many values of each of its arguments, what it finds."""
    needed = _needed(field.args)
    yield f"{_call(name, needed)} {selection(field.type, 3)}"
    for argument, one in field.args.items():
        for value in islice(tried(one.type), values):
            yield f"{_call(name, {**needed, argument: value})} {selection(field.type, 3, FOUND)}"


def _call(name: str, arguments: dict[str, str]) -> str:
    return f"{name}({_pairs(arguments)})" if arguments else name


def selection(type_, levels: int, only: frozenset[str] | None = None) -> str:
    """What an object says, and the objects below it; `only` these fields, when there are any."""
    named = get_named_type(type_)
    if is_leaf_type(named):
        return ""
    if is_union_type(named) or is_interface_type(named):
        kinds = GRAPHQL.get_possible_types(named)
        return "{ __typename " + " ".join(f"... on {kind.name} {{ id }}" for kind in kinds) + " }"
    inner = ["__typename"]
    for name, field in named.fields.items():
        leaf = is_leaf_type(get_named_type(field.type))
        if not _needed(field.args) and (leaf or levels > 1) and (only is None or name in only):
            inner.append(f"{name} {selection(field.type, levels - 1, only)}")
    return "{ " + " ".join(inner) + " }"


def documents() -> Iterator[str]:
    """Documents of a few fields each: every root field, then every field of every kind of node."""
    root = GRAPHQL.query_type.fields.items()
    for fields in _together(call for name, field in root for call in calls(name, field, EVERY)):
        yield f"{{ {fields} }}"
    ids = json.dumps(REACHED)
    for type_ in GRAPHQL.get_possible_types(GRAPHQL.type_map["Node"]):
        every = (call for name, field in type_.fields.items() for call in calls(name, field, 1))
        for fields in _together(every):
            yield f"{{ nodes(ids: {ids}) {{ ... on {type_.name} {{ {fields} }} }} }}"


def _together(fields: Iterator[str]) -> Iterator[str]:
    while some := list(islice(fields, FIELDS)):
        yield " ".join(f"a{number}: {one}" for number, one in enumerate(some))


@pytest.fixture
def settings(settings):
    """Nothing is refused for its size: it is all small."""
    return settings.model_copy(update={"max_cost": 1_000_000, "max_fields": 10_000})


@pytest.fixture
def answers(ask):
    """What an actor is told, by document."""

    async def answers(actor, step: int = 1) -> dict[str, str]:
        found = {}
        for text in islice(documents(), 0, None, step):
            body = await ask(text, actor)
            codes = {error["extensions"]["code"] for error in body.get("errors", [])}
            assert codes <= {"BAD_USER_INPUT", "UNAUTHENTICATED", "INSUFFICIENT_PERMISSIONS"}, body
            assert "data" in body, (text, body)
            found[text] = json.dumps([body["data"], sorted(codes)])
        return found

    return answers


async def test_strangers_are_told_the_same_with_it_and_without_it(answers, db):
    await shown(db)
    before = [await answers(actor) for actor in STRANGERS]
    await hide(db)
    for actor, told in zip(STRANGERS, before, strict=True):
        assert await answers(actor) == told


async def test_who_may_see_it_is_told_more(answers, db):
    await shown(db)
    before = await answers(ADMIN, 5)
    await hide(db)
    after = await answers(ADMIN, 5)
    assert sum(after[text] != told for text, told in before.items()) > len(after) / 3


def test_what_is_tried_names_every_filter_and_every_order():
    text = " ".join(documents())
    for name, type_ in GRAPHQL.type_map.items():
        if is_enum_type(type_) and name.endswith("SortField"):
            assert all(f" {value}" in text for value in type_.values), name
        if is_input_object_type(type_) and name.endswith("Filter"):
            assert all(f"{field}: " in text for field in type_.fields), name
