"""Who calls the REST door."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from app.main import create_app
from app.models import Session
from app.permissions import Role
from asgi import doors
from tests import factories as make

Signed = Callable[[Role], Awaitable[dict[str, str]]]


@pytest.fixture
def signed(resources) -> Signed:
    """Headers of somebody with a role who is signed in; a guest has none."""

    async def signed(role: Role) -> dict[str, str]:
        if role is Role.GUEST:
            return {}
        now = datetime.now(UTC)
        user = make.user(role=role)
        expires = now + timedelta(days=1)
        session = Session(id=make.ids.new("ses"), user_id=user.id, expires_at=expires)
        await make.add(resources.db, user, session)
        return {"Authorization": f"Bearer {resources.tokens.issue(user.id, session.id, now)[0]}"}

    return signed


@pytest.fixture
def application(resources):
    return create_app(resources, doors=doors(resources))
