"""What is read: made by us, so that right answers are known without asking the server."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app import migrations
from app.auth.tokens import Tokens
from app.db import Database
from app.models import ContentItem, Session, Tag, User
from app.settings import Settings
from benches.chaos.asked import Read, by_hash, posted
from benches.queries import SAMPLE
from tests import factories as make

SECRET = "for these measurements and nothing else"
MINUTES = 600
PEOPLE, ITEMS, TAGS, WRITERS = 40, 6, 30, 4
USER = "query User($id: ID!) { user(id: $id) { id username } }"
VIEWER = "query Me { viewer { user { id username } } }"
TITLES = """query Titles($id: ID!) {
  user(id: $id) { contentItems(sortBy: CREATED_AT, sortDirection: ASC) { title author { id } } }
}"""
SLOW = "query Tags { tags(first: 50) { nodes { name } } }"


@dataclass(frozen=True, slots=True)
class Content:
    """`tags` is what SLOW answers."""

    reads: Sequence[Read]
    writers: Sequence[str]
    tags: dict[str, Any]


async def made(address: str) -> Content:
    """Fill an empty database."""
    db = Database.at(address)
    await migrations.upgrade(db)
    people = [make.user() for _ in range(PEOPLE)]
    items = {user.id: [make.item(user) for _ in range(ITEMS)] for user in people}
    tags = [make.tag(f"tag {number:03}") for number in range(TAGS)]
    writers = [make.user(role="EDITOR") for _ in range(WRITERS)]
    sessions = {user.id: _session(user) for user in (*people, *writers)}
    every = [item for some in items.values() for item in some]
    await make.add(db, *people, *writers, *sessions.values(), *tags, *every)
    await db.close()
    tokens = _tokens()

    def token(user: User) -> str:
        return tokens.issue(user.id, sessions[user.id].id, datetime.now(UTC))[0]

    reads = [read for user in people for read in _reads(user, items[user.id], token(user))]
    return Content(reads, [token(user) for user in writers], _tags(tags))


def _tokens() -> Tokens:
    settings = Settings(_env_file=None, secret_key=SECRET, access_token_minutes=MINUTES)  # type: ignore[call-arg, arg-type]
    return Tokens.of(settings, SECRET.encode())


def _session(user: User) -> Session:
    return Session(user_id=user.id, expires_at=datetime.now(UTC) + timedelta(days=1))


def _reads(user: User, items: Sequence[ContentItem], token: str) -> list[Read]:
    known, id = {"id": user.id, "username": user.username}, {"id": user.id}
    titles = [{"title": item.title, "author": id} for item in items]
    newest = [
        {
            "id": item.id, "title": item.title, "summary": None,
            "createdAt": item.created_at.isoformat(),
            "author": known, "featuredImage": None,
        }
        for item in reversed(items)
    ][:5]  # fmt: skip
    return [
        Read("user", posted(USER, id), {"user": known}),
        Read("viewer", posted(VIEWER, token=token), {"viewer": {"user": known}}),
        Read("titles", posted(TITLES, id), {"user": {"contentItems": titles}}),
        by_hash("sample", SAMPLE, id, {"user": {**known, "contentItems": newest}}),
    ]


def _tags(tags: Sequence[Tag]) -> dict[str, Any]:
    return {"tags": {"nodes": [{"name": tag.name} for tag in tags]}}
