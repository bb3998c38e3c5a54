"""The community that the examples are of."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx2

from app.auth import opaque
from app.models import ApiKey, Credential, MailedToken, Media, Purpose, Session, User
from app.permissions import Role
from app.resources import Resources
from tests import factories as make

PASSWORD = "Otter-Lantern-47"
TOKENS = {Purpose.VERIFY_EMAIL: "verify", Purpose.RESET_PASSWORD: "reset"}


@dataclass
class World:
    """Ids by the names that the requests use, and the headers of who sends them."""

    soon = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    ids: dict[str, str] = field(default_factory=dict)
    callers: dict[str, dict[str, str]] = field(default_factory=lambda: {"guest": {}})

    @property
    def named(self) -> dict[str, str]:
        return self.ids | {"soon": self.soon}


async def build(resources: Resources, client: httpx2.AsyncClient) -> World:
    world = World()
    await _rows(resources, world)
    await _items(client, world)
    return world


async def _rows(resources: Resources, world: World) -> None:
    now = datetime.now(UTC)
    image = _image("rose", alt_text="A red rose", title="Rose")
    people = {
        "ada": make.user(
            username="ada", full_name="Ada Lovelace", bio="Gardens, and what grows there.",
            email="ada@example.org", email_key="ada@example.org", email_verified_at=make.NOON,
            role=Role.ADMIN, profile_image_id=image.id,
        ),
        "ben": make.user(username="ben", email="ben@example.org", email_key="ben@example.org"),
        "dora": make.user(username="dora", deactivated_at=make.NOON),
    }  # fmt: skip
    hash = await resources.passwords.hash(PASSWORD)
    sessions = {
        name: _session(people[who], make.NOON + timedelta(hours=hour), now + timedelta(days=30))
        for hour, (name, who) in enumerate([("session", "ada"), ("ben's", "ben"), ("here", "ada")])
    }
    key = ApiKey(
        id=make.ids.new("key"), user_id=people["ada"].id, name="Site generator",
        scopes=["public:read"], digest=opaque.digest("x"), created_at=make.NOON,
    )  # fmt: skip
    gardens = make.category("Gardens", description="Where things grow.", created_at=make.NOON)
    rows = {
        **people, "picture": image, "unused": _image("leaf"),
        "gardens": gardens, "roses": make.category("Roses", gardens, created_at=make.NOON),
        "garden": make.tag("garden", created_at=make.NOON),
        "yard": make.tag("yard", created_at=make.NOON),
        "key": key, **sessions,
    }  # fmt: skip
    tokens = [
        MailedToken(
            digest=opaque.digest(token), user_id=people["ben"].id, purpose=purpose,
            email_key="ben@example.org", expires_at=now + timedelta(hours=1),
        )
        for purpose, token in TOKENS.items()
    ]  # fmt: skip
    image_first = sorted(rows.values(), key=lambda row: row is not image)
    await make.add(resources.db, *image_first)
    credentials = [Credential(user_id=people[who].id, password_hash=hash) for who in ("ada", "ben")]
    await make.add(resources.db, *credentials, *tokens)
    world.ids |= {name: row.id for name, row in rows.items()}
    for who, name in {"ada": "here", "ben": "ben's"}.items():
        token = resources.tokens.issue(people[who].id, sessions[name].id, now)[0]
        world.callers[who] = {"Authorization": f"Bearer {token}"}


def _session(user: User, at: datetime, until: datetime) -> Session:
    return Session(
        id=make.ids.new("ses"), user_id=user.id, created_at=at, last_seen_at=at, expires_at=until,
        user_agent="Firefox", ip_address="192.0.2.7",
    )  # fmt: skip


def _image(name: str, **columns: str) -> Media:
    address = f"https://images.example/{name}.png"
    return make.image(file_name=f"{name}.png", external_url=address, **columns)


ITEM = {
    "title": "A garden in June",
    "summary": "What is in bloom.",
    "body": {"value": "# Roses\n\nThe roses are *out*."},
}


async def _items(client: httpx2.AsyncClient, world: World) -> None:
    """Made and changed like others, so that they have revisions."""
    ids = world.ids
    full = ITEM | {
        "category_id": ids["gardens"], "featured_image_id": ids["picture"],
        "tag_ids": [ids["garden"]], "publish": True,
    }  # fmt: skip
    wanted = {
        "item": full,
        "draft": {"title": "Roses in July", "body": ITEM["body"]},
        "empty": {"title": "Nothing yet"},
        "trashed": {"title": "Weeds"},
    }
    for name, body in wanted.items():
        answer = await client.post("/api/v1/content-items", json=body, headers=world.callers["ada"])
        ids[name] = answer.json()["data"]["id"]
    at = "/api/v1/content-items/"
    changed = await client.patch(
        at + ids["item"], json={"summary": "All in bloom."}, headers=world.callers["ada"]
    )
    assert changed.status_code == 200
    thrown = await client.delete(at + ids["trashed"], headers=world.callers["ada"])
    assert thrown.status_code == 204
