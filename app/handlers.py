"""How each kind of job is done. One that fails, or whose worker dies, is done again: a handler must
do no harm the second time."""

from collections.abc import Awaitable, Callable

from sqlalchemy import select

from app import indexing
from app.models import Media
from app.models.base import Document
from app.operations.accounts import mails
from app.resources import Resources

Handler = Callable[[Resources, Document], Awaitable[None]]


async def remove_file(resources: Resources, payload: Document) -> None:
    """Remove the file `key`, unless it is still somebody's."""
    key: str = payload["key"]
    if not await resources.db.fetch(select(Media.id).where(Media.storage_key == key).limit(1)):
        await resources.storage.delete(key)


async def compact_index(resources: Resources, _payload: Document) -> None:
    """Nothing of what was removed is left in the search index, either."""
    await indexing.compact(resources.db)


HANDLERS: dict[str, Handler] = {
    "media.remove_file": remove_file,
    "search.compact": compact_index,
    "mail.verify_email": mails.verify_email,
    "mail.reset_password": mails.reset_password,
}
