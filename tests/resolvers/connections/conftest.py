"""Seven rows in every place where a connection is."""

import pytest

from tests import factories
from tests.resolvers.connections.asking import PAGE, PLACES, query


@pytest.fixture
async def library(db):
    """Seven of everything, each list in the order of its PLACES."""
    users = [factories.user(username=f"user {n}") for n in range(7)]
    tags = [factories.tag(f"tag {n}") for n in range(7)]
    images = [factories.image() for _ in range(7)]
    category = factories.category("Plants", position=1)
    plants = [factories.category(f"Plant {n}", category, position=n % 3) for n in range(6)]
    tree = [plants[0], plants[3], plants[1], plants[4], category, plants[2], plants[5]]
    items = [
        factories.item(
            users[0], title=f"Title {n}", created_at=factories.NOON, category_id=category.id
        )
        for n in range(7)
    ]
    # Something of everything that is in none of the lists below a parent.
    other = factories.item(users[1], title="Zzz", created_at=factories.NOON)
    await factories.add(
        db,
        *(*users, *tags, *images, category, *plants, *items, other),
        tags={item: [tags[0]] for item in items} | {other: [tags[1]]},
    )
    return {
        "contentItems": (None, [row.id for row in items]),
        "users": (None, [row.id for row in users]),
        "tags": (None, [row.id for row in tags]),
        "mediaItems": (None, [row.id for row in reversed(images)]),
        "categories": (None, [row.id for row in tree]),
        "User": (users[0].id, [row.id for row in items]),
        "Tag": (tags[0].id, [row.id for row in items]),
        "Category": (category.id, [row.id for row in items]),
    }


@pytest.fixture
def page(data, library):
    """Read one page of a place in PLACES."""

    async def page(place, selection=PAGE, **arguments):
        parent, connection, _ = PLACES[place]
        id = library[place][0]
        answer = await data(query(place, selection), **arguments, **({"id": id} if id else {}))
        return answer[parent][connection] if parent else answer[connection]

    return page
