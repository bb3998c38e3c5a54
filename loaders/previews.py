"""What a preview token shows, to whoever has it."""

from functools import lru_cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, or_, select

from app.auth import opaque
from app.models import ContentDraft, PreviewToken, Revision, content_tags
from app.models.revisions import snapshot
from app.selects import CONTENT
from app.selects.content import TABLE
from app.selects.sight import NOW, Sight
from loaders.base import Loader
from loaders.revisions import View
from loaders.statements import KEPT

_token = PreviewToken.__table__.c
_draft = ContentDraft.__table__.c
_revision = Revision.__table__.c
_links = content_tags.c

_TAGS = (
    select(_links.tag_id)
    .where(_links.item_id == bindparam("item_id", required=True))
    .order_by(_links.position)
)


class ViewByPreviewToken(Loader[str, View | None]):
    """The item of each token: its draft, or the revision that the token was made for.

    None for a token that nobody made or whose time is over, and for an item in the trash.
    """

    async def batch_load_fn(self, keys: list[str]) -> list[View | None]:
        return [await self._view(key) for key in keys]

    async def _view(self, token: str) -> View | None:
        rows = await self.scope.fetch(_row(self.scope.sight), digest=opaque.digest(token))
        if not rows:
            return None
        row = rows[0]
        said = row.snapshot or snapshot(row, await self._tags(row.id))
        return View(row, said, row.draft_version or row.version, row.updated_at)

    async def _tags(self, item_id: str) -> list[str]:
        return [row.tag_id for row in await self.scope.fetch(_TAGS, item_id=item_id)]


@lru_cache(KEPT)
def _row(sight: Sight) -> Select[Any]:
    number = func.coalesce(_token.revision, _draft.revision)
    return (
        select(
            *CONTENT.columns(sight),
            TABLE.c.body,
            _draft.version.label("draft_version"),
            _revision.snapshot,
        )
        .select_from(TABLE)
        .join(PreviewToken, _token.item_id == TABLE.c.id)
        .outerjoin(ContentDraft, _draft.item_id == TABLE.c.id)
        .outerjoin(Revision, and_(_revision.item_id == TABLE.c.id, _revision.number == number))
        .where(
            _token.digest == bindparam("digest", required=True),
            _token.expires_at > NOW,
            TABLE.c.deleted_at.is_(None),
            or_(_token.revision.is_(None), _revision.id.is_not(None)),
        )
    )
