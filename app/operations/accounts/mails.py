"""The mails that accounts need, as jobs: what is to be told to the reader of an address alone."""

from datetime import UTC, datetime

from sqlalchemy import select

from app import text
from app.mail import Mail
from app.models import Purpose, User
from app.models.base import Document
from app.operations.accounts import mailed_tokens
from app.resources import Resources
from app.settings import Settings

VERIFY = """\
Hello {name},

an account was registered with this address. To show that you read its mail, {how}

If that was not you, do nothing: the address will not be linked to the account.
"""
KNOWN = """\
Hello {name},

somebody has just registered with this address, but it is that of your account. If that was you,
sign in to it, or ask for a new password. If it was not, do nothing.
"""
RESET = """\
Hello {name},

somebody asked for a new password for your account. To choose one within an hour, {how}

If that was not you, do nothing: your password stays as it is.
"""


async def verify_email(resources: Resources, payload: Document) -> None:
    """Send a token to the address of the user `user_id`, or word that it is another account's."""
    at = datetime.now(UTC)
    async with resources.db.write() as session:
        user = await session.get(User, payload["user_id"])
        if user is None or user.email is None or user.deactivated_at or user.email_verified_at:
            return
        owned = (User.email_key == user.email_key, User.email_verified_at.is_not(None))
        owner = await session.scalar(select(User).where(*owned))
        if owner is not None and owner.email is not None:
            to, subject = owner.email, "You have an account"
            words = KNOWN.format(name=owner.username)
        else:
            token = await mailed_tokens.issue(session, user, Purpose.VERIFY_EMAIL, at)
            how = _how(resources.settings, "verify-email", "verifyEmail", token)
            to, subject = user.email, "Verify your email address"
            words = VERIFY.format(name=user.username, how=how)
    await resources.mailer.send(Mail(to, subject, words))


async def reset_password(resources: Resources, payload: Document) -> None:
    """Send a token to the account that has the address `email`, when there is one.

    It goes to the address as its owner wrote it: what is typed may just look like it.
    """
    at = datetime.now(UTC)
    async with resources.db.write() as session:
        mine = (User.email_key == text.key(payload["email"]), User.deactivated_at.is_(None))
        order = (User.email_verified_at.is_(None), User.created_at, User.id)
        user = await session.scalar(select(User).where(*mine).order_by(*order).limit(1))
        if user is None or user.email is None:
            return
        token = await mailed_tokens.issue(session, user, Purpose.RESET_PASSWORD, at)
    how = _how(resources.settings, "reset-password", "resetPassword", token)
    words = RESET.format(name=user.username, how=how)
    await resources.mailer.send(Mail(user.email, "Choose a new password", words))


def _how(settings: Settings, page: str, mutation: str, token: str) -> str:
    """What to do with a token: open a page of the site, or hand it to the mutation."""
    if settings.app_url:
        return f"open\n\n    {settings.app_url}/{page}?token={token}"
    return f"use this token with `{mutation}`:\n\n    {token}"
