from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.imports import mapping
from app.imports.records import Item, Term
from app.imports.report import Fact, Report
from app.models import ContentStatus, MediaKind

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PAST = datetime(2020, 1, 1, tzinfo=UTC)
LATER = datetime(2030, 1, 1, tzinfo=UTC)
DRAFT, PUBLISHED = ContentStatus.DRAFT, ContentStatus.PUBLISHED


@pytest.mark.parametrize(
    ("raw", "slug"),
    [
        ("hello-world", "hello-world"),
        ("UPPER_case.1", "UPPER_case.1"),
        ("%ce%b1-2", "α-2"),
        ("%d9%85%db%8c%e2%80%8c", "می\u200c"),
        ("%ce", "%ce"),  # not UTF-8: as it is
        ("100%", "100%"),
        ("a%2fb%00 c", "a-b-c"),
        ("%20", ""),
        ("x" * 300, "x" * 200),
    ],
)
def test_slugs_are_kept(raw: str, slug: str) -> None:
    assert mapping.slug(raw) == slug


@pytest.mark.parametrize(
    ("item", "slug"),
    [
        (Item(id="7", type="post", slug="given"), "given"),
        (Item(id="7", type="post", title="Über Tee!"), "uber-tee"),
        (Item(id="7", type="page", title="?!"), "page-7"),
        (Item(guid="https://x.example/?p=7", type="post"), "article-https-x-example-p-7"),
    ],
)
def test_a_missing_slug_is_made(item: Item, slug: str) -> None:
    assert mapping.wanted_slug(item, item.title) == slug


@pytest.mark.parametrize(
    ("markup", "plain"),
    [
        ("R&amp;D &#8211; 5", "R&D – 5"),
        ("a < b > c", "a < b > c"),
        ("Title <em>With</em> <b>Mark<sup>up</sup></b>", "Title With Markup"),
        ("<script>x</script>ok", "ok"),
        (" two\n lines ", "two lines"),
        ("", ""),
    ],
)
def test_titles_are_plain_text(markup: str, plain: str) -> None:
    assert mapping.plain(markup) == plain


@pytest.mark.parametrize(
    ("item", "created", "fact"),
    [
        (Item(date_gmt="2018-10-21 03:03:48"), datetime(2018, 10, 21, 3, 3, 48, tzinfo=UTC), None),
        (
            Item(date_gmt="0000-00-00 00:00:00", published="Tue, 09 Apr 2013 20:20:39 +0200"),
            datetime(2013, 4, 9, 18, 20, 39, tzinfo=UTC),
            None,
        ),
        (
            Item(date_gmt="0001-01-01 00:00:00", published="Tue, 09 Apr 2013 20:20:39 +0200"),
            datetime(2013, 4, 9, 18, 20, 39, tzinfo=UTC),
            None,
        ),
        (
            Item(date="2013-04-09 11:20:39", published="Mon, 30 Nov -0001 00:00:00 +0000"),
            datetime(2013, 4, 9, 11, 20, 39, tzinfo=UTC),
            Fact.ZONE,
        ),
        (Item(date="soon"), NOW, Fact.DATE),
    ],
)
def test_dates_are_utc(item: Item, created: datetime, fact: Fact | None) -> None:
    report = Report()

    assert mapping.created(item, NOW, report) == created
    assert report.counts == ({fact: 1} if fact else {})


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_date_is_too_odd(date: str, published: str) -> None:
    made = mapping.created(Item(date_gmt=date, published=published), NOW, Report())

    assert made.tzinfo is UTC


@pytest.mark.parametrize(
    ("item", "created", "state"),
    [
        (Item(status="publish", type="post"), PAST, (PUBLISHED, PAST, None, [Fact.ARTICLES])),
        (Item(status="publish", type="page"), PAST, (PUBLISHED, PAST, None, [Fact.PAGES])),
        (Item(status="publish", type="post"), LATER, (DRAFT, None, LATER, [Fact.SCHEDULED])),
        (Item(status="future"), LATER, (DRAFT, None, LATER, [Fact.SCHEDULED])),
        (Item(status="future"), PAST, (DRAFT, None, PAST, [Fact.SCHEDULED])),
        (Item(status="draft"), PAST, (DRAFT, None, None, [Fact.DRAFTS])),
        (Item(status="pending"), PAST, (DRAFT, None, None, [Fact.DRAFTS])),
        (Item(status="auto-draft"), PAST, (DRAFT, None, None, [Fact.DRAFTS])),
        (Item(status="private"), PAST, (DRAFT, None, None, [Fact.DRAFTS, Fact.PRIVATE])),
        (Item(status="wc-odd"), PAST, (DRAFT, None, None, [Fact.DRAFTS, Fact.STATUS])),
        (Item(), PAST, (DRAFT, None, None, [Fact.DRAFTS, Fact.STATUS])),
    ],
)
def test_states(item: Item, created: datetime, state: tuple[object, ...]) -> None:
    found = mapping.state(item, created, NOW)

    assert state == (
        found.status,
        found.published_at,
        found.scheduled_publish_at,
        list(found.facts),
    )


@pytest.mark.parametrize("status", ["publish", "future", "private", "draft", "odd", ""])
@pytest.mark.parametrize("password", ["enter", " ", "0"])
@pytest.mark.parametrize("created", [PAST, LATER])
def test_what_has_a_password_never_becomes_public(
    status: str, password: str, created: datetime
) -> None:
    found = mapping.state(Item(status=status, password=password), created, NOW)

    assert (found.status, found.published_at, found.scheduled_publish_at) == (DRAFT, None, None)
    assert found.facts == (Fact.DRAFTS, Fact.PASSWORD)


@pytest.mark.parametrize(
    ("item", "fact"),
    [
        (Item(type="post", id="1", status="publish"), None),
        (Item(type="page", guid="x", status="anything"), None),
        (Item(type="attachment", id="1", status="inherit"), None),
        (Item(type="attachment", id="1", status="inherit", password="x"), Fact.HIDDEN_MEDIA),
        (Item(type="attachment", id="1", status="private"), Fact.HIDDEN_MEDIA),
        (Item(type="attachment", id="1", status="trash"), Fact.TRASH),
        (Item(type="post", id="1", status="trash"), Fact.TRASH),
        (Item(type="post", id="1", status="inherit"), Fact.REVISIONS),
        (Item(type="revision", id="1", status="inherit"), Fact.REVISIONS),
        (Item(type="nav_menu_item", id="1", status="publish"), Fact.MENU_ITEMS),
        (Item(type="product", id="1", status="publish"), Fact.OTHER),
        (Item(type="post"), Fact.NAMELESS),
        (Item(), Fact.OTHER),
    ],
)
def test_what_is_left_out(item: Item, fact: Fact | None) -> None:
    assert mapping.left_out(item) is fact


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("https://x.example/a/b%20c.JPG?w=1#f", (MediaKind.IMAGE, "image/jpeg", "b c.JPG")),
        ("https://x.example/a.webp", (MediaKind.IMAGE, "image/webp", "a.webp")),
        ("https://x.example/a.mp3", (MediaKind.AUDIO, "audio/mpeg", "a.mp3")),
        ("https://x.example/a.mov", (MediaKind.VIDEO, "video/quicktime", "a.mov")),
        ("https://x.example/a.pdf", (MediaKind.DOCUMENT, "application/pdf", "a.pdf")),
        ("https://x.example/jpg", (MediaKind.DOCUMENT, "application/octet-stream", "jpg")),
        ("https://x.example/", (MediaKind.DOCUMENT, "application/octet-stream", "file")),
        (
            "https://x.example/%ff%0a.odd",
            (MediaKind.DOCUMENT, "application/octet-stream", "�_.odd"),
        ),
    ],
)
def test_files(address: str, file: tuple[object, ...]) -> None:
    found = mapping.file(address)

    assert (found.kind, found.mime_type, found.name) == file


@pytest.mark.parametrize(
    ("url", "guid", "address"),
    [
        ("https://x.example/a.png", "", "https://x.example/a.png"),
        ("", "http://x.example/a.png", "http://x.example/a.png"),
        ("javascript:alert(1)", "", None),
        ("file:///etc/passwd", "", None),
        ("https:///a.png", "", None),
        ("http://[broken", "", None),
        ("", "", None),
    ],
)
def test_addresses_are_of_the_web(url: str, guid: str, address: str | None) -> None:
    assert mapping.address(Item(url=url, guid=guid)) == address


@pytest.mark.parametrize(
    ("written", "sizes", "broken"),
    [
        ("", (None, None, None, None), 0),
        ('a:2:{s:5:"width";i:9;s:6:"height";s:2:"10";}', (9, 10, None, None), 0),
        (
            'a:2:{s:8:"filesize";i:5000000000;s:6:"length";i:61;}',
            (None, None, 5_000_000_000, 61.0),
            0,
        ),
        ('a:2:{s:5:"width";i:3000000000;s:6:"height";i:-1;}', (None, None, None, None), 0),
        ('a:2:{s:5:"width";b:1;s:6:"length";d:INF;}', (None, None, None, None), 0),
        ('a:1:{s:5:"width";a:0:{}}', (None, None, None, None), 0),
        ("N;", (None, None, None, None), 0),
        ('a:1:{s:6:"width";i:9;}', (None, None, None, None), 1),
    ],
)
def test_sizes(written: str, sizes: tuple[object, ...], broken: int) -> None:
    report = Report()
    found = mapping.sizes(Item(meta={"_wp_attachment_metadata": written}), report)

    assert (found["width"], found["height"], found["size"], found["duration"]) == sizes
    assert report.counts[Fact.SIZES] == broken


def test_keys_fit_their_column() -> None:
    assert mapping.key("https://x.example", "post", "7") == "wordpress:https://x.example:post:7"
    long = {mapping.key("https://x.example", "tag", "x" * 300 + end) for end in "ab"}
    assert len(long) == 2
    assert {len(key) for key in long} == {len("wordpress:") + 64}


def test_terms_without_a_slug_are_known_by_their_name() -> None:
    assert mapping.term_key(Term("category", "", "Über Uns")) == "uber-uns"


@pytest.mark.parametrize(
    ("value", "number"), [("20", "20"), (" 20 ", "20"), ("0", ""), ("-1", ""), ("x", ""), ("", "")]
)
def test_featured_images_have_numbers(value: str, number: str) -> None:
    assert mapping.featured(Item(meta={"_thumbnail_id": value})) == number
