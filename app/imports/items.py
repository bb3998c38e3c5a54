"""The posts, pages and attachments of an export become content items and media."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from app import ids, indexing, text
from app.imports import mapping
from app.imports.batches import batches
from app.imports.known import known
from app.imports.people import login_key
from app.imports.records import Item, Term
from app.imports.report import Fact, Report
from app.models import ContentItem, Media, content_tags
from app.richtext import Format
from app.slugs import Free

CONTENT: Table = ContentItem.__table__  # type: ignore[assignment]
MEDIA: Table = Media.__table__  # type: ignore[assignment]
DEFAULT_CATEGORY = "uncategorized"

Row = dict[str, Any]


@dataclass(slots=True)
class Context:
    """What items refer to, all of it written before them."""

    session: AsyncSession
    site: str
    now: datetime
    report: Report
    authors: dict[str, str]
    categories: dict[str, str]
    tags: dict[str, str]

    def key(self, item: Item) -> str:
        kind = "attachment" if item.type == "attachment" else "post"
        return mapping.key(self.site, kind, mapping.number(item))

    def image_key(self, number: str) -> str:
        return mapping.key(self.site, "attachment", number)

    async def new(self, table: Table, items: list[Item]) -> dict[str, Item]:
        """Those that no earlier run, and nothing earlier in this one, has brought; by key."""
        keyed: dict[str, Item] = {}
        for item in items:
            keyed.setdefault(self.key(item), item)
        there = await known(self.session, table, keyed)
        self.report.count(Fact.KNOWN, len(items) - len(keyed) + len(there))
        return {key: item for key, item in keyed.items() if key not in there}

    def dates(self, item: Item) -> Row:
        created = mapping.created(item, self.now, self.report)
        return {
            "created_at": created,
            "updated_at": mapping.moment(item.modified_gmt) or created,
        }


class Attachments:
    def __init__(self, context: Context) -> None:
        self.context = context

    async def write(self, items: list[Item]) -> None:
        new = await self.context.new(MEDIA, items)
        rows = [row for key, item in new.items() if (row := self._row(key, item))]
        if rows:
            await self.context.session.execute(insert(MEDIA), rows)
            await indexing.add(self.context.session, [_media_entry(row) for row in rows])
        self.context.report.count(Fact.MEDIA, len(rows))

    def _row(self, key: str, item: Item) -> Row | None:
        if (address := mapping.address(item)) is None:
            self.context.report.count(Fact.ADDRESS)
            return None
        file = mapping.file(address)
        return {
            "id": ids.new(ids.MEDIA),
            "kind": file.kind,
            "external_url": address,
            "file_name": file.name,
            "mime_type": file.mime_type,
            "title": mapping.title(item, self.context.report) or None,
            "alt_text": item.meta.get("_wp_attachment_image_alt", "").strip() or None,
            "caption": item.excerpt.strip() or None,
            "uploaded_by_id": self.context.authors[login_key(item.creator)],
            "import_key": key,
            **mapping.sizes(item, self.context.report),
            **self.context.dates(item),
        }


@dataclass(slots=True)
class Posts:
    """Writes posts and pages. `late` are those whose featured image has not come yet."""

    context: Context
    free: dict[str, Free] = field(default_factory=dict)
    late: list[tuple[str, str]] = field(default_factory=list)

    async def write(self, items: list[Item]) -> None:
        new = await self.context.new(CONTENT, items)
        images = await self._images(mapping.featured(item) for item in new.values())
        wanted = {
            key: mapping.wanted_slug(item, mapping.plain(item.title)) for key, item in new.items()
        }
        for type, kind in mapping.KINDS.items():
            where = CONTENT.c.kind == kind
            free = self.free.setdefault(type, Free(self.context.session, CONTENT.c.slug, where))
            await free.look(wanted[key] for key, item in new.items() if item.type == type)
        rows = [await self._row(key, item, wanted[key], images) for key, item in new.items()]
        if rows:
            await self.context.session.execute(insert(CONTENT), rows)
            await self._tag(rows, list(new.values()))
            await indexing.add(self.context.session, [_content_entry(row) for row in rows])

    async def finish(self) -> None:
        """Link the featured images that came after their items."""
        for batch in batches(self.late):
            images = await self._images(number for _, number in batch)
            found = [
                {"item": item_id, "image": images[number]}
                for item_id, number in batch
                if number in images
            ]
            self.context.report.count(Fact.FEATURED, len(found))
            self.context.report.count(Fact.NO_IMAGE, len(batch) - len(found))
            if found:
                link = update(CONTENT).where(CONTENT.c.id == bindparam("item"))
                unchanged = {"updated_at": CONTENT.c.updated_at}
                await self.context.session.execute(
                    link.values(featured_image_id=bindparam("image"), **unchanged), found
                )

    async def _images(self, numbers: Iterable[str]) -> dict[str, str]:
        """Our media by WordPress's numbers."""
        keys = {self.context.image_key(number): number for number in numbers if number}
        there = await known(self.context.session, MEDIA, keys)
        return {keys[key]: id for key, id in there.items()}

    async def _row(self, key: str, item: Item, wanted: str, images: dict[str, str]) -> Row:
        report, dates = self.context.report, self.context.dates(item)
        state = mapping.state(item, dates["created_at"], self.context.now)
        for fact in state.facts:
            report.count(fact)
        title = mapping.title(item, report)
        slug = await self.free[item.type].choose(wanted)
        if slug != mapping.decoded(item.slug) and item.slug:
            report.count(Fact.SLUG)
        row = {
            "id": ids.new(ids.CONTENT),
            "kind": mapping.KINDS[item.type],
            "title": title,
            "title_key": text.key(title),
            "slug": slug,
            "summary": item.excerpt.strip() or None,
            "body": item.body,
            "body_format": Format.HTML,
            "status": state.status,
            "author_id": self.context.authors[login_key(item.creator)],
            "category_id": self._category(item.terms),
            "featured_image_id": images.get(image := mapping.featured(item)),
            "published_at": state.published_at,
            "scheduled_publish_at": state.scheduled_publish_at,
            "import_key": key,
            **dates,
        }
        if row["featured_image_id"]:
            report.count(Fact.FEATURED)
        elif image:
            self.late.append((str(row["id"]), image))
        return row

    def _category(self, terms: list[Term]) -> str | None:
        """The first one, and WordPress's default only if there is no other."""
        named = [mapping.term_key(term) for term in terms if term.taxonomy == "category"]
        given = [name for name in dict.fromkeys(named) if name in self.context.categories]
        self.context.report.count(Fact.UNDEFINED, sum(name not in given for name in named))
        if not given:
            return None
        self.context.report.count(Fact.FURTHER, len(given) - 1)
        chosen = next((name for name in given if name != DEFAULT_CATEGORY), DEFAULT_CATEGORY)
        return self.context.categories[chosen]

    async def _tag(self, rows: list[Row], items: list[Item]) -> None:
        links = []
        for row, item in zip(rows, items, strict=True):
            named = [mapping.term_key(term) for term in item.terms if term.taxonomy in mapping.TAGS]
            given = [self.context.tags[name] for name in named if name in self.context.tags]
            self.context.report.count(Fact.UNDEFINED, len(named) - len(given))
            links += [
                {"item_id": row["id"], "tag_id": tag_id, "position": position}
                for position, tag_id in enumerate(dict.fromkeys(given))
            ]
        if links:
            await self.context.session.execute(insert(content_tags), links)


def _media_entry(row: Row) -> indexing.Entry:
    return indexing.media(
        row["id"], row["title"], row["file_name"], row["alt_text"], row["caption"]
    )


def _content_entry(row: Row) -> indexing.Entry:
    text = indexing.read(row["body"], row["body_format"])
    return indexing.item(row["id"], row["title"], row["summary"], text)
