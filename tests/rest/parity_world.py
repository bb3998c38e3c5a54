"""The database that both doors are asked about, and who asks."""

from datetime import UTC, datetime

from sqlalchemy import insert, update

from app.auth import opaque
from app.auth.callers import Credentials
from app.db import Database
from app.http.caller import Caller
from app.models import ApiKey, ContentItem, Session, User, content_tags
from app.resources import Resources
from tests import factories as make
from tests.resolvers import access_world
from tests.resolvers.access_world import SECRETS, TOMORROW, restore
from tests.rest.parity_rows import World

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
CREATED, JANUARY, UPDATED, FEBRUARY, PUBLISHED = (
    datetime(2025, month, day, tzinfo=UTC)
    for month, day in ((1, 1), (1, 31), (2, 1), (2, 28), (3, 1))
)
"""When things happened to the published item, and between these."""

MOMENTS = {"january": JANUARY, "february": FEBRUARY, "tomorrow": TOMORROW}
VALUES = IDS | SECRETS | {name: moment.isoformat() for name, moment in MOMENTS.items()}
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


async def build(db: Database) -> World:
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
        await session.execute(update(User).where(User.id == owner).values(profile_image_id=image))
        await session.execute(
            update(ContentItem)
            .where(ContentItem.id == published)
            .values(
                category_id=IDS["category"], featured_image_id=image,
                created_at=CREATED, updated_at=UPDATED, published_at=PUBLISHED,
            )
        )  # fmt: skip
        link = {"item_id": published, "tag_id": IDS["tag"], "position": 0}
        await session.execute(insert(content_tags), [link])
    return await World.of(db, TOMORROW, *VALUES.values())
