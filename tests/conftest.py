"""Fixtures: every test that takes `db` runs on SQLite and on a real PostgreSQL."""

import gc
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import hypothesis
import pytest

from app import migrations
from app.db import Database
from app.documents import MemoryDocuments
from app.http.caller import Caller
from app.main import create_app
from app.permissions import GUEST, Actor
from app.resources import Resources
from app.serving.server import settle
from app.settings import Settings
from asgi import doors
from resolvers.endpoint.parameters import Parameters
from resolvers.execution import Operations
from tests import servers
from tests.databases import Databases

# Most tests send a text once; its plan is what they are to test, in this process and in others.
os.environ.setdefault("THINKALIKE_ENGINE_PLAN_AFTER", "0")

# A machine that others use, too, says nothing about the time that an example takes.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

BASE_URL = "http://content.example"

Ask = Callable[..., Awaitable[dict[str, Any]]]


def pytest_collection_finish() -> None:
    """The garbage collector as the server has it; as it comes, it takes a fifth of the time."""
    settle()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A running PostgreSQL: the address of a database, its name left open."""
    with servers.postgresql() as address:
        yield address


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
async def migrated(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[str | Databases]:
    """An empty SQLite database at the newest schema, to be copied, or such ones on PostgreSQL."""
    if request.param == "postgresql":
        databases = Databases(request.getfixturevalue("postgresql"), migrate)
        yield databases
        await databases.close()
    else:
        address = f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'template.db'}"
        await migrate(address)
        yield address


async def migrate(address: str) -> None:
    """Bring the database there to the newest schema."""
    database = Database.at(address)
    await migrations.upgrade(database)
    await database.close()


@pytest.fixture
async def address(migrated: str | Databases, tmp_path: Path) -> AsyncIterator[str]:
    """The address of an empty, migrated database."""
    if isinstance(migrated, Databases):
        async with migrated.one() as address:
            yield address
    else:
        file = shutil.copy(migrated.removeprefix("sqlite:///"), tmp_path / "test.db")
        yield f"sqlite:///{file}"


@pytest.fixture
async def db(address: str) -> AsyncIterator[Database]:
    """A fresh, empty database."""
    database = Database.at(address, pool=5)
    yield database
    await database.close()


@pytest.fixture
async def statements(db: Database) -> AsyncIterator[list[str]]:
    """Every SQL statement from now on, but those that read flags: once a second, whoever asks."""
    await db.check()  # the first connection asks the server a few things
    seen: list[str] = []

    def observe(statement: str, _parameters: Any) -> None:
        if not statement.startswith("SELECT feature_flags."):
            seen.append(statement)

    stop = db.observe(observe)
    yield seen
    stop()


@pytest.fixture
def collected() -> Iterator[None]:
    """Whatever the test leaves is collected in it, not in one that fails by its warnings."""
    gc.freeze()  # what others have left takes seconds to look through
    yield
    gc.collect()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an embedded server, whatever the environment of the test run says."""
    return Settings(_env_file=None, data_dir=tmp_path / "data", public_url=BASE_URL)  # type: ignore[call-arg]


@pytest.fixture
async def resources(settings: Settings, db: Database) -> AsyncIterator[Resources]:
    resources = Resources.on(db, MemoryDocuments(), settings)
    yield resources
    await resources.callers.close()


@pytest.fixture
def ask(resources: Resources) -> Ask:
    """Run a query as an actor and answer with the response's body."""
    operations = Operations(resources)

    async def ask(query: str, actor: Actor = GUEST, **variables: Any) -> dict[str, Any]:
        answer = await operations.run(
            Parameters(query, variables=variables), Caller(actor, BASE_URL, "test")
        )
        return answer.body

    return ask


@pytest.fixture
def data(ask: Ask) -> Ask:
    """Run a query that must succeed and answer with its data."""

    async def data(query: str, actor: Actor = GUEST, **variables: Any) -> dict[str, Any]:
        body = await ask(query, actor, **variables)
        assert "errors" not in body, body["errors"]
        return body["data"]  # type: ignore[no-any-return]

    return data


@pytest.fixture
async def http(resources: Resources) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the whole application, in this process."""
    app = create_app(resources, doors=doors(resources))
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url=BASE_URL) as client:
        yield client
