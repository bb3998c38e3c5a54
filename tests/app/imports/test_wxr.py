import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from app.imports import strictxml, wxr
from app.imports.records import Author, Item, Term
from app.imports.strictxml import UnreadableError
from app.imports.wxr import Export
from tests.app.imports.exports import HEAD, SMALL, TAIL, author, category, export, item, tag

OPENING = '<?xml version="1.0"?>\n<rss xmlns:wp="http://wordpress.org/export/1.2/">\n<channel>\n'
VERSION = "<wp:wxr_version>1.2</wp:wxr_version>\n"


def read(file: Path) -> list[object]:
    return list(Export(file).records())


def test_records_come_in_the_order_of_the_file(tmp_path: Path) -> None:
    file = export(tmp_path, author("ada", "a@x.example", "Ada"), category("b", "a"), tag("t", "T"))

    assert read(file) == [
        Author("ada", "a@x.example", "Ada"),
        Term("category", "b", "b", "a"),
        Term("post_tag", "t", "T"),
    ]


def test_an_item_is_read_whole(tmp_path: Path) -> None:
    comments = "<wp:comment><wp:comment_content>a</wp:comment_content></wp:comment>" * 2
    meta = {"_thumbnail_id": "9", "_edit_last": "1", "colour": "red", "": "x"}
    file = export(
        tmp_path,
        item(7, body=" <p>Hi</p>\n", terms=(("post_tag", "t"),), meta=meta, more=comments),
    )

    assert read(file) == [
        Item(
            id="7", type="post", status="publish", title="Post 7", slug="post-7", creator="ada",
            body=" <p>Hi</p>\n", date_gmt="2020-01-01 00:00:00",
            terms=[Term("post_tag", "t", "t")], meta={"_thumbnail_id": "9"}, custom_fields=1,
            comments=2,
        )
    ]  # fmt: skip


def test_of_a_repeated_field_the_first_that_says_something_counts(tmp_path: Path) -> None:
    empty = "<wp:post_password></wp:post_password>"
    file = export(tmp_path, item(1, more=f"{empty}<wp:post_password>x</wp:post_password>{empty}"))

    [found] = read(file)

    assert isinstance(found, Item)
    assert found.password == "x"


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
def test_versions(tmp_path: Path, version: str) -> None:
    assert len(read(export(tmp_path, item(1), version=version))) == 1


def test_the_site_is_the_blog_without_a_slash(tmp_path: Path) -> None:
    whole = Export(export(tmp_path, site="https://blog.example/"))
    list(whole.records())
    assert whole.site == "https://blog.example"

    bare = tmp_path / "bare.xml"
    bare.write_text(f"{OPENING}{VERSION}<link>https://link.example</link></channel></rss>")
    without = Export(bare)
    list(without.records())
    assert without.site == "https://link.example"


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "windows-1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    text = HEAD.format(version="1.2", site="").replace("UTF-8", encoding)
    file = tmp_path / "export.xml"
    file.write_bytes((text + item(1, title="Café") + TAIL).encode(encoding))

    [found] = read(file)

    assert isinstance(found, Item)
    assert found.title == "Café"


BROKEN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", ": the file is empty"),
    "binary": (b"\x00\x01\x02", ":1:1: not an XML file"),
    "words": (b"Warning: no memory", ":1:1: not an XML file"),
    "gzip": (b"\x1f\x8b\x08", ":1:1: the file is compressed (gzip): unpack it first"),
    "zip": (b"PK\x03\x04", ":1:1: the file is compressed (zip): unpack it first"),
    "nothing in it": (b"<?xml version='1.0'?>\n", ":2:1: the file ends too early: it holds no XML"),
    "HTML": (b"<!DOCTYPE html>\n<html>", ":1:15: this is an HTML page"),
    "Atom": (b"<feed/>", ":1:1: not a WordPress export: it begins with <feed>"),
    "RSS": (
        b"<rss><channel>\n<item/></channel></rss>",
        ":2:1: not a WordPress export: it does not say its <wp:wxr_version>",
    ),
    "empty RSS": (
        b"<rss>\n</rss>",
        ":2:1: not a WordPress export: it does not say its <wp:wxr_version>",
    ),
    "version": (
        f"{OPENING}<wp:wxr_version>2.0</wp:wxr_version>".encode(),
        ":4:20: WXR version '2.0' is not supported, only 1.0, 1.1 and 1.2 are",
    ),
    "truncated": (
        f"{OPENING}{VERSION}<item>\n<title>Hel".encode(),
        ":6:11: the file ends too early: <title>, opened on line 6, is not closed",
    ),
    "truncated in CDATA": (
        f"{OPENING}{VERSION}<item>\n<title><![CDATA[Hel".encode(),
        ":6:20: the file ends too early: <title>, opened on line 6, is not closed",
    ),
    "truncated in a tag": (
        f"{OPENING}{VERSION}<item>\n<tit".encode(),
        ":6:1: the file ends too early: <item>, opened on line 5, is not closed",
    ),
    "truncated in a character": (
        f"{OPENING}{VERSION}<item>\n".encode() + b"\xc3",
        ":6:1: the file ends too early: <item>, opened on line 5, is not closed",
    ),
    "tags crossed": (
        f"{OPENING}{VERSION}<item>\n</channel>".encode(),
        ":6:3: mismatched tag: <item>, opened on line 5, is not closed",
    ),
    "control character": (
        f"{OPENING}{VERSION}<item>\n<title>a\x08b".encode(),
        ":6:9: the character U+0008, which XML forbids",
    ),
    "no character": (
        f"{OPENING}{VERSION}<item>\n\uffff".encode(),
        ":6:1: the character U+FFFF, which XML forbids",
    ),
    "Latin-1 as UTF-8": (
        f"{OPENING}{VERSION}<item>\n<title>caf".encode() + b"\xe9 x",
        ":6:11: bytes that are not UTF-8, which the file says it is",
    ),
    "ampersand": (
        f"{OPENING}{VERSION}<link>a & b".encode(),
        ":5:10: not well-formed XML: not well-formed (invalid token)",
    ),
    "entity": (f"{OPENING}{VERSION}&nbsp;".encode(), ":5:1: not well-formed XML: undefined entity"),
    "unknown encoding": (
        b"<?xml version='1.0' encoding='klingon'?><rss/>",
        ":1:31: the encoding 'klingon' is not supported",
    ),
    "two-byte encoding": (
        b"<?xml version='1.0' encoding='shift_jis'?><rss/>",
        ":1:31: the encoding 'shift_jis' is not supported",
    ),
    "blank lines first": (
        b"\n\n<?xml version='1.0'?><rss/>",
        ":3:1: something stands before <?xml …?>, which must be the first thing in the file",
    ),
    "entity bomb": (
        b'<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><rss>&b;</rss>',
        ":1:15: a document type (<!DOCTYPE …>) is not accepted, nor are entities of its own",
    ),
    "external entity": (
        b'<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss>&a;</rss>',
        ":1:15: a document type (<!DOCTYPE …>) is not accepted, nor are entities of its own",
    ),
    "external document type": (
        b'<!DOCTYPE rss SYSTEM "http://localhost/x.dtd">\n<rss/>',
        ":1:46: a document type (<!DOCTYPE …>) is not accepted, nor are entities of its own",
    ),
    "depth": (b"<rss>" + b"\n<a>" * 200, ":101:1: elements nested more than 100 deep"),
    "name": (b"<rss>\n<" + b"a" * 501 + b"/>", ":2:1: a name of more than 500 characters"),
    "markup in a text": (
        f"{OPENING}{VERSION}<item>\n<title>a <b>b</b></title>".encode(),
        ":6:10: <title> contains markup that is neither escaped nor CDATA",
    ),
}


@pytest.mark.parametrize(("content", "message"), BROKEN.values(), ids=BROKEN)
def test_broken_files_say_where(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "export.xml"
    file.write_bytes(content)

    with pytest.raises(UnreadableError) as caught:
        read(file)

    assert str(caught.value) == f"{file}{message}"


@pytest.mark.parametrize("size", [1, 7, 64])
def test_the_place_does_not_depend_on_the_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(strictxml, "CHUNK", size)
    for content, message in (BROKEN["Latin-1 as UTF-8"], BROKEN["truncated"], BROKEN["version"]):
        test_broken_files_say_where(tmp_path, content, message)
    assert len(read(SMALL)) == 17


@pytest.mark.parametrize("cut", range(100, SMALL.stat().st_size, 997))
def test_no_beginning_of_a_file_is_taken_for_the_whole(tmp_path: Path, cut: int) -> None:
    file = tmp_path / "export.xml"
    file.write_bytes(SMALL.read_bytes()[:cut])

    with pytest.raises(UnreadableError, match=r"export\.xml:\d+:\d+: the file ends too early: "):
        read(file)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: None, "No such file or directory"),
        (lambda path: path.mkdir(), "a directory, not a file"),
        (lambda path: path.symlink_to("/dev/zero"), "not a regular file"),
    ],
)
def test_what_is_no_file(tmp_path: Path, make: Callable[[Path], None], message: str) -> None:
    path = tmp_path / "export.xml"
    make(path)

    with pytest.raises(UnreadableError) as caught:
        read(path)

    assert str(caught.value) == f"{path}: {message}"


def test_an_item_of_too_much_text_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wxr, "MAX_TEXT", 1000)
    assert len(read(export(tmp_path, *(item(n, body="x" * 800) for n in range(5))))) == 5

    ignored = "<wp:comment><wp:comment_content>" + "x" * 5000 + "</wp:comment_content></wp:comment>"
    meta = {f"_note_{n}": "x" * 400 for n in range(9)}
    assert len(read(export(tmp_path, item(1, more=ignored, meta=meta)))) == 1

    for large in (item(1, body="x" * 1001), item(1, terms=(("post_tag", "x"),) * 20)):
        with pytest.raises(UnreadableError, match=r"xml:\d+:\d+: an item with more than 20 MB of"):
            read(export(tmp_path, large))


def test_an_endless_tag_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strictxml, "MAX_TOKEN", 1000)
    monkeypatch.setattr(strictxml, "CHUNK", 500)

    with pytest.raises(UnreadableError, match=r"xml:10:1: a single tag or comment of more than 20"):
        read(export(tmp_path, "<!-- " + "x" * 3000 + " -->"))


def test_a_large_file_is_not_held_in_memory(tmp_path: Path) -> None:
    file = export(tmp_path, *(item(n, body="words " * 2_000) for n in range(1_000)))
    size = file.stat().st_size
    assert size > 12_000_000

    tracemalloc.start()
    done: list[int] = []
    read_items = sum(1 for _ in Export(file).records(done.append))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert read_items == 1_000
    assert sum(done) == size
    assert peak < 3_000_000
