"""The database that both doors are asked about, who asks, and what a call changes in it."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Table, and_, delete, insert, text, update

from app import indexing
from app.auth import opaque
from app.auth.callers import Credentials
from app.db import Database
from app.http.caller import Caller
from app.models import ApiKey, Base, ContentItem, SearchDocument, Session, User
from app.resources import Resources
from tests import factories as make
from tests.resolvers import access_world
from tests.resolvers.access_world import SECRETS, TOMORROW, restore

BASE_URL = "http://content.example"
CLIENT = "parity"  # what each request is called, and each client

IDS = access_world.IDS | {
    name: f"{prefix}_{number:026}"
    for number, (name, prefix) in enumerate({
        "spare_image": "med", "child": "cat", "missing_tag": "tag", "missing_item": "cnt",
        "other_session": "ses", "editor_session": "ses", "admin_session": "ses",
        "reading_key": "key", "drafts_key": "key",
    }.items(), 100)
}  # fmt: skip
VALUES = {**IDS, **SECRETS, "tomorrow": TOMORROW.isoformat()}
"""What a `$name` in a call stands for."""

SESSIONS = {
    "owner": ("owner", "session"), "other user": ("other", "other_session"),
    "editor": ("editor", "editor_session"), "admin": ("admin", "admin_session"),
}  # fmt: skip
KEYS = {
    "owner's reading key": ("reading_key", ["public:read"]),
    "owner's drafts key": ("drafts_key", ["public:read", "content:read_drafts"]),
}
KEY_SECRET = "k" * 43


def headers(resources: Resources) -> dict[str, dict[str, str]]:
    """What each kind of caller proves with."""
    now = datetime.now(UTC)
    tokens = {
        caller: resources.tokens.issue(IDS[user], IDS[session], now)[0]
        for caller, (user, session) in SESSIONS.items()
    }
    keys = {caller: opaque.api_key(IDS[key], KEY_SECRET) for caller, (key, _) in KEYS.items()}
    return (
        {"guest": {}}
        | {caller: {"Authorization": f"Bearer {token}"} for caller, token in tokens.items()}
        | {caller: {"X-API-Key": key} for caller, key in keys.items()}
    )


async def callers(resources: Resources) -> dict[str, Caller]:
    """The same callers as the REST door finds them, for GraphQL's."""
    found = {}
    for caller, given in headers(resources).items():
        token = given.get("Authorization", "").removeprefix("Bearer ")
        proof = Credentials(token or None, given.get("X-API-Key"))
        actor = await resources.callers.actor(proof)
        found[caller] = Caller(actor, BASE_URL, CLIENT, "127.0.0.1", CLIENT)
    return found


async def build(db: Database) -> None:
    """The world of the access matrix; its published item and its owner lead everywhere."""
    await restore(db)
    owner = IDS["owner"]
    category = make.category("Child", id=IDS["child"])
    category.parent_id = IDS["category"]
    await make.add(
        db,
        make.image(id=IDS["spare_image"], uploaded_by_id=owner),
        category,
        *(
            Session(id=IDS[session], user_id=IDS[user], expires_at=TOMORROW)
            for user, session in SESSIONS.values() if session != "session"
        ),
        *(
            ApiKey(  # used just now: that it is used again is not written down
                id=IDS[key], user_id=owner, name=key, scopes=scopes, last_used_at=TOMORROW,
                digest=opaque.digest(KEY_SECRET),
            )
            for key, scopes in KEYS.values()
        ),
    )  # fmt: skip
    image, published = IDS["image"], IDS["published"]
    async with db.write() as session:
        await session.execute(
            update(User).where(User.id == owner).values(profile_image_id=image)
        )
        await session.execute(
            update(ContentItem)
            .where(ContentItem.id == published)
            .values(category_id=IDS["category"], featured_image_id=image)
        )
        link = {"item_id": published, "tag_id": IDS["tag"], "position": 0}
        await session.execute(insert(Base.metadata.tables["content_tags"]), [link])


# --- What a call changes -------------------------------------------------------------------------

Key = tuple[Any, ...]
Rows = dict[Key, dict[str, Any]]
TABLES = Base.metadata.sorted_tables
UNCHECKED = {  # rows that lead to each other come back one after another
    "sqlite": "PRAGMA defer_foreign_keys = ON",
    "postgresql": "SET LOCAL session_replication_role = replica",
}
LONG = re.compile(r"[\w.$=,+/-]{26,}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True, slots=True)
class Changes:
    """Tables whose rows are not what they were, before and after."""

    before: Mapping[str, Rows]
    after: Mapping[str, Rows]

    def told(self, world: "World") -> dict[str, Any]:
        """Which rows went and came, whatever ids, times and secrets are new."""
        return {
            name: [
                Counter(repr(world.plain(_told(name, row))) for row in gone)
                for gone in _both(self.before[name], self.after[name])
            ]
            for name in self.before
        }


def _both(before: Rows, after: Rows) -> Iterator[list[dict[str, Any]]]:
    yield [row for key, row in before.items() if after.get(key) != row]
    yield [row for key, row in after.items() if before.get(key) != row]


def _told(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    counted = Base.metadata.tables[name].autoincrement_column
    return {key: value for key, value in row.items() if counted is None or key != counted.name}


class World:
    """A database as `build` made it, to be asked what has changed and to be made as it was."""

    def __init__(self, db: Database, rows: dict[str, Rows]) -> None:
        self._db = db
        self._rows = rows
        self._known = set(_leaves([rows, list(VALUES.values()), TOMORROW]))

    @classmethod
    async def of(cls, db: Database) -> "World":
        await build(db)
        return cls(db, await _dump(db))

    def plain(self, value: Any) -> Any:
        """A value without the ids, times and secrets that this world did not know before."""
        if isinstance(value, dict):
            return {key: self.plain(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.plain(inner) for inner in value]
        if isinstance(value, datetime):
            return value if value in self._known else "<time>"
        if isinstance(value, str):
            text = TIME.sub(self._time, value)
            return LONG.sub(lambda run: run[0] if run[0] in self._known else "<new>", text)
        return value

    def _time(self, found: re.Match[str]) -> str:
        return found[0] if datetime.fromisoformat(found[0]) in self._known else "<time>"

    async def changes(self) -> Changes:
        after = await _dump(self._db)
        names = [name for name, rows in self._rows.items() if after[name] != rows]
        return Changes(*({name: rows[name] for name in names} for rows in (self._rows, after)))

    async def undo(self, changes: Changes) -> None:
        async with self._db.write() as session:
            await session.execute(text(UNCHECKED[self._db.dialect]))
            for table in reversed(TABLES):
                if table.name in changes.after and table is not SearchDocument.__table__:
                    for key in changes.after[table.name].keys() - changes.before[table.name]:
                        await session.execute(delete(table).where(_at(table, key)))
            for table in TABLES:
                if table.name in changes.before and table is not SearchDocument.__table__:
                    after = changes.after[table.name]
                    for key, row in changes.before[table.name].items():
                        if key not in after:
                            await session.execute(insert(table).values(row))
                        elif after[key] != row:
                            await session.execute(update(table).where(_at(table, key)).values(row))
            await self._find_again(session, changes)

    async def _find_again(self, session: Any, changes: Changes) -> None:
        name = SearchDocument.__tablename__
        if name not in changes.before:
            return
        gone, come = _both(changes.before[name], changes.after[name])
        await indexing.remove(session, [row["subject_id"] for row in (*gone, *come)])
        entries = [indexing.Entry(row["subject_id"], row["title"], row["text"]) for row in gone]
        await indexing.put(session, entries)


async def _dump(db: Database) -> dict[str, Rows]:
    """Every row of every table; a search document is known by its subject, whatever its number."""

    def read(connection: Any) -> dict[str, Rows]:
        return {
            table.name: {
                _key(table, row): row
                for row in map(dict, connection.execute(table.select()).mappings())
            }
            for table in TABLES
        }

    found: dict[str, Rows] = await db.inspect(read)
    return found


def _key(table: Table, row: dict[str, Any]) -> Key:
    if table is SearchDocument.__table__:
        return (row.pop("id") and row["subject_id"],)
    return tuple(row[column.name] for column in table.primary_key)


def _at(table: Table, key: Key) -> Any:
    return and_(*(column == value for column, value in zip(table.primary_key, key, strict=True)))


def _leaves(value: Any) -> Iterator[Any]:
    """The moments and long words in a value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(key)
            yield from _leaves(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _leaves(inner)
    elif isinstance(value, datetime):
        yield value
    elif isinstance(value, str):
        yield from LONG.findall(value)
