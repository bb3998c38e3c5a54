"""Links that show one item to whoever has them, before it is public."""

from datetime import timedelta

from sqlalchemy import delete, func, select

from app.auth import opaque
from app.errors import ErrorCode
from app.models import PreviewToken
from app.operations.checks import Checks
from app.operations.content.hold import hold, numbered
from app.operations.work import Work

SHORTEST = 60
LONGEST = 30 * 86_400
USUAL = 86_400
MAX_TOKENS = 100


async def create_token(
    work: Work, id: str, revision: int | None = None, seconds: int = USUAL
) -> tuple[PreviewToken, str]:
    """A token for an item's draft, or one revision of it, and the secret that it is known by.

    Raises Invalid.
    """
    held = await hold(work, id, "preview")
    checks = Checks()
    if not SHORTEST <= seconds <= LONGEST:
        checks.add(ErrorCode.INVALID, f"From {SHORTEST} to {LONGEST} seconds", "expires_in")
    if revision is not None and await numbered(work, id, revision) is None:
        checks.add(ErrorCode.NOT_FOUND, "There is no such revision", "revision")
    mine = PreviewToken.item_id == held.item.id
    await work.session.execute(delete(PreviewToken).where(mine, PreviewToken.expires_at <= work.at))
    kept = select(func.count()).select_from(PreviewToken).where(mine)
    if (await work.session.scalar(kept) or 0) >= MAX_TOKENS:
        message = f"An item has {MAX_TOKENS} tokens at most: revoke them, or let some expire"
        checks.add(ErrorCode.LIMIT_EXCEEDED, message, "id")
    checks.done()
    secret, ends = opaque.new_secret(), work.at + timedelta(seconds=seconds)
    token = PreviewToken(
        digest=opaque.digest(secret), item_id=id, revision=revision, expires_at=ends
    )
    work.session.add(token)
    work.record("content_item.preview_created", id)
    return token, secret


async def revoke_tokens(work: Work, id: str) -> int:
    """Take back all tokens of an item; how many there were. Raises Invalid."""
    held = await hold(work, id, "preview")
    mine = delete(PreviewToken).where(PreviewToken.item_id == held.item.id)
    gone = len((await work.session.execute(mine.returning(PreviewToken.digest))).all())
    if gone:
        work.record("content_item.previews_revoked", id, count=gone)
    return gone
