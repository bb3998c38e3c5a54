"""What the documentation shows is true: its queries and commands run, and its names exist."""

import re
from pathlib import Path

import pytest
from PIL import Image
from pydantic import TypeAdapter

import cli
from app import demo
from app.models import ContentStatus, Credential
from app.permissions import Actor, Role
from app.rest import deprecation
from app.rest.routes import ROUTES, WRITTEN
from app.setting_values import Deprecation
from app.settings import Settings
from tests import console, factories

ROOT = Path(__file__).parents[1]
PAGES = ["README.md", *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").glob("*.md"))]
READERS = {
    "docs/writing.md": Role.ADMIN,
    "docs/operations.md": Role.ADMIN,
    "docs/accounts.md": Role.USER,
}
PASSWORD = "Correct-Horse-7"
QUERIES = [
    pytest.param(page, query, id=f"{page}-{number}")
    for page in PAGES
    for number, query in enumerate(
        re.findall(r"```graphql\n(?!# app/)(.*?)```", (ROOT / page).read_text(), re.DOTALL)
    )
]
COMMANDS = {
    page: found for page in PAGES if (found := [*console.commands((ROOT / page).read_text())])
}
EXCERPTS = [
    pytest.param(file, text, id=f"{page}-{file}")
    for page in PAGES
    for file, text in re.findall(
        r"```\w+\n# (app/\S+)\n(.*?)```", (ROOT / page).read_text(), re.DOTALL
    )
]


@pytest.mark.parametrize(("page", "query"), QUERIES)
async def test_queries_run(db, data, resources, page, query):
    ada, tag = factories.user(username="ada"), factories.tag("garden")
    item = factories.item(ada, title="A garden", body="# Roses\n\nIn the *garden*.")
    about = factories.item(ada, slug="about", kind="page", status=ContentStatus.PUBLISHED)
    await factories.add(db, ada, tag, item, about, factories.image(), tags={item: [tag]})

    if "createSession" in query:
        hash = await resources.passwords.hash(PASSWORD)
        await factories.add(db, Credential(user_id=ada.id, password_hash=hash))

    profile = {"id": ada.id, "bio": "Gardens.", "preferences": {"theme": "DARK"}}
    values = {
        "user": ada.id, "id": ada.id, "item": item.id, "tag": tag.id, "input": profile,
    }  # fmt: skip
    used = {name: value for name, value in values.items() if f"${name}:" in query}
    answer = await data(query, Actor(ada.id, READERS.get(page, Role.GUEST)), **used)

    assert None not in answer.values()
    assert [payload["errors"] for payload in answer.values() if has_errors(payload)] == []


def has_errors(answer):
    return isinstance(answer, dict) and bool(answer.get("errors"))


def test_there_are_queries_to_run():
    assert len(QUERIES) > 8


async def test_commands_answer_as_shown(http, resources, tmp_path):
    await demo.load(resources.db, resources.storage, password=PASSWORD)
    Image.new("RGB", (640, 480), "crimson").save(tmp_path / "rose.jpg")
    admin = await http.post("/api/v1/auth/login", json={"username": "mira", "password": PASSWORD})
    variables = {"PASSWORD": PASSWORD, "TOKEN": admin.json()["access_token"]}

    for commands in COMMANDS.values():
        shell = console.Console(http, tmp_path, variables)
        for command in commands:
            await shell.run(command)


def test_there_are_commands_to_run():
    assert sorted(COMMANDS) == ["README.md", "docs/rest.md", "docs/writing.md"]
    assert len(COMMANDS["docs/rest.md"]) > 20


@pytest.mark.parametrize(
    ("shown", "found", "differs"),
    [
        ('{"a": 1}', {"a": 1}, None),
        ('{"a": 1}', {"a": 1, "b": 2}, ": ['a'] is not ['a', 'b']"),
        ('{"a": 1, …}', {"a": 1, "b": 2}, None),
        ('{"a": {…}}', {"a": {"b": 2}}, None),
        ('{"a": …}', {"a": None}, None),
        ('["x_…", …]', ["x_1", "y"], None),
        ('["x_…"]', ["x_1", "y"], ": 1 is not 2"),
        ('["x_…"]', ["y"], "/0: x_… is not y"),
        ('{"a": null}', {"a": 0}, "/a: None is not 0"),
    ],
)
def test_what_is_shown_is_compared(shown, found, differs):
    assert console.difference(console.pattern(shown), found) == differs


@pytest.mark.parametrize(("file", "text"), EXCERPTS)
def test_code_that_is_shown_is_in_its_file(file, text):
    assert text in (ROOT / file).read_text()


def test_every_route_is_documented():
    rows = re.findall(r"^\| (`/[^|]+) \| ([A-Z, ]+) \|", rest(), re.MULTILINE)
    told = {
        f"{method} {path}"
        for paths, methods in rows
        for path in re.findall(r"`(/[^`]+)`", paths)
        for method in methods.split(", ")
    }
    assert told == {f"{route.method} {route.path}" for route in WRITTEN}


def test_every_relationship_is_documented():
    table = rest().partition("which one it is")[2].partition("\n\n")[0]
    leads = {
        "/" + route.path.rpartition("/")[2] for route in ROUTES if "/relationships/" in route.path
    }
    assert set(re.findall(r"`(?:/users/\{id\})?(/[\w-]+)`", table)) == leads


def test_deprecations_are_told_as_shown():
    (shown,) = re.findall(r"```json\n(\{\s+\"v1\".*?)```", rest(), re.DOTALL)
    given = TypeAdapter(dict[str, Deprecation]).validate_json(shown)
    routes = {f"{route.method} /api/v2{route.path}" for route in ROUTES}
    told = deprecation.headers(given, "v1", "GET /api/v1/tags")

    assert given.keys() - routes == {"v1"}
    assert sorted(told) == ["Deprecation", "Link", "Sunset"]
    assert [name for name, value in told.items() if f"`{name}: {value}`" not in rest()] == []


def rest():
    return (ROOT / "docs/rest.md").read_text()


@pytest.mark.parametrize("page", PAGES)
def test_files_and_settings_that_are_named_exist(page):
    text = (ROOT / page).read_text()
    links = {link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link}
    missing = [link for link in links if not (ROOT / page).parent.joinpath(link).exists()]
    variables = set(re.findall(r"THINKALIKE_[A-Z0-9_]+", text))
    known = {f"THINKALIKE_{name.upper()}" for name in Settings.model_fields}
    commands = set(re.findall(r"`thinkalike ([a-z]+)", text))

    assert missing == []
    assert variables - known == set()
    assert commands - cli.COMMANDS.keys() == set()


def test_every_command_is_documented():
    text = (ROOT / "docs/operations.md").read_text()
    assert [name for name in cli.COMMANDS if f"`thinkalike {name}" not in text] == []


@pytest.mark.parametrize("path", sorted((ROOT / "docs/adr").glob("*.md")), ids=lambda p: p.stem)
def test_a_decision_is_on_one_page_and_names_what_enforces_it(path):
    text = path.read_text()
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    tests = re.findall(r"`(tests/[\w/]+(?:\.py)?|scripts/\w+|app/[\w/]+\.py)`", text)

    assert headings == [
        "Context", "Decision", "Consequences", "Alternatives considered", "What enforces it",
    ]  # fmt: skip
    assert len(text.splitlines()) < 60
    assert [name for name in tests if not (ROOT / name).exists()] == []
