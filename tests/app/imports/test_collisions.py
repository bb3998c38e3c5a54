"""What is there already, what comes twice, what refers to nothing."""

from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from app import text
from app.db import Database
from app.errors import StartupError
from app.imports import batches, items, wordpress
from app.imports.report import Fact
from app.imports.survey import survey
from app.models import Category, ContentItem, ContentStatus, Media, Tag, User
from tests import factories
from tests.app.imports.exports import attachment, author, category, export, item, tag
from tests.app.imports.reading import NOTHING, counts, rows, run, sizes


async def test_taken_slugs_get_a_number_in_their_kind(db: Database, tmp_path: Path) -> None:
    ours = factories.user(username="editor")
    async with db.write() as session:
        session.add(ours)
        await session.flush()
        session.add(factories.item(ours, slug="tea", kind="article"))
    file = export(
        tmp_path,
        item(1, post_name="tea"),
        item(2, post_name="tea", post_type="page"),
        item(3, post_name="tea", post_type="page"),
        item(4, post_name="", title="Tea", status="draft"),
        item(5, post_name="x" * 200),
        item(6, post_name="x" * 200),
    )

    report = await run(db, file)

    found = await rows(db, ContentItem, "import_key")
    assert [found[f"wordpress:https://blog.example:post:{n}"]["slug"] for n in range(1, 7)] == [
        "tea-2", "tea", "tea-2", "tea-3", "x" * 200, "x" * 198 + "-2",
    ]  # fmt: skip
    assert report.counts[Fact.SLUG] == 3


async def test_slugs_stay_unique_from_batch_to_batch(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "SIZE", 3)
    file = export(tmp_path, *(item(n, post_name="", title="Tea") for n in range(10)))

    await run(db, file)

    found = await rows(db, ContentItem)
    assert sorted(found) == sorted(["tea", *(f"tea-{n}" for n in range(2, 11))])


async def test_accounts_are_found_by_email_or_name(db: Database, tmp_path: Path) -> None:
    async with db.write() as session:
        session.add_all(
            [
                factories.user(
                    username="Lovelace", email="ADA@x.example", email_key="ada@x.example"
                ),
                factories.user(username="Bo", email="bo@ours.example", email_key="bo@ours.example"),
            ]
        )
    file = export(
        tmp_path,
        author("ada", "ada@X.example"),
        author("bo", "bo@theirs.example"),
        author("cy", "not an address"),
        item(1, creator="ada"), item(2, creator="bo"), item(3, creator="cy"),
    )  # fmt: skip

    report = await run(db, file)

    users = {row["id"]: row["username"] for row in (await rows(db, User, "id")).values()}
    items_ = await rows(db, ContentItem)
    assert sorted(users.values()) == ["Bo", "Lovelace", "cy"]
    assert [users[items_[f"post-{n}"]["author_id"]] for n in (1, 2, 3)] == ["Lovelace", "Bo", "cy"]
    assert counts(report) == {Fact.ARTICLES: 3, Fact.AUTHORS: 1, Fact.ACCOUNT: 2, Fact.EMAIL: 1}


async def test_the_same_name_on_another_site_is_somebody_else(db: Database, tmp_path: Path) -> None:
    await run(db, export(tmp_path, author("admin", "one@x.example"), item(1, creator="admin")))
    other = export(
        tmp_path,
        author("admin", "two@x.example"),
        item(1, creator="admin"),
        site="https://two.example",
    )

    report = await run(db, other)
    again = await run(db, other)

    users = await rows(db, User, "username")
    assert {name: user["email"] for name, user in users.items()} == {
        "admin": "one@x.example", "admin-2": "two@x.example"
    }  # fmt: skip
    assert report.counts[Fact.USERNAME] == 1
    assert counts(again) == {Fact.KNOWN: 2}


async def test_creators_without_a_description(db: Database, tmp_path: Path) -> None:
    file = export(
        tmp_path,
        author("ada"),
        item(1, creator=">ada"), item(2, creator="Ada "), item(3, creator="bo"),
        item(4, creator=""), item(5, creator="gone", status="trash"),
    )  # fmt: skip

    report = await run(db, file)

    users = await rows(db, User, "username")
    names = {user["id"]: name for name, user in users.items()}
    found = await rows(db, ContentItem)
    assert {slug: names[row["author_id"]] for slug, row in found.items()} == {
        "post-1": "ada", "post-2": "ada", "post-3": "bo", "post-4": "unknown"
    }  # fmt: skip
    assert len(users) == 3
    assert (report.counts[Fact.UNLISTED], report.counts[Fact.TRASH]) == (2, 1)


async def test_terms_of_the_same_name_are_shared_and_others_renamed(
    db: Database, tmp_path: Path
) -> None:
    async with db.write() as session:
        session.add_all([
            Tag(name="News", name_key=text.key("News"), slug="news"),
            Tag(name="Other", name_key=text.key("Other"), slug="old"),
            Category(name="Top", name_key=text.key("Top"), slug="top"),
        ])  # fmt: skip
    ours = await rows(db, Category)
    file = export(
        tmp_path,
        category("sub", "top"),
        category("top", name="TOP"),
        tag("news", "NEWS"),
        tag("old"),
    )

    report = await run(db, file)

    assert {slug: row["name"] for slug, row in (await rows(db, Tag)).items()} == {
        "news": "News", "old": "Other", "old-2": "old"
    }  # fmt: skip
    categories = await rows(db, Category)
    assert (categories["sub"]["parent_id"], len(categories)) == (ours["top"]["id"], 2)
    assert counts(report) == {
        Fact.CATEGORIES: 1, Fact.TAGS: 1, Fact.SAME_TERM: 2, Fact.SLUG: 1
    }  # fmt: skip


async def test_circles_and_orphans_among_categories(db: Database, tmp_path: Path) -> None:
    file = export(
        tmp_path,
        category("a", "b"), category("b", "c"), category("c", "a"), category("d", "d"),
        category("e", "gone"), category("f", "e"),
    )  # fmt: skip

    report = await run(db, file)

    found = await rows(db, Category)
    slugs: dict[str | None, str | None] = {row["id"]: slug for slug, row in found.items()}
    assert {slug: slugs.get(row["parent_id"]) for slug, row in found.items()} == {
        "a": "b", "b": "c", "c": None, "d": None, "e": None, "f": "e"
    }  # fmt: skip
    assert (report.counts[Fact.LOOP], report.counts[Fact.ORPHAN]) == (2, 1)


async def test_a_deep_tree_over_several_batches(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = export(
        tmp_path, *(category(f"c{n}", f"c{n + 1}" if n < 1200 else "") for n in range(1201))
    )

    await run(db, file)

    found = await rows(db, Category)
    assert all(found[f"c{n}"]["parent_id"] == found[f"c{n + 1}"]["id"] for n in range(1200))


async def test_an_export_of_a_part_names_its_terms_in_the_items(
    db: Database, tmp_path: Path
) -> None:
    terms = (("category", "uncategorized"), ("tag", "tea"), ("category", "drinks"))
    file = export(tmp_path, item(1, terms=terms), item(2, terms=terms[:1]), version="1.0")

    report = await run(db, file)

    categories, found = await rows(db, Category), await rows(db, ContentItem)
    assert sorted(categories) == ["drinks", "uncategorized"]
    assert sorted(await rows(db, Tag)) == ["tea"]
    assert found["post-1"]["category_id"] == categories["drinks"]["id"]
    assert found["post-2"]["category_id"] == categories["uncategorized"]["id"]
    assert report.counts[Fact.FURTHER] == 1


async def test_what_comes_twice_or_leads_nowhere(db: Database, tmp_path: Path) -> None:
    file = export(
        tmp_path,
        item(1), item(1), item(2, meta={"_thumbnail_id": "99"}), item("", guid="", post_name="x"),
        attachment(5, attachment_url="javascript:1"), attachment(6, post_password="x"),
    )  # fmt: skip

    report = await run(db, file)

    assert sorted(await rows(db, ContentItem)) == ["post-1", "post-2"]
    assert await rows(db, Media, "id") == {}
    assert counts(report) == {
        Fact.ARTICLES: 2, Fact.AUTHORS: 1, Fact.UNLISTED: 1, Fact.KNOWN: 1, Fact.NO_IMAGE: 1,
        Fact.NAMELESS: 1, Fact.ADDRESS: 1, Fact.HIDDEN_MEDIA: 1,
    }  # fmt: skip


async def test_an_image_of_an_earlier_file_is_found(db: Database, tmp_path: Path) -> None:
    await run(db, export(tmp_path, attachment(5)))
    await run(db, export(tmp_path, item(1, meta={"_thumbnail_id": "5"})))

    [image] = (await rows(db, Media, "id")).values()
    assert (await rows(db, ContentItem))["post-1"]["featured_image_id"] == image["id"]


async def test_linking_a_late_image_is_no_change_of_the_item(db: Database, tmp_path: Path) -> None:
    await run(db, export(tmp_path, *_with_late_images(2)))

    found = await rows(db, ContentItem)
    assert [row["updated_at"].year for row in found.values()] == [2020, 2020]


def _with_late_images(number: int) -> list[str]:
    posts = [item(n, meta={"_thumbnail_id": str(1000 + n)}) for n in range(1, number + 1)]
    return [*posts, *(attachment(1000 + n) for n in range(1, number + 1))]


async def test_rows_are_written_in_batches(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "SIZE", 10)
    file = export(tmp_path, *_with_late_images(25))
    written: list[tuple[str, int]] = []
    stop = db.observe(
        lambda statement, parameters: written.append(
            (" ".join(statement.split()[:3]), len(parameters))
        )
    )

    report = await run(db, file)
    stop()

    sizes_ = [n for start, n in written if start == "INSERT INTO content_items"]
    assert sizes_ == [10, 10, 5]
    assert [n for start, n in written if start == "INSERT INTO media"] == [5, 10, 10]
    assert report.counts[Fact.FEATURED] == 25


async def test_large_texts_make_smaller_batches(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wordpress, "MAX_BATCH_TEXT", 1000)
    sizes_: list[int] = []
    original = items.Posts.write

    async def spy(self: items.Posts, given: list[items.Item]) -> None:
        sizes_.append(len(given))
        await original(self, given)

    monkeypatch.setattr(items.Posts, "write", spy)

    await run(db, export(tmp_path, *(item(n, body="x" * 400) for n in range(7))))

    assert sizes_ == [3, 3, 1]


async def test_a_name_taken_meanwhile_undoes_everything(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def collide(self: items.Posts) -> None:
        twice = [{"username": "x", "username_key": "x"}] * 2
        await self.context.session.execute(insert(User.__table__), twice)

    monkeypatch.setattr(items.Posts, "finish", collide)
    file = export(tmp_path, category("c"), tag("t"), attachment(1), item(2))

    with pytest.raises(StartupError, match="nothing was imported, try again") as caught:
        await wordpress.write(db, file, survey(file))

    assert isinstance(caught.value.__context__, IntegrityError)
    assert await sizes(db) == NOTHING


async def test_odd_texts_fit_their_columns(db: Database, tmp_path: Path) -> None:
    wide = "ﷺ" * 300  # one character that folds to eighteen
    file = export(
        tmp_path,
        author(wide, f"{wide}@x.example", wide), category("c", name=wide), tag("t", wide),
        item(1, title=wide * 3, creator=wide, post_name=wide, status="odd"),
        attachment(2, title=wide * 3, creator=wide, attachment_url=f"https://x.example/{wide}.png"),
    )  # fmt: skip

    report = await run(db, file)

    [found] = (await rows(db, ContentItem, "id")).values()
    assert (len(found["title"]), len(found["slug"])) == (500, 200)
    assert found["title_key"] == text.key(found["title"])
    assert found["status"] is ContentStatus.DRAFT
    assert (report.counts[Fact.TITLE], report.counts[Fact.EMAIL]) == (2, 1)
