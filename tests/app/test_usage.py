"""Which fields who uses: counted for each operation, added up by every process, bounded."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from app import housekeeping, usage
from app.http.client import OTHER, Client, client
from app.models import FieldUsage
from app.usage import MAX_CLIENTS, Usage, used
from tests import factories

DAY = date(2026, 3, 1)
WEB = Client("web", "1.2")
FIELDS = frozenset({"Query.user", "Query.user(id:)", "User.id"})


async def rows(db, since=DAY):
    return [tuple(row) for row in await used(db, since)]


async def test_an_operation_counts_each_of_its_fields_once(db):
    counted = Usage(db)
    counted.count(WEB, FIELDS)
    counted.count(WEB, FIELDS)
    counted.count(WEB, frozenset({"User.id"}))
    await counted.flush(DAY)

    assert await rows(db) == [
        ("web", "1.2", "Query", "user", 2, DAY),
        ("web", "1.2", "Query", "user(id:)", 2, DAY),
        ("web", "1.2", "User", "id", 3, DAY),
    ]


async def test_processes_and_days_add_up(db):
    for day, process in [(DAY, Usage(db)), (DAY, Usage(db)), (DAY + timedelta(1), Usage(db))]:
        process.count(WEB, FIELDS)
        await process.flush(day)
        await process.flush(day)  # nothing is counted twice

    assert {row[4:] for row in await rows(db)} == {(3, DAY + timedelta(1))}
    assert {row[4:] for row in await rows(db, DAY + timedelta(1))} == {(1, DAY + timedelta(1))}


async def test_what_could_not_be_written_is_written_the_next_time(db):
    counted = Usage(db)
    counted.count(WEB, FIELDS)
    await db.run(FieldUsage.__table__.drop)
    with pytest.raises(DBAPIError):
        await counted.flush(DAY)

    await db.run(FieldUsage.__table__.create)
    counted.count(WEB, FIELDS)
    await counted.flush(DAY)

    assert {row[4] for row in await rows(db)} == {2}


ROW = {"client": "old", "version": "", "type": "User", "field": "id", "count": 1}


async def test_too_many_clients_are_one(db):
    for first in range(0, 2 * MAX_CLIENTS, MAX_CLIENTS // 2):
        process = Usage(db)
        for number in range(first, first + MAX_CLIENTS // 2):
            process.count(Client(f"app-{number}", "1"), frozenset({"User.id"}))
        await process.flush(DAY)

    counts = {row[0]: row[4] for row in await rows(db)}
    assert len(counts) == MAX_CLIENTS + 1
    assert counts["other"] == MAX_CLIENTS
    assert sum(counts.values()) == 2 * MAX_CLIENTS


async def test_memory_is_bounded_whatever_is_asked(db):
    counted = Usage(db)
    for number in range(usage.MAX_KINDS + 10):
        counted.count(Client(f"app-{number}"), frozenset({"User.id", f"User.field{number % 7}"}))

    assert len(counted._kinds) < usage.MAX_KINDS
    assert len({client for client, _ in counted._sums}) == MAX_CLIENTS + 1


async def test_old_days_are_removed(db):
    at = datetime(2026, 6, 30, tzinfo=UTC)
    kept, gone = at.date() - housekeeping.USAGE_KEPT, at.date() - timedelta(101)
    await factories.add(db, *(FieldUsage(day=day, **ROW) for day in (kept, gone)))

    await housekeeping.sweep(db, at)

    assert [row[5] for row in await rows(db, gone)] == [kept]


async def test_it_is_written_at_the_end_of_the_server(db):
    counted = Usage(db)
    async with counted.kept():
        counted.count(WEB, FIELDS)

    assert len(await rows(db, datetime.now(UTC).date() - timedelta(1))) == len(FIELDS)


async def test_a_database_that_is_gone_keeps_no_server_from_its_end(db, caplog):
    counted = Usage(db)
    async with counted.kept():
        counted.count(WEB, FIELDS)
        await db.run(FieldUsage.__table__.drop)

    assert "The usage of fields could not be written down" in caplog.text


# Who asks


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ({}, Client()),
        ({"graphql-client-name": "web", "graphql-client-version": "1.2"}, WEB),
        ({"apollographql-client-name": "web", "apollographql-client-version": "1.2"}, WEB),
        ({"graphql-client-name": "web"}, Client("web")),
        ({"graphql-client-version": "1.2"}, Client()),
        ({"graphql-client-name": "@org/app (x)"}, OTHER),
        ({"graphql-client-name": "a" * 64}, Client("a" * 64)),
        ({"graphql-client-name": "a" * 65}, OTHER),
        ({"graphql-client-name": "web", "graphql-client-version": "é"}, OTHER),
    ],
)
def test_a_client_is_what_it_says_within_bounds(headers, name):
    assert client(headers) == name


async def test_every_door_counts(db, http, resources):
    ada = factories.user()
    await factories.add(db, ada)
    web = {"GraphQL-Client-Name": "web", "GraphQL-Client-Version": "1.2"}
    query = """query Q($id: ID!) { user(id: $id) { ...F } me: __typename }
        fragment F on Node { id ... on User { username @skip(if: true) } }
        query Unused { contentItems { id } }"""
    body = {"query": query, "variables": {"id": ada.id}, "operationName": "Q"}

    assert "errors" not in (await http.post("/graphql", json=body, headers=web)).json()
    await http.post("/graphql", json={"query": "{ user { nothing } }"}, headers=web)
    await http.get(f"/api/v1/users/{ada.id}?fields=username")
    await http.get(f"/api/v1/users/{ada.id}?fields=username", headers=web)
    await resources.usage.flush(DAY)

    found = {row[0]: set() for row in await rows(db)}
    for row in await rows(db):
        found[row[0]].add(f"{row[2]}.{row[3]}")
    assert found.keys() == {"web", "rest"}
    assert found["rest"] >= {"Query.user", "Query.user(id:)", "User.username"}
    assert found["web"] == found["rest"] | {"Node.id"}
