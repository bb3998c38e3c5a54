"""WordPress export files (WXR 1.0 to 1.2) as a stream of plain records, in the file's order."""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from app.imports.records import CATEGORY, TAG, Author, Item, Record, Term
from app.imports.strictxml import Advance, Reader, RefusedError

VERSIONS = ("1.0", "1.1", "1.2")
MAX_TEXT = 20_000_000
WANTED_META = ("_thumbnail_id", "_wp_attachment_image_alt", "_wp_attachment_metadata")


_AUTHOR = {
    "wp:author_login": "login",
    "wp:author_email": "email",
    "wp:author_display_name": "name",
    "wp:author_first_name": "first",
    "wp:author_last_name": "last",
}
_CATEGORY = {
    "wp:category_nicename": "slug",
    "wp:cat_name": "name",
    "wp:category_parent": "parent",
    "wp:category_description": "description",
}
_TAG = {"wp:tag_slug": "slug", "wp:tag_name": "name"}
_TERM = {
    "wp:term_taxonomy": "taxonomy",
    "wp:term_slug": "slug",
    "wp:term_name": "name",
    "wp:term_parent": "parent",
    "wp:term_description": "description",
}
_ITEM = {
    "title": "title",
    "pubDate": "published",
    "guid": "guid",
    "dc:creator": "creator",
    "content:encoded": "body",
    "excerpt:encoded": "excerpt",
    "wp:post_id": "id",
    "wp:post_type": "type",
    "wp:post_name": "slug",
    "wp:post_date": "date",
    "wp:post_date_gmt": "date_gmt",
    "wp:post_modified_gmt": "modified_gmt",
    "wp:post_parent": "parent",
    "wp:post_password": "password",
    "wp:status": "status",
    "wp:is_sticky": "sticky",
    "wp:attachment_url": "url",
}
_RECORDS = {
    "wp:author": _AUTHOR,
    "wp:category": _CATEGORY,
    "wp:tag": _TAG,
    "wp:term": _TERM,
    "item": _ITEM,
}
_SITE = ("wp:base_blog_url", "wp:base_site_url", "link")
_AS_IT_IS = ("body", "excerpt", "password")
_META = {"wp:meta_key": "key", "wp:meta_value": "value"}
_TAXONOMIES = {"wp:category": CATEGORY, "wp:tag": TAG}
_NAMESPACES = (
    (re.compile(r"https?://wordpress\.org/export/[\d.]+/excerpt/?"), "excerpt"),
    (re.compile(r"https?://wordpress\.org/export/[\d.]+/?"), "wp"),
    (re.compile(r"http://purl\.org/rss/1\.0/modules/content/"), "content"),
    (re.compile(r"http://purl\.org/dc/elements/1\.1/"), "dc"),
)


@lru_cache(maxsize=256)
def short(name: str) -> str:
    """An element's name with the customary prefix of its namespace; `?` for one of no interest."""
    namespace, _, local = name.rpartition(" ")
    if not namespace:
        return local
    known = (prefix for pattern, prefix in _NAMESPACES if pattern.fullmatch(namespace))
    return f"{next(known, '?')}:{local}"


def _is_text(path: list[str]) -> bool:
    """Whether the element at this place below the channel holds a text that we want."""
    match path:
        case [name]:
            return name in _SITE or name == "wp:wxr_version"
        case [record, name]:
            return name in _RECORDS.get(record, ())
        case ["item", "wp:postmeta", name]:
            return name in _META
        case _:
            return False


class Export:
    """One export file. `site` is known once the records have been read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._site: dict[str, str] = {}

    @property
    def site(self) -> str:
        """The blog's address, without a slash at the end."""
        found = next(filter(None, (self._site.get(name, "") for name in _SITE)), "")
        return found.strip().rstrip("/")

    def records(self, advance: Advance = lambda _bytes: None) -> Iterator[Record]:
        """Everything in the file; `advance` is told of every piece of bytes that is done.

        Raises UnreadableError.
        """
        handler = _Handler(self._site)
        for _ in Reader(self.path, handler).read(advance):
            yield from handler.take()


class _Handler:
    """Keeps the texts of the record that is being read, and no more than MAX_TEXT of them."""

    def __init__(self, site: dict[str, str]) -> None:
        self.site = site
        self.done: list[Record] = []
        self.path: list[str] = []
        self.values: dict[str, str] = {}
        self.meta: dict[str, str] = {}
        self.item = Item()
        self.pieces: list[str] | None = None
        self.term = Term()
        self.held = 0
        self.version = ""

    def take(self) -> list[Record]:
        done, self.done = self.done, []
        return done

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self.pieces is not None:
            raise RefusedError(
                f"<{self.path[-1]}> contains markup that is neither escaped nor CDATA"
            )
        self.path.append(short(name))
        match self.path:
            case [root] if root != "rss":
                raise RefusedError(f"not a WordPress export: it begins with <{root[:40]}>")
            case ["rss", "channel", record] if record in _RECORDS:
                self._begin(record)
            case ["rss", "channel", *rest] if _is_text(rest):
                self.pieces = []
            case ["rss", "channel", "item", "category"]:
                self.term = Term(attributes.get("domain", ""), attributes.get("nicename", ""))
                self.pieces = []
            case ["rss", "channel", "item", "wp:postmeta"]:
                self.meta = {}
            case ["rss", "channel", "item", "wp:comment"]:
                self.item.comments += 1

    def text(self, data: str) -> None:
        if self.pieces is not None:
            self._hold(len(data))
            self.pieces.append(data)

    def end(self, _name: str) -> None:
        text, self.pieces = "".join(self.pieces or ()), None
        match self.path:
            case ["rss"]:
                self._require_version()
            case ["rss", "channel", "wp:wxr_version"]:
                self.version = text.strip()
                self._require_version()
            case ["rss", "channel", name] if name in _SITE:
                self.site.setdefault(name, text)
            case ["rss", "channel", record] if record in _RECORDS:
                self.done.append(self._finished(record))
            case ["rss", "channel", "item", "category"]:
                term = Term(self.term.taxonomy, self.term.slug, text)
                self._hold(len(term.taxonomy) + len(term.slug) + 100)
                self.item.terms.append(term)
            case ["rss", "channel", "item", "wp:postmeta"]:
                self._keep_meta()
            case ["rss", "channel", "item", "wp:postmeta", name] if name in _META:
                self.meta[_META[name]] = text
            case ["rss", "channel", record, name] if text and name in _RECORDS.get(record, ()):
                self.values.setdefault(_RECORDS[record][name], text)
        self.path.pop()

    def _begin(self, record: str) -> None:
        if record == "item":
            self._require_version()
        self.values, self.item, self.held = {}, Item(), 0

    def _finished(self, record: str) -> Record:
        if record == "item":
            for name, text in self.values.items():
                setattr(self.item, name, text if name in _AS_IT_IS else text.strip())
            return self.item
        values = {name: text.strip() for name, text in self.values.items()}
        if record == "wp:author":
            return Author(**values)
        if record in _TAXONOMIES:
            values["taxonomy"] = _TAXONOMIES[record]
        return Term(**values)

    def _keep_meta(self) -> None:
        key, value = self.meta.get("key", ""), self.meta.get("value", "")
        if key in WANTED_META:
            self.item.meta.setdefault(key, value)
            return
        self.held -= len(key) + len(value)
        self.item.custom_fields += bool(key) and not key.startswith("_")

    def _hold(self, size: int) -> None:
        self.held += size
        if self.held > MAX_TEXT:
            raise RefusedError("an item with more than 20 MB of text")

    def _require_version(self) -> None:
        if not self.version:
            raise RefusedError("not a WordPress export: it does not say its <wp:wxr_version>")
        if self.version not in VERSIONS:
            known = f"{', '.join(VERSIONS[:-1])} and {VERSIONS[-1]}"
            raise RefusedError(
                f"WXR version {self.version[:40]!r} is not supported, only {known} are"
            )
