"""A breaking change fails when somebody uses what it changes, and names who."""

import asyncio
import re
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import httpx2
import orjson
import pytest
from click.testing import CliRunner
from graphql import build_schema

from app.models import FieldUsage
from resolvers.commands import schema as command
from resolvers.in_use import findings
from resolvers.schema import schema
from tests import factories
from tests.processes import run, serving

OLD = """
directive @old on FIELD
type Query { user(id: ID, old: Int, filter: Filter): User search: [Hit!] colour: Colour }
type User implements Node { id: ID name: String gone: String }
interface Node { id: ID }
union Hit = User | Page
type Page { id: ID }
enum Colour { RED BLUE }
input Filter { name: String inner: Inner }
input Inner { old: Int }
"""
WEB = "web 1.2, 5 times, last on 2026-03-02"
SDL = schema.as_str()
TODAY = datetime.now(UTC).date()


def used(*places, client="web", version="1.2"):
    return [
        SimpleNamespace(
            client=client, version=version, type=type, field=field, count=5, last=date(2026, 3, 2)
        )
        for type, _, field in (place.partition(".") for place in places)
    ]


def told(before, after, usage, documents=None):
    assert before in OLD
    new = build_schema(OLD.replace(before, after))
    return {
        one.change: one.users for one in findings(build_schema(OLD), new, usage, documents or {})
    }


@pytest.mark.parametrize(
    ("before", "after", "change", "place"),
    [
        ("gone: String", "", "Field User.gone was removed.", "User.gone"),
        (
            "name: String gone",
            "name: Int gone",
            "Field User.name changed type from String to Int.",
            "User.name",
        ),
        ("old: Int, ", "", "Argument Query.user(old:) was removed.", "Query.user(old:)"),
        (
            "user(id: ID,",
            "user(id: ID, now: Int!,",
            "A required argument Query.user(now:) was added.",
            "Query.user",
        ),
        (
            "{ old: Int }",
            "{ other: Int }",
            "Field Inner.old was removed.",
            "Query.user(filter:)",
        ),
        (
            "inner: Inner",
            "inner: Inner now: Int!",
            "A required field Filter.now was added.",
            "Query.user(filter:)",
        ),
        (" BLUE", "", "Enum value Colour.BLUE was removed.", "Query.colour"),
        ("| Page", "", "Page was removed from union type Hit.", "Page.id"),
        (
            "User implements Node",
            "User",
            "User no longer implements interface Node.",
            "Node.id",
        ),
    ],
)
def test_what_is_in_use_is_told_with_its_client_and_what_is_not_without(
    before, after, change, place
):
    assert told(before, after, used(place))[change] == [WEB]
    assert (
        told(before, after, used("Query.search", "User.id" if "Page" in change else "Page.id"))[
            change
        ]
        == []
    )


def test_a_client_is_named_once_however_many_places_it_uses():
    usage = used("Query.colour", "Query.search") + used("Query.colour", client="", version="")
    assert told(" BLUE", "", usage)["Enum value Colour.BLUE was removed."] == [
        WEB,
        "a client without a name, 5 times, last on 2026-03-02",
    ]


def test_trusted_documents_are_in_use_without_being_asked_for():
    documents = {
        "abc": "query Gone { user(id: 1) { gone } } query Kept { user(id: 1) { name } }",
        "def": "{ nothing }",
        "ghi": "no document",
    }
    assert told("gone: String", "", [], documents) == {
        "Field User.gone was removed.": ["trusted document Gone (abc)"]
    }


def test_who_uses_a_directive_is_not_known():
    assert told("directive @old on FIELD", "", []) == {"Directive @old was removed.": None}


# The commands


@pytest.fixture
async def invoke(db, address, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", address)
    rows = [
        ("web", "1.2", "Query", "user", 5, 1), ("web", "1.2", "User", "id", 7, 1),
        ("rest", "", "User", "id", 2, 3), ("old", "", "Query", "node", 1, 90),
        ("web", "1.2", "Node", "id", 1, 1), ("web", "1.2", "Query", "gone", 4, 2),
    ]  # fmt: skip
    await factories.add(
        db,
        *(
            FieldUsage(
                client=client, version=version, type=type, field=field, count=count,
                day=TODAY - timedelta(days),
            )
            for client, version, type, field, count, days in rows
        ),
    )  # fmt: skip

    async def invoke(*arguments):
        # The command runs an event loop of its own.
        return await asyncio.to_thread(CliRunner().invoke, command, [*map(str, arguments)])

    return invoke


async def test_usage_is_shown_most_first_with_who_asked(invoke):
    shown = (await invoke("usage")).output.splitlines()

    assert shown[0] == (f"User.id  9 times, last on {TODAY - timedelta(1)}: rest (2), web 1.2 (7)")
    assert [line.split()[0] for line in shown] == ["User.id", "Query.user", "Query.gone", "Node.id"]


async def test_usage_counts_from_a_day_on_and_is_told_to_programs(invoke):
    done = await invoke("usage", "--json", "--since", TODAY - timedelta(1))

    told = orjson.loads(done.output)
    assert told["since"] == str(TODAY - timedelta(1))
    assert told["fields"][0] == {
        "field": "User.id",
        "count": 7,
        "last": str(TODAY - timedelta(1)),
        "clients": [
            {"name": "web", "version": "1.2", "count": 7, "last": str(TODAY - timedelta(1))}
        ],
    }


async def test_unused_is_what_nobody_asked_for_even_by_an_interface(invoke):
    unused = set((await invoke("usage", "--unused")).output.split())

    assert {"Query.node", "User.username", "Query.user(id:)"} <= unused
    assert unused.isdisjoint({"Query.user", "User.id", "Tag.id", "Node.id"})


async def test_check_fails_for_what_is_in_use_and_passes_what_nobody_uses(invoke, tmp_path):
    old = tmp_path / "old.graphql"
    old.write_text(SDL.replace("type Query {", "type Query {\n  gone: Int\n  forgotten: Int\n"))

    refused = await invoke("check", old)
    passed = await invoke("check", old, "--since", TODAY)

    assert refused.exit_code == 1
    assert refused.output.splitlines() == [
        "unused    Field Query.forgotten was removed.",
        "BREAKING  Field Query.gone was removed.",
        f"          web 1.2, 4 times, last on {TODAY - timedelta(2)}",
        f"Error: 1 changes break what is in use since {TODAY - timedelta(30)}",
    ]
    assert passed.exit_code == 0
    assert passed.output.splitlines() == [
        "unused    Field Query.forgotten was removed.",
        "unused    Field Query.gone was removed.",
    ]


async def test_check_reads_the_trusted_documents(invoke, tmp_path):
    old, manifest = tmp_path / "old.graphql", tmp_path / "documents.json"
    old.write_text(SDL.replace("type Query {", "type Query {\n  forgotten: Int\n"))
    manifest.write_bytes(
        orjson.dumps(
            {
                "format": "apollo-persisted-query-manifest",
                "version": 1,
                "operations": [{"id": "abc", "body": "query Front { forgotten }"}],
            }
        )
    )

    refused = await invoke("check", old, "--documents", manifest)

    assert refused.exit_code == 1
    assert "          trusted document Front (abc)" in refused.output.splitlines()


async def test_a_database_without_the_table_is_named(invoke, db):
    await db.run(FieldUsage.__table__.drop)
    refused = await invoke("usage")
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: The database at ")
    assert "cannot be read" in refused.output


def test_a_server_that_ends_has_written_down_what_was_asked(address, tmp_path):
    data = ("--data", str(tmp_path))
    with serving(*data, "--no-demo", DATABASE_URL=address) as url:
        httpx2.post(
            f"{url}/graphql",
            json={"query": "{ contentItems { id } }"},
            headers={"GraphQL-Client-Name": "web", "GraphQL-Client-Version": "1.2"},
        )

    said = run("schema", "usage", *data, DATABASE_URL=address).stdout.splitlines()

    assert [re.sub(r"on \S+:", "on …:", line) for line in said] == [
        "ContentItem.id  1 times, last on …: web 1.2 (1)",
        "Query.contentItems  1 times, last on …: web 1.2 (1)",
    ]
