"""The authors of an export become accounts, or are found among the accounts that exist."""

import re
from typing import Any

from sqlalchemy import Table, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import ids, indexing, text
from app.imports import mapping
from app.imports.batches import batches
from app.imports.known import known
from app.imports.records import Author
from app.imports.report import Fact, Report
from app.imports.survey import Survey
from app.models import User
from app.slugs import Free

TABLE: Table = User.__table__  # type: ignore[assignment]
UNKNOWN = Author(login="unknown", name="Unknown author")

_NOT_IN_LOGIN = re.compile(r"[^\w .@-]")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def login_key(login: str) -> str:
    """By what authors and the creators of items find each other: WordPress drops odd characters."""
    return text.fold(_clean(login))


def _clean(login: str) -> str:
    return " ".join(_NOT_IN_LOGIN.sub("", login).split())


class People:
    """Writes authors in batches; `ids` are the accounts by `login_key`."""

    def __init__(self, session: AsyncSession, site: str, report: Report) -> None:
        self.session, self.site, self.report = session, site, report
        self.ids: dict[str, str] = {}
        self.emails: set[str] = set()
        self.free = Free(session, TABLE.c.username_key, length=60)

    async def write(self, found: Survey) -> None:
        listed = {login_key(author.login): author for author in found.authors.values()}
        listed.pop("", None)
        named = {login_key(login): Author(login) for login in found.creators}
        for batch in batches((named | listed).items()):
            await self._batch(dict(batch), listed)

    async def _batch(self, authors: dict[str, Author], listed: dict[str, Author]) -> None:
        keys = {mapping.key(self.site, "author", login): login for login in authors}
        there = await known(self.session, TABLE, keys)
        self.report.count(Fact.KNOWN, len(there))
        self.ids |= {keys[key]: id for key, id in there.items()}
        new = {login: author for login, author in authors.items() if login not in self.ids}
        accounts = _Accounts(await self._accounts(new))
        await self.free.look(login[:60] for login in (*new, UNKNOWN.login))
        rows = []
        for login, author in new.items():
            if account := accounts.of(login, _email(author)):
                self.ids[login] = account.id
                self.report.count(Fact.ACCOUNT)
                continue
            self.report.count(Fact.AUTHORS)
            if login not in listed:
                self.report.count(Fact.UNLISTED)
            rows.append(await self._row(login, author if login else UNKNOWN))
        await self._insert(rows)

    async def _accounts(self, authors: dict[str, Author]) -> list[Any]:
        """Those that have the name or email of one of these, and are not of this run."""
        emails = [text.fold(email) for author in authors.values() if (email := _email(author))]
        columns = (TABLE.c.id, TABLE.c.username_key, TABLE.c.email_key, TABLE.c.import_key)
        same = or_(
            TABLE.c.username_key.in_([login[:60] for login in authors]),
            TABLE.c.email_key.in_(emails),
        )
        rows = await self.session.execute(select(*columns).where(same))
        mine = set(self.ids.values())
        return [row for row in rows.all() if row.id not in mine]

    async def _row(self, login: str, author: Author) -> dict[str, Any]:
        username, wanted = _clean(author.login)[:60], text.fold(_clean(author.login))[:60]
        name_key = await self.free.choose(wanted)
        if name_key != wanted:
            self.report.count(Fact.USERNAME)
        email = _email(author)
        if email and text.fold(email) in self.emails:
            email = None
        if author.email and email is None:
            self.report.count(Fact.EMAIL)
        self.emails |= {text.fold(email)} if email else set()
        full_name = mapping.plain(author.name or f"{author.first} {author.last}")[:200]
        row: dict[str, Any] = {
            "id": ids.new(ids.USER),
            "username": username if name_key == wanted else name_key,
            "username_key": name_key,
            "email": email,
            "email_key": text.fold(email) if email else None,
            "full_name": full_name or None,
            "import_key": mapping.key(self.site, "author", login),
        }
        self.ids[login] = row["id"]
        return row

    async def _insert(self, rows: list[dict[str, Any]]) -> None:
        if rows:
            await self.session.execute(insert(TABLE), rows)
            entries = [
                indexing.user(row["id"], row["username"], row["full_name"], None) for row in rows
            ]
            await indexing.add(self.session, entries)


class _Accounts:
    """Which account is an author's: the one with the email, or else with the name.

    A name alone proves little when both have emails that differ and the account was imported, too:
    the `admin` of another site is somebody else.
    """

    def __init__(self, rows: list[Any]) -> None:
        self.by_email = {row.email_key: row for row in rows if row.email_key}
        self.by_name = {row.username_key: row for row in rows}

    def of(self, login: str, email: str | None) -> Any | None:
        if email and (account := self.by_email.get(text.fold(email))):
            return account
        account = self.by_name.get(login[:60])
        strangers = account and account.import_key and email and account.email_key
        return None if strangers else account


def _email(author: Author) -> str | None:
    """An author's email, if it is one that fits."""
    email = author.email
    if not _EMAIL.fullmatch(email) or max(len(email), len(text.fold(email))) > 254:
        return None
    return email
