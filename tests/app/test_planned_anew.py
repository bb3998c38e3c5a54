"""Statements whose rows somebody chose are planned for the values of each time, all others once.

PostgreSQL itself counts how it planned. Of tables without rows one plan for all is as good as any,
so that it would be taken for whatever is not marked.
"""

import asyncio

import pytest
from sqlalchemy import text

from app.db import Database, planned_anew
from app.http.caller import Caller
from app.permissions import GUEST, Actor, Role
from resolvers.endpoint.parameters import Parameters
from resolvers.execution import Operations
from tests import factories
from tests.conftest import BASE_URL

pytestmark = pytest.mark.parametrize("migrated", ["postgresql"], indirect=True)

EDITOR = Actor("usr_editor", Role.EDITOR)
TAG, USER = f"tag_{1:026}", f"usr_{1:026}"
OFTEN = 8
"""PostgreSQL decides after five."""

PLANNED = text("""
    SELECT custom_plans, generic_plans, statement FROM pg_prepared_statements
    WHERE statement LIKE 'SELECT %content_items.%'
""")
MODE = text("SHOW plan_cache_mode")
LISTS = (
    '{ contentItems(filter: {kind: {in: ["page"]}}) { title } }',
    """{ contentItemsConnection(filter: {or: [{kind: {eq: "page"}}]}) {
        nodes { id } totalCount
    } }""",
    """{ contentItemsConnection(filter: {status: [DRAFT], kind: {eq: "page"}}) {
        nodes { id } totalCount
    } }""",
    """{ search(query: "rose") {
        totalCount edges { score } facets { field values { count } }
    } }""",
    f"""{{ user(id: "{USER}") {{
        contentItems(filter: {{kind: {{eq: "page"}}}}) {{ title }}
        contentItemsConnection(filter: {{status: [DRAFT]}}) {{ nodes {{ id }} }}
    }} }}""",
    f"""{{ user(id: "{USER}") {{ contentItems(filter: {{kind: {{eq: "page"}}}}) {{ id }} }} }}""",
    f"""{{ tag(id: "{TAG}") {{ contentItemsConnection {{ nodes {{ id }} totalCount }} }} }}""",
)


@pytest.fixture
async def planned(db, resources):
    """How the statements about items behind some queries were planned, each asked OFTEN."""
    await factories.add(db, factories.user(id=USER), factories.tag("rose", id=TAG))
    operations = Operations(resources)

    async def planned(*queries, actors=(GUEST, EDITOR)):
        for _ in range(OFTEN):
            for query in queries:
                for actor in actors:
                    for finished in (False, True):
                        answer = await operations.run(
                            Parameters(query), Caller(actor, BASE_URL, "t"), finished=finished
                        )
                        assert "errors" not in answer.body, answer.body
        return await db.fetch(PLANNED)

    return planned


@pytest.mark.parametrize("query", LISTS)
async def test_what_somebody_chose_is_planned_for_each_time(planned, query):
    found = await planned(query)
    assert found
    assert [row for row in found if row.generic_plans] == []


async def test_each_sort_is_planned_in_its_way_on_one_connection(planned, db):
    found = await planned("{ contentItems { title } }", LISTS[0])
    assert {row.generic_plans > 0 for row in found} == {True, False}
    assert db._reading.kept == 1


async def test_what_is_beyond_rows_without_a_value_is_planned_for_each_time(planned, db, data):
    author = factories.user()
    await factories.add(db, author, factories.item(author), factories.item(author))
    page = """{{ contentItemsConnection(sort: [{{field: PUBLISHED_AT}}], first: 1{}) {{
        pageInfo {{ endCursor }}
    }} }}"""
    first = await data(page.format(""), EDITOR)
    cursor = first["contentItemsConnection"]["pageInfo"]["endCursor"]
    found = await planned(page.format(f', after: "{cursor}"'), actors=[EDITOR])
    (beyond,) = (row for row in found if row.custom_plans + row.generic_plans >= OFTEN)
    assert beyond.generic_plans == 0


async def test_a_selection_of_an_enumeration_has_one_text(planned):
    lists = ("[DRAFT, PUBLISHED]", "[PUBLISHED, DRAFT]", "[PUBLISHED, DRAFT, PUBLISHED]")
    asked = (f"{{ contentItems(filter: {{status: {one}}}) {{ id }} }}" for one in lists)
    found = await planned(*asked)
    assert len(found) == 2  # who sees drafts, and who does not
    assert all(row.generic_plans for row in found)


async def test_a_connection_that_is_set_for_it_is_taken(address):
    database = Database.at(address, pool=2)
    told = []
    await asyncio.gather(database.fetch(planned_anew(MODE)), database.fetch(MODE))
    for reader in database._reading._idle:
        set_for = reader.set_for
        reader.set_for = lambda *, anew, set_for=set_for: told.append(anew) or set_for(anew=anew)
    for _ in range(3):
        assert await database.fetch(planned_anew(MODE)) == [("force_custom_plan",)]
        assert await database.fetch(MODE) == [("auto",)]
    assert told == []
    await database.close()


async def test_a_connection_is_told_anew_after_others_had_it(address):
    database = Database.at(address, pool=1)
    assert await database.fetch(planned_anew(MODE)) == [("force_custom_plan",)]
    async with database.write():
        pass
    assert await database.fetch(MODE) == [("auto",)]
    assert await database.fetch(planned_anew(MODE)) == [("force_custom_plan",)]
    await database.close()


async def test_nobody_knows_how_a_connection_is_set_that_could_not_be_told(address):
    database = Database.at(address, pool=1)
    assert await database.fetch(planned_anew(MODE)) == [("force_custom_plan",)]
    (reader,) = database._reading._idle
    telling = asyncio.ensure_future(reader.set_for(anew=False))
    await asyncio.sleep(0)
    telling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await telling
    assert not reader.is_set_for(anew=False)
    assert not reader.is_set_for(anew=True)
    assert await database.fetch(MODE) == [("auto",)]
    await database.close()
