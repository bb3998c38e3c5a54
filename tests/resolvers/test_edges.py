"""Walks every field of every object type of the schema: none costs more for more parents.

Nothing here names an edge. A new one is walked by itself, and fails if each parent costs more.
"""

from datetime import UTC, datetime, timedelta

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_object_type,
    is_required_argument,
)

from app.ids import API_KEY, REVISION, SESSION, USER, new
from app.models import ApiKey, FeatureFlag, FeatureFlagUser, MediaKind, Revision, Session, Theme
from app.models.revisions import snapshot
from app.permissions import Actor, Role
from engine.fields import BATCH
from resolvers.schema import schema
from tests import factories

GRAPHQL = schema._schema
NODE = GRAPHQL.type_map["Node"]
ADMIN = Actor(new(USER), Role.ADMIN)
MANY = 20

# What required arguments are given, by their names.
GIVEN = {"query": '"common"', "number": "1"}
# What a required `id` is, by the type that it leads to.
IDS = {"Session": f"{SESSION}_{1:026}", "ApiKey": f"{API_KEY}_{1:026}"}
ALL = [
    type_
    for name, type_ in GRAPHQL.type_map.items()
    if is_object_type(type_) and not name.startswith("__")
]


def object_types(type_) -> list[GraphQLObjectType]:
    """The object types that a field of this type may answer with; none for a leaf."""
    named = get_named_type(type_)
    if is_abstract_type(named):
        return list(GRAPHQL.get_possible_types(named))
    return [named] if is_object_type(named) else []


def reached_from(root: GraphQLObjectType) -> list[GraphQLObjectType]:
    """The object types below one, but not itself."""
    found: list[GraphQLObjectType] = [root]
    for type_ in found:  # grows while it is walked
        below = (one for field in type_.fields.values() for one in object_types(field.type))
        found += [one for one in dict.fromkeys(below) if one not in found]
    return found[1:]


OBJECTS = reached_from(GRAPHQL.query_type)


def call(name: str, field: GraphQLField) -> str:
    """A field with what it requires."""
    required = [one for one, arg in field.args.items() if is_required_argument(arg)]
    known = GIVEN | {"id": f'"{IDS.get(get_named_type(field.type).name)}"'}
    given = ", ".join(f"{one}: {known[one]}" for one in required)
    return f"{name}({given})" if given else name


def starts() -> dict[str, list[str]]:
    """Of each type, how `n` objects are reached from the root, as selections around one another."""
    known = {
        type_.name: ["nodes(ids: $ids)", f"... on {type_.name}"]
        for type_ in GRAPHQL.get_possible_types(NODE)
    }
    for name, field in GRAPHQL.query_type.fields.items():
        required = [one for one, arg in field.args.items() if is_required_argument(arg)]
        if "first" in field.args and set(required) <= set(GIVEN):
            given = ", ".join(["first: $n", *(f"{one}: {GIVEN[one]}" for one in required)])
            for type_ in object_types(field.type):
                known.setdefault(type_.name, [f"{name}({given})"])
        elif not required and is_object_type(get_named_type(field.type)):
            known.setdefault(get_named_type(field.type).name, [name])
    return known


def paths() -> dict[str, list[str]]:
    """Of each type, the shortest way to it."""
    known = starts()
    waiting = list(known)
    for name in waiting:  # grows while it is walked
        for field_name, field in GRAPHQL.type_map[name].fields.items():
            for type_ in object_types(field.type):
                if type_.name not in known:
                    known[type_.name] = [
                        *known[name],
                        call(field_name, field),
                        f"... on {type_.name}",
                    ]
                    waiting.append(type_.name)
    return known


PATHS = paths()


def document(type_name: str, field_name: str) -> str:
    field = GRAPHQL.type_map[type_name].fields[field_name]
    named = get_named_type(field.type)
    selection = f"edge: {call(field_name, field)}" + (
        " { __typename }" if is_composite_type(named) else ""
    )
    for around in reversed(PATHS[type_name]):
        selection = f"{around} {{ {selection} }}"
    variables = [
        text for name, text in (("$ids", "$ids: [ID!]!"), ("$n", "$n: Int")) if name in selection
    ]
    declared = f"({', '.join(variables)})" if variables else ""
    return f"query{declared} {{ {selection} }}"


def edges(answer) -> list[object]:
    """Every value of `edge` in an answer."""
    if isinstance(answer, list):
        return [edge for one in answer for edge in edges(one)]
    if isinstance(answer, dict):
        if "edge" in answer:
            return [answer["edge"]]
        return [edge for one in answer.values() for edge in edges(one)]
    return []


async def world(db) -> dict[str, list[str]]:
    """MANY of everything, each with everything that it may have; the ids by type."""
    count = range(MANY)
    users = [
        factories.user(username=f"common {n}", preferences={"theme": Theme.DARK}) for n in count
    ]
    media = {
        kind: [
            factories.image(
                kind=kind, title="common", uploaded_by_id=users[n].id, duration=1.0, caption="word"
            )
            for n in count
        ]
        for kind in MediaKind
    }
    tags = [factories.tag(f"common {n}") for n in count]
    tops = [factories.category(f"Top {n}") for n in count]
    middles = [factories.category(f"Middle {n}", tops[n]) for n in count]
    below = [factories.category(f"Below {n}", middles[n]) for n in count]
    items = [
        factories.item(
            users[n],
            title=f"Common {n}",
            body="# Heading\n\ncommon text",
            featured_image_id=media[MediaKind.IMAGE][n].id,
            category_id=middles[n].id,
        )
        for n in count
    ]
    revisions = [
        Revision(
            id=new(REVISION), item_id=item.id, number=number, created_by_id=item.author_id,
            snapshot={**snapshot(item, []), "title": f"Common {number}"},
        )
        for number in (1, 2)
        for item in items
    ]  # fmt: skip
    log = [factories.entry(users[n], "user.updated", users[n].id) for n in count]
    admin = factories.user(id=ADMIN.user_id)
    later = datetime.now(UTC) + timedelta(days=1)
    sessions = [Session(id=f"{SESSION}_{n:026}", user_id=admin.id, expires_at=later) for n in count]
    keys = [
        ApiKey(
            id=f"{API_KEY}_{n:026}", user_id=admin.id, name="Robot", scopes=["*"], digest="0" * 64
        )
        for n in count
    ]
    flag = FeatureFlag(name="search_off")
    ruled = [FeatureFlagUser(flag=flag.name, user_id=user.id, enabled=False) for user in users]
    everybody = [
        *users,
        admin,
        *sessions,
        *keys,
        *log,
        flag,
        *ruled,
        *(file for files in media.values() for file in files),
    ]
    await factories.add(
        db,
        *everybody,
        *tags,
        *tops,
        *middles,
        *below,
        *items,
        *revisions,
        tags=dict.fromkeys(items, tags[:2]),
    )
    async with db.write() as session:
        for n in count:
            user = await session.get(type(users[n]), users[n].id)
            user.profile_image_id = media[MediaKind.IMAGE][n].id
    return {
        "User": [row.id for row in users],
        "Session": [row.id for row in sessions],
        "ApiKey": [row.id for row in keys],
        "Revision": [row.id for row in revisions[MANY:]],
        "AuditEntry": [row.id for row in log],
        "ContentItem": [row.id for row in items],
        "Tag": [row.id for row in tags],
        "Category": [row.id for row in middles],
        **{kind.name.title(): [row.id for row in files] for kind, files in media.items()},
    }


async def test_every_type_is_reached():
    assert sorted(PATHS) == sorted(type_.name for type_ in OBJECTS)


async def test_every_edge_costs_the_same_from_one_parent_and_from_twenty(db, ask, statements):
    ids = await world(db)
    problems, walked = [], 0
    for type_ in OBJECTS:
        for field_name, field in type_.fields.items():
            text = document(type_.name, field_name)
            costs, reached = [], []
            path = PATHS[type_.name]
            for n in (1, MANY):
                statements.clear()
                if "$ids" in path[0]:
                    variables = {"ids": ids[path[1].removeprefix("... on ")][:n]}
                else:
                    variables = {"n": n}
                body = await ask(text, ADMIN, **variables)
                costs.append(len(statements))
                reached.append(edges(body["data"]))
                if "errors" in body:
                    problems.append((type_.name, field_name, body["errors"]))
            walked += 1
            if costs[0] != costs[1]:
                problems.append((type_.name, field_name, costs, statements[:]))
            if "$ids" in path[0] and len(reached[1]) < MANY:
                problems.append((type_.name, field_name, "reached from", len(reached[1])))
            if object_types(field.type) and not any(reached[1]):
                problems.append((type_.name, field_name, "leads nowhere"))
    assert problems == []
    assert walked == sum(len(type_.fields) for type_ in OBJECTS)


def test_every_field_is_a_plain_attribute_or_made_for_all_parents_at_once():
    by_hand = [
        f"{type_.name}.{field.name}"
        for type_ in ALL
        if type_ not in (GRAPHQL.query_type, GRAPHQL.mutation_type)
        for field in type_.extensions["strawberry-definition"].fields
        if field.base_resolver is not None and BATCH not in field.metadata
    ]
    assert by_hand == []
