"""Somebody with a role who is signed in."""

from datetime import UTC, datetime, timedelta

from app.models import Session
from app.permissions import Role
from app.resources import Resources
from tests import factories as make


async def signed_in(resources: Resources, role: Role) -> dict[str, str]:
    """Their headers; a guest has none."""
    if role is Role.GUEST:
        return {}
    now = datetime.now(UTC)
    user = make.user(role=role)
    expires = now + timedelta(days=1)
    session = Session(id=make.ids.new("ses"), user_id=user.id, expires_at=expires)
    await make.add(resources.db, user, session)
    return {"Authorization": f"Bearer {resources.tokens.issue(user.id, session.id, now)[0]}"}
