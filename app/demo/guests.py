"""Who of the community one can be, to look around in: an admin, an editor and an author."""

import secrets

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.passwords import Passwords
from app.ids import ALPHABET
from app.models import Credential, User
from app.models.base import now

GUESTS = {"mira": "an admin", "jonas": "an editor", "noor": "an author"}


def new_password() -> str:
    """60 random bits that keep the rules for passwords: nobody can look them up in the source."""
    parts = ("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))
    return f"Demo-1-{'-'.join(parts)}"


def invitation(password: str) -> str:
    """What to tell whoever has loaded the demo."""
    names = ", ".join(f"{name} ({role})" for name, role in GUESTS.items())
    return f"Sign in as {names} with the password {password} (it is not shown again)"


async def hashed(password: str) -> str:
    passwords = Passwords(threads=1)
    try:
        return await passwords.hash(password)
    finally:
        passwords.close()


async def let_in(session: AsyncSession, hash: str) -> None:
    """Give the guests a password."""
    found = await session.scalars(select(User.id).where(User.username.in_(GUESTS)))
    rows = [{"user_id": id, "password_hash": hash, "password_changed_at": now()} for id in found]
    await session.execute(insert(Credential), rows)
