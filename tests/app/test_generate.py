"""The generator: sizes, shares, the same rows for the same seed."""

import hashlib
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from app import richtext
from app.db import Database
from app.errors import StartupError
from app.generate import rows
from app.generate.load import generate
from app.generate.plan import Plan
from app.generate.words import SIZE, vocabulary
from app.models import (
    Category,
    ContentItem,
    ContentStatus,
    Media,
    MediaKind,
    SearchDocument,
    Tag,
    User,
    content_tags,
)
from app.permissions import GUEST
from app.richtext import Format
from app.selects import CONTENT
from app.selects.search import Query, hits
from app.text import words
from cli import main

TABLES = [User, Media, Tag, Category, ContentItem, content_tags, SearchDocument]
SMALL = Plan(users=20, items=150, media=30, tags=12, seed=7)


async def counts(db: Database) -> dict[str, int]:
    tables = [getattr(one, "__table__", one) for one in TABLES]
    return {
        table.name: (await db.fetch(select(func.count()).select_from(table)))[0][0]
        for table in tables
    }


def fingerprint(plan: Plan) -> str:
    everything = [
        rows.categories(plan), *(list(each(plan)) for each in (rows.users, rows.media, rows.tags)),
        list(rows.items(plan)),
    ]  # fmt: skip
    return hashlib.sha256(repr(everything).encode()).hexdigest()


async def test_sizes(db: Database) -> None:
    told: list[tuple[str, int]] = []
    await generate(db, SMALL, lambda what, n: told.append((what, n)))

    links = sum(len(links) for _, links, _ in rows.items(SMALL))
    assert await counts(db) == {
        "users": 20, "media": 30, "tags": 12, "categories": 39, "content_items": 150,
        "content_tags": links, "search_documents": 20 + 30 + 12 + 150,
    }  # fmt: skip
    assert told == [("users", 20), ("media", 30), ("tags", 12), ("items", 150)]


@pytest.mark.parametrize(
    "plan",
    [
        Plan(users=0, items=0, media=0, tags=0),
        Plan(users=0, items=0, media=3, tags=0),
        Plan(users=1, items=2, media=0, tags=0),
        Plan(users=0, items=0, media=0, tags=5),
    ],
)
async def test_any_size(db: Database, plan: Plan) -> None:
    await generate(db, plan)

    found = await counts(db)
    assert [found[name] for name in ("users", "content_items", "media", "tags")] == [
        plan.users, plan.items, plan.media, plan.tags
    ]  # fmt: skip
    assert found["categories"] == (39 if plan.items else 0)


def test_items_need_users() -> None:
    with pytest.raises(StartupError, match="at least one user"):
        Plan(users=0, items=1)
    with pytest.raises(StartupError, match="0 or more"):
        Plan(tags=-1)


def test_the_same_arguments_make_the_same_rows() -> None:
    assert fingerprint(SMALL) == fingerprint(Plan(20, 150, 30, 12, 7))
    assert fingerprint(SMALL) != fingerprint(Plan(20, 150, 30, 12, 8))


def test_the_rows_of_a_seed_are_known() -> None:
    # Benches of different days compare themselves by them.
    row, _, _ = next(rows.items(SMALL))
    assert row["id"] == "cnt_01fr9ez700fbf8e89vtf60bg93"
    assert row["created_at"] == datetime(2022, 1, 4, 15, 40, 48, tzinfo=UTC)
    assert row["slug"] == "smorgasbord-wound-time-part-kocem-7-0"


async def test_stored_as_generated(db: Database) -> None:
    await generate(db, SMALL)

    row, links, _ = list(rows.items(SMALL))[42]
    (stored,) = await db.fetch(select(ContentItem.__table__).where(ContentItem.id == row["id"]))
    assert {name: getattr(stored, name) for name in row} == row
    kept = await db.fetch(
        select(content_tags).where(content_tags.c.item_id == row["id"]).order_by("position")
    )
    assert [link._asdict() for link in kept] == links


async def test_another_seed_is_added_and_the_same_one_refused(db: Database) -> None:
    await generate(db, SMALL)
    await generate(db, Plan(users=5, items=10, media=0, tags=3, seed=8))
    before = await counts(db)
    assert (before["users"], before["content_items"]) == (25, 160)

    with pytest.raises(StartupError, match="already generated with this seed, 7"):
        await generate(db, Plan(users=1, items=3, media=0, tags=0, seed=7))

    assert await counts(db) == before


async def test_guests_see_what_is_published(db: Database) -> None:
    await generate(db, SMALL)

    seen = await db.fetch(CONTENT.visible(GUEST))

    published = [row for row, _, _ in rows.items(SMALL) if row["status"] is ContentStatus.PUBLISHED]
    assert {row.id for row in seen} == {row["id"] for row in published}


async def test_search_finds_what_is_written(db: Database) -> None:
    await generate(db, SMALL)
    word = "people"
    expected = {
        entry.subject_id
        for row, _, entry in rows.items(SMALL)
        if row["status"] is ContentStatus.PUBLISHED
        and any(one.startswith(word) for one in words(f"{entry.title} {entry.text}"))
    }

    found = await db.fetch(hits(GUEST, Query(word, ("cnt",))))

    assert expected
    assert {row.subject_id for row in found} == expected


def test_shares_are_as_promised() -> None:
    plan = Plan(users=100, items=2_000, media=300, tags=50, seed=3)
    made = list(rows.items(plan))
    published = sum(row["status"] is ContentStatus.PUBLISHED for row, _, _ in made)
    images = {row["id"] for row, _ in rows.media(plan) if row["kind"] is MediaKind.IMAGE}
    assert {row["featured_image_id"] for row, _, _ in made} <= images | {None}
    pictured = sum(row["featured_image_id"] is not None for row, _, _ in made)
    links = sum(len(links) for _, links, _ in made)
    by_author = sorted(
        (sum(row["author_id"] == plan.id("usr", n) for row, _, _ in made) for n in range(100)),
        reverse=True,
    )
    assert 0.82 < published / 2_000 < 0.88
    assert 0.66 < pictured / 2_000 < 0.74
    assert 2.6 < links / 2_000 < 3.2
    assert sum(by_author[:10]) > 700
    assert len({row["slug"] for row, _, _ in made}) == 2_000
    assert all(len(row["slug"]) <= 200 for row, _, _ in made)
    assert all(3 <= len(row["title"].split()) <= 9 for row, _, _ in made)


def test_ids_follow_their_dates() -> None:
    made = [row for row, _, _ in rows.items(SMALL)]

    assert all(a["id"] < b["id"] and a["created_at"] < b["created_at"] for a, b in pairwise(made))


def test_searched_text_is_the_body_as_it_is_read() -> None:
    for row, _, entry in list(rows.items(SMALL))[:60]:
        body = richtext.text(row["body"], Format.MARKDOWN)
        assert entry.text == "\n".join(filter(None, (row["summary"], body)))


def test_the_language() -> None:
    known = vocabulary()

    assert len(known) == len(set(known)) == SIZE
    assert known[0] == "time"
    assert "Łódź" in known


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    sizes = ["--users", "3", "--items", "5", "--media", "2", "--tags", "1", "--data", str(tmp_path)]

    def run(*options: str) -> Any:
        return CliRunner().invoke(main, ["generate", *sizes, *options])

    assert run().output.startswith("Generated 3 users, 5 items, 2 media and 1 tags in sqlite:///")
    refused = run()
    assert refused.exit_code == 1
    assert refused.output == (
        "Error: The database has rows already generated with this seed, 1: choose another\n"
    )
    assert run("--users", "0").output == (
        "Error: Items need somebody who wrote them: ask for at least one user\n"
    )
