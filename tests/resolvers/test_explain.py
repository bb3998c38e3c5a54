"""What developers are told of a plan: `extensions.plan`, and `thinkalike explain`."""

import asyncio
import re
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner

from app import migrations
from app.db import Database
from app.main import create_app
from app.setting_values import Environment
from asgi import doors
from cli import main
from tests import factories
from tests.conftest import BASE_URL

QUERY = (
    "{ contentItems(limit: 5) { title author { username } tags { name } viewerCan { update } } }"
)
WHOLE = "{ contentItems(limit: 5) { title author { username } tags { name } } }"
OUTLINE = [
    "Query: -",
    "  contentItems (loaded for all by load_content_items)",
    "    ContentItem: title",
    "      author (loaded for all by load_row)",
    "        User: username",
    "      tags (loaded for all by load_tags)",
    "        Tag: name",
    "      viewerCan (loaded for all by load_abilities)",
    "        ContentItemAbilities: update",
]


@pytest.fixture
def settings(settings):
    """With plans, whatever the other tests are run with."""
    return settings.model_copy(update={"engine": "plan"})


@pytest.fixture
async def garden(db):
    ada, tag = factories.user(username="ada"), factories.tag("garden")
    items = [factories.item(ada, title=title) for title in ("Roses", "Paths")]
    await factories.add(db, ada, tag, *items, tags={items[0]: [tag]})


async def ask(http, extensions, query=QUERY):
    answer = await http.post("/graphql", json={"query": query, "extensions": extensions})
    return answer.json()


async def test_a_plan_is_told_to_who_asks(http, garden, statements):
    plan = (await ask(http, {"plan": True}))["extensions"]["plan"]

    assert list(plan) == ["executed", "outline", "loads"]
    assert (plan["executed"], plan["outline"]) == ("by plan", OUTLINE)
    assert [list(load) for load in plan["loads"]] == [
        ["level", "fields", "load", "parents", "milliseconds", "statements"]
    ] * 3
    assert [
        (one["level"], one["fields"], one["load"], one["parents"]) for one in plan["loads"]
    ] == [
        (1, ["Query.contentItems"], "load_content_items", 1),
        (2, ["ContentItem.author"], "load_row", 2),
        (2, ["ContentItem.tags"], "load_tags", 2),
    ]
    told = [statement for load in plan["loads"] for statement in load["statements"]]
    assert [statement["sql"] for statement in told] == statements
    assert len(statements) == 3
    assert {type(one["milliseconds"]) for one in plan["loads"] + told} == {float}
    assert all(statement["milliseconds"] >= 0 for statement in told)


async def test_what_is_loaded_whole_is_told(http, garden, statements):
    plan = (await ask(http, {"plan": True}, WHOLE))["extensions"]["plan"]

    assert plan["outline"] == ["Query: -", "  contentItems (loaded whole, with all below)"]
    (load,) = plan["loads"]
    assert (load["fields"], load["load"], load["parents"]) == (
        ["Query.contentItems"],
        "loaded whole, with all below",
        1,
    )
    assert [one["sql"] for one in load["statements"]] == statements


@pytest.mark.parametrize("extensions", [{}, {"plan": False}, {"plan": "true"}, {"plan": 1}])
async def test_it_is_not_told_to_who_does_not_ask(http, garden, extensions):
    assert list((await ask(http, extensions))["extensions"]) == ["cost"]


async def test_why_there_was_no_plan_is_told(http):
    told = await ask(http, {"plan": True}, "{ __schema { queryType { name } } }")

    assert told["extensions"]["plan"] == {"executed": "field by field", "reason": "introspection"}


async def test_a_document_that_is_refused_has_none(http):
    told = await ask(http, {"plan": True}, "{ nothing }")

    assert list(told) == ["errors"]


def client(resources, **changed):
    """A client of an application with some settings changed."""
    settings = resources.settings.model_copy(update=changed)
    resources = replace(resources, settings=settings)
    transport = httpx2.ASGITransport(create_app(resources, doors=doors(resources)))
    return httpx2.AsyncClient(transport=transport, base_url=BASE_URL)


@pytest.mark.parametrize("engine", ["off", "shadow"])
async def test_the_mode_is_told_where_it_is_the_reason(resources, garden, engine):
    async with client(resources, engine=engine, engine_sample=0.0) as http:
        answer = await ask(http, {"plan": True})

    assert answer["extensions"]["plan"] == {"executed": "field by field", "reason": engine}


async def test_a_plan_is_made_when_an_operation_is_seen_again(resources, garden):
    async with client(resources, engine_plan_after=1) as http:
        told = [(await ask(http, {"plan": True}))["extensions"]["plan"] for _ in range(2)]

    assert told[0] == {"executed": "field by field", "reason": "first sight"}
    assert told[1]["executed"] == "by plan"


async def test_nobody_is_told_in_production(resources, garden):
    async with client(resources, environment=Environment.PRODUCTION) as http:
        answer = await ask(http, {"plan": True})

    assert [item["title"] for item in answer["data"]["contentItems"]] == ["Paths", "Roses"]
    assert list(answer["extensions"]) == ["cost"]


# --- The command ---------------------------------------------------------------------------------


@pytest.fixture
def explain(tmp_path, monkeypatch):
    """Run the command on a small database; the answer are its status, output and errors."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    asyncio.run(_fill(f"sqlite:///{tmp_path / 'thinkalike.db'}"))

    def explain(query, *options):
        (tmp_path / "query.graphql").write_bytes(
            query if isinstance(query, bytes) else query.encode()
        )
        command = ["explain", "query.graphql", "--data", str(tmp_path), *options]
        done = CliRunner().invoke(main, command)
        return done.exit_code, done.stdout, done.stderr

    return explain


async def _fill(address):
    database = Database.at(address)
    await migrations.upgrade(database)
    ada, eve = (factories.user(username=name) for name in ("ada", "eve"))
    await factories.add(database, ada, eve, factories.item(ada, title="Roses"))
    await database.close()


TIME = re.compile(r"[\d.]+ ms")
VIEWER = "query Me { viewer { user { username } } }"


def test_the_command_prints_levels_loads_and_statements(explain):
    status, output, errors = explain(QUERY)

    lines = TIME.sub("_ ms", output).splitlines()
    assert (status, errors) == (0, "")
    assert lines[0] == "executed by plan"
    assert lines[1:10] == [f"  {line}" for line in OUTLINE]
    loads = [line for line in lines[10:] if not line.startswith(" ")]
    assert loads == [
        "level 1: Query.contentItems by load_content_items, 1 parents, _ ms",
        "level 2: ContentItem.author by load_row, 1 parents, _ ms",
        "level 2: ContentItem.tags by load_tags, 1 parents, _ ms",
    ]
    statements = [line for line in lines[10:] if line.startswith(" ")]
    assert len(statements) == 3
    assert all(line.startswith("  _ ms  SELECT ") for line in statements)


def test_it_prints_what_the_documentation_shows(explain):
    page = (Path(__file__).parents[2] / "docs/engine.md").read_text()
    (query,) = re.findall(r"```graphql\n(.*?)```", page, re.DOTALL)
    (shown,) = re.findall(r"```text\n(executed.*?)```", page, re.DOTALL)

    output = TIME.sub("_ ms", explain(query)[1]).splitlines()

    expected = TIME.sub("_ ms", shown).splitlines()
    assert [line.split(" …")[0] for line in expected] == [
        line[: len(one.split(" …")[0])] for line, one in zip(output, expected, strict=True)
    ]


def test_it_is_run_as_a_guest_or_as_who_is_named(explain):
    load = "level 1: Viewer.user by load_row, 1 parents, "

    assert load not in explain(VIEWER)[1]
    assert load in explain(VIEWER, "--as", "eve")[1]


def test_errors_of_fields_are_told_with_the_plan(explain):
    status, output, _ = explain("{ auditLog(first: 1) { totalCount } }")

    assert status == 0
    assert output.splitlines()[:2] == ["error: Sign in to do this", "executed by plan"]


def test_why_there_is_no_plan_is_printed(explain):
    done = explain("{ __schema { queryType { name } } }")

    assert done == (0, "executed field by field, since: introspection\n", "")


WRONG = "Variable '$id' has invalid value:"
WITH_ID = "query a($id: ID!) { user(id: $id) { id } } query b { tags(first: 1) { totalCount } }"


@pytest.mark.parametrize(
    ("query", "options", "line"),
    [
        ("mutation { requestEmailVerification(input: {}) { clientMutationId } }", [],
         "Only queries are explained: what changes something is not run"),
        (WITH_ID, ["--operation", "a"],
         f"{WRONG} Expected a value of non-null type 'ID!' to be provided."),
        (WITH_ID, ["--operation", "c"], "Unknown operation named 'c'."),
        (WITH_ID, [],
         "Must provide operation name: the document has several operations."),
        (WITH_ID, ["--variables", "{"],
         "--variables is not JSON: unexpected end of data: line 1 column 2 (char 1)"),
        (WITH_ID, ["--variables", "[]"], "--variables must be a JSON object"),
        (QUERY, ["--as", "nobody"], "There is no user nobody"),
        ("{ nothing }", [], "Cannot query field 'nothing' on type 'Query'."),
        ("{", [], "Syntax Error: Expected Name, found <EOF>."),
        (b"\xff\xfe\x00", [], "Syntax Error: Unexpected character: U+FFFD."),
    ],
)  # fmt: skip
def test_what_cannot_be_explained_is_one_line(explain, query, options, line):
    assert explain(query, *options) == (1, "", f"Error: {line}\n")
