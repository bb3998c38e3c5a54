"""Tokens in mails: whoever has one reads the mail of an address. The newest counts, for once."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import opaque
from app.errors import ErrorCode, Invalid
from app.models import MailedToken, Purpose, User
from app.operations.work import Work

LIFETIME = {Purpose.VERIFY_EMAIL: timedelta(days=7), Purpose.RESET_PASSWORD: timedelta(hours=1)}


async def issue(session: AsyncSession, user: User, purpose: Purpose, at: datetime) -> str:
    """A token to be sent to the user's address; those that were sent before are void."""
    before = (MailedToken.user_id == user.id, MailedToken.purpose == purpose)
    await session.execute(delete(MailedToken).where(*before))
    token = opaque.new_secret()
    session.add(
        MailedToken(
            digest=opaque.digest(token),
            user_id=user.id,
            purpose=purpose,
            email_key=user.email_key,
            expires_at=at + LIFETIME[purpose],
        )
    )
    return token


def good(token: str, purpose: Purpose, at: datetime) -> tuple[ColumnElement[bool], ...]:
    """Conditions for the row of a token that counts."""
    return (
        MailedToken.digest == opaque.digest(token),
        MailedToken.purpose == purpose,
        MailedToken.expires_at > at,
    )


async def take(work: Work, token: str, purpose: Purpose) -> tuple[User, list[User]]:
    """Whose token this is, and all who claim the address that it went to, locked. Raises Invalid.

    Users are locked before their tokens, as everywhere.
    """
    mine = good(token, purpose, work.at)
    email_key = await work.session.scalar(select(MailedToken.email_key).where(*mine))
    if email_key is None:
        raise unknown()
    claims = select(User).where(User.email_key == email_key).order_by(User.id)
    claimants = list(await work.session.scalars(claims.with_for_update(key_share=True)))
    taken = delete(MailedToken).where(*mine).returning(MailedToken.user_id)
    user_id = await work.session.scalar(taken)
    for user in claimants:
        if user.id == user_id and user.deactivated_at is None:
            return user, claimants
    raise unknown()


async def verified(work: Work, user: User, claimants: list[User]) -> None:
    """The address is the user's from now on, and no other's who has claimed it. Raises Invalid."""
    others = [one for one in claimants if one is not user]
    if any(other.email_verified_at for other in others):
        message = "This address belongs to another account"
        raise Invalid.one(ErrorCode.NOT_UNIQUE, message, "token")
    for other in others:
        other.email = other.email_key = None
        other.version += 1
        work.record("user.email_lost", other.id, ["email"])
    theirs = MailedToken.user_id.in_([other.id for other in others])
    await work.session.execute(delete(MailedToken).where(theirs))
    user.email_verified_at = work.at
    user.version += 1
    work.record("user.email_verified", user.id)


def unknown() -> Invalid:
    message = "This token is not good, or no longer: ask for a new mail"
    return Invalid.one(ErrorCode.INVALID_CREDENTIALS, message, "token")
