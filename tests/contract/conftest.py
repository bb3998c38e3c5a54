"""What a client may rely on, whatever the database: these tests run once, on SQLite."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import httpx2
import pytest

from app.db import Database
from app.documents import MemoryDocuments
from app.main import create_app
from app.resources import Resources
from app.settings import Settings
from asgi import doors
from tests.conftest import BASE_URL, migrate

Serve = Callable[..., Awaitable[httpx2.AsyncClient]]


@pytest.fixture(scope="session")
async def migrated(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An empty database at the newest schema, to be copied."""
    address = f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'template.db'}"
    await migrate(address)
    return address


@pytest.fixture
async def serve(settings: Settings, db: Database) -> AsyncIterator[Serve]:
    """Makes clients of the whole application with some settings changed."""
    async with AsyncExitStack() as clients:

        async def serve(**changed: Any) -> httpx2.AsyncClient:
            chosen = settings.model_copy(update=changed)
            resources = Resources.on(db, MemoryDocuments(), chosen)
            app = create_app(resources, doors=doors(resources))
            transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
            client = httpx2.AsyncClient(transport=transport, base_url=BASE_URL)
            return await clients.enter_async_context(client)

        yield serve


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing that a client sends is an error of ours."""
    yield
    failures = [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    assert failures == []
