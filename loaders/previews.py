"""What a preview token shows, to whoever has it."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import and_, func, or_, select

from app.auth import opaque
from app.models import ContentDraft, PreviewToken, Revision, content_tags
from app.models.revisions import snapshot
from app.selects import CONTENT
from app.selects.content import TABLE
from loaders.base import Loader
from loaders.revisions import View

_token = PreviewToken.__table__.c
_draft = ContentDraft.__table__.c
_revision = Revision.__table__.c


class ViewByPreviewToken(Loader[str, View | None]):
    """The item of each token: its draft, or the revision that the token was made for.

    None for a token that nobody made or whose time is over, and for an item in the trash.
    """

    async def batch_load_fn(self, keys: list[str]) -> list[View | None]:
        return [await self._view(key) for key in keys]

    async def _view(self, token: str) -> View | None:
        rows = await self.scope.db.fetch(self._row(opaque.digest(token)))
        if not rows:
            return None
        row = rows[0]
        said = row.snapshot or snapshot(row, await self._tags(row.id))
        return View(row, said, row.draft_version or row.version, row.updated_at)

    def _row(self, digest: str) -> Any:
        number = func.coalesce(_token.revision, _draft.revision)
        return (
            select(
                *CONTENT.columns(self.scope.actor),
                TABLE.c.body,
                _draft.version.label("draft_version"),
                _revision.snapshot,
            )
            .select_from(TABLE)
            .join(PreviewToken, _token.item_id == TABLE.c.id)
            .outerjoin(ContentDraft, _draft.item_id == TABLE.c.id)
            .outerjoin(Revision, and_(_revision.item_id == TABLE.c.id, _revision.number == number))
            .where(
                _token.digest == digest,
                _token.expires_at > datetime.now(UTC),
                TABLE.c.deleted_at.is_(None),
                or_(_token.revision.is_(None), _revision.id.is_not(None)),
            )
        )

    async def _tags(self, item_id: str) -> list[str]:
        links = content_tags.c
        tags = select(links.tag_id).where(links.item_id == item_id).order_by(links.position)
        return [row.tag_id for row in await self.scope.db.fetch(tags)]
