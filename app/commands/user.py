import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import click
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app import text
from app.commands.running import data_option, load, opened, run
from app.errors import StartupError
from app.models import User
from app.operations import users
from app.operations.accounts import mailed_tokens, registration
from app.operations.work import Work
from app.permissions import Actor, Role
from app.resources import Resources
from app.settings import Settings

OPERATOR = Actor(role=Role.ADMIN)
ROLE = click.Choice([role.value for role in Role if role is not Role.GUEST], case_sensitive=False)


@click.group()
def user() -> None:
    """Make accounts and say what they may do."""


@user.command()
@click.option("--username", required=True)
@click.option("--email", required=True, help="It counts as verified.")
@click.option("--role", type=ROLE, default=Role.USER.value, show_default=True)
@click.option(
    "--password-file",
    type=click.File(encoding="utf-8"),
    help="Its first line is the password; `-` is standard input. Asked for when left out.",
)
@data_option
def create(
    username: str, email: str, role: str, password_file: TextIO | None, data: Path | None
) -> None:
    """Make an account, such as the first admin's."""
    password = _password(password_file)
    run(_create(load(data_dir=data), username, email, Role(role), password))
    click.echo(f"{username} can sign in ({role})")


@user.command()
@click.argument("username")
@click.argument("role", type=ROLE)
@data_option
def role(username: str, role: str, data: Path | None) -> None:
    """Give the account USERNAME a role, which counts at once."""
    run(_assign(load(data_dir=data), username, Role(role)))
    click.echo(f"{username} has the role {role}")


def _password(file: TextIO | None) -> str:
    if file is None and sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return (file or sys.stdin).readline().rstrip("\r\n")


async def _create(chosen: Settings, username: str, email: str, role: Role, password: str) -> None:
    async with opened(chosen):
        pass  # the schema is the newest now, if it may be
    resources = Resources.of(chosen)
    async with resources.opened():
        new = await registration.ready(resources, username, email, password, None, None)
        async with resources.db.write() as session:
            work = _work(session)
            claims = select(User).where(User.email_key == text.fold(new.email)).order_by(User.id)
            claimants = list(await session.scalars(claims.with_for_update(key_share=True)))
            user = await registration.register(work, new)
            await mailed_tokens.verified(work, user, claimants)
            if role is not user.role:
                await users.assign_role(work, user.id, role, None)


async def _assign(chosen: Settings, username: str, role: Role) -> None:
    async with opened(chosen) as database, database.write() as session:
        name = select(User.id).where(User.username_key == text.fold(username))
        id = await session.scalar(name)
        if id is None:
            raise StartupError(f"There is no user {username}")
        await users.assign_role(_work(session), id, role, None)


def _work(session: AsyncSession) -> Work:
    return Work(session, OPERATOR, "command", datetime.now(UTC))
