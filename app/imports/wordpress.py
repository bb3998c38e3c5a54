"""Imports a WordPress export: all of it in one transaction, or nothing."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Database
from app.errors import StartupError
from app.imports import batches, mapping
from app.imports.items import Attachments, Context, Posts
from app.imports.people import People
from app.imports.records import Item
from app.imports.report import Fact, Report
from app.imports.strictxml import Advance
from app.imports.survey import Survey
from app.imports.terms import CATEGORIES, TAGS, Terms
from app.imports.wxr import Export

MAX_BATCH_TEXT = 4_000_000


async def write(
    database: Database,
    path: Path,
    found: Survey,
    advance: Advance = lambda _bytes: None,
    now: datetime | None = None,
) -> Report:
    """Import a file that has been surveyed; what an earlier run brought is left as it is.

    Raises UnreadableError, when the file has changed since, and StartupError, when another writer
    was faster with the same names. Either way nothing has been written.
    """
    report = Report()
    try:
        async with database.write() as session:
            importer = await _importer(session, found, report, now or datetime.now(UTC))
            for record in Export(path).records(advance):
                if isinstance(record, Item):
                    await importer.add(record)
            await importer.finish()
    except IntegrityError:
        raise StartupError(
            "Somebody else wrote the same names meanwhile: nothing was imported, try again"
        ) from None
    return report


async def _importer(
    session: AsyncSession, found: Survey, report: Report, now: datetime
) -> "Importer":
    people = People(session, found.site, report)
    await people.write(found)
    categories = Terms(session, CATEGORIES, found.site, report)
    await categories.write(found.categories)
    tags = Terms(session, TAGS, found.site, report)
    await tags.write(found.tags)
    report.count(Fact.MENUS, found.menus)
    report.count(Fact.TAXONOMY, found.others)
    return Importer(Context(session, found.site, now, report, people.ids, categories.ids, tags.ids))


class Importer:
    """Takes items one by one and writes them in batches."""

    def __init__(self, context: Context) -> None:
        self.report = context.report
        self.attachments, self.posts = Attachments(context), Posts(context)
        self.waiting: list[Item] = []
        self.size = 0

    async def add(self, item: Item) -> None:
        if (fact := mapping.left_out(item)) is not None:
            self.report.count(fact) if fact is not Fact.OTHER else self.report.other(item.type)
            self.report.count(Fact.COMMENTS, item.comments)
            return
        self._count_losses(item)
        self.waiting.append(item)
        self.size += len(item.body) + len(item.excerpt)
        if len(self.waiting) == batches.SIZE or self.size > MAX_BATCH_TEXT:
            await self._flush()

    async def finish(self) -> None:
        await self._flush()
        await self.posts.finish()

    async def _flush(self) -> None:
        items, self.waiting, self.size = self.waiting, [], 0
        await self.attachments.write([item for item in items if item.type == "attachment"])
        await self.posts.write([item for item in items if item.type in mapping.KINDS])

    def _count_losses(self, item: Item) -> None:
        kinds = [term.taxonomy for term in item.terms]
        formats = kinds.count("post_format")
        ours = kinds.count("category") + sum(kinds.count(name) for name in mapping.TAGS)
        self.report.count(Fact.COMMENTS, item.comments)
        self.report.count(Fact.FORMATS, formats)
        self.report.count(Fact.TAXONOMY, len(list(filter(None, kinds))) - formats - ours)
        self.report.count(Fact.FIELDS, item.custom_fields)
        self.report.count(Fact.STICKY, item.sticky == "1")
        self.report.count(Fact.PARENTS, item.type == "page" and item.parent not in ("", "0"))
