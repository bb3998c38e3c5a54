import pytest

from app.models import ContentStatus
from tests import factories as make
from tests.resolvers.content.asking import ADA, BOB, EVE


@pytest.fixture
async def people(db):
    users = [
        make.user(id=id, username=name) for id, name in ((ADA, "ada"), (BOB, "bob"), (EVE, "eve"))
    ]
    await make.add(db, *users)
    return users


@pytest.fixture
async def draft(db, people):
    item = make.item(
        people[0], title="Roses", slug="roses", body="Red.", status=ContentStatus.DRAFT
    )
    await make.add(db, item)
    return item


@pytest.fixture
async def published(db, people):
    item = make.item(people[0], title="Tulips", slug="tulips", body="Yellow.")
    await make.add(db, item)
    return item
