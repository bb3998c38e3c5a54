"""What the documentation shows is true: its queries run, and its names exist."""

import re
from pathlib import Path

import pytest

import cli
from app.models import ContentStatus, Credential
from app.permissions import Actor, Role
from app.settings import Settings
from tests import factories

ROOT = Path(__file__).parents[1]
PAGES = ["README.md", *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").glob("*.md"))]
READERS = {"docs/writing.md": Role.ADMIN, "docs/accounts.md": Role.USER}
PASSWORD = "Correct-Horse-7"
QUERIES = [
    pytest.param(page, query, id=f"{page}-{number}")
    for page in PAGES
    for number, query in enumerate(
        re.findall(r"```graphql\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)
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
