"""`thinkalike user`: the first admin, who can be made by nobody else."""

import asyncio
import os
import pty
import subprocess

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from app.models import AuditEntry, Credential, SearchDocument, User
from app.operations.accounts import sign_in
from app.permissions import Role
from cli import main
from tests import factories as make
from tests.processes import CLEAN, COMMAND

PASSWORD = "Otter-Lantern-47"
ROOT = ("--username", "root", "--email", "root@example.org")


@pytest.fixture
def thinkalike(address, tmp_path):
    """Run `thinkalike user` on the database of the test: what it says, and its status."""
    env = {"DATABASE_URL": address, "THINKALIKE_DATA_DIR": str(tmp_path / "data")}

    async def thinkalike(*arguments: str, typed: str = f"{PASSWORD}\n") -> tuple[str, int]:
        run = CliRunner(env=env).invoke
        done = await asyncio.to_thread(run, main, ["user", *arguments], input=typed)
        return done.output, done.exit_code

    return thinkalike


async def test_the_first_admin(thinkalike, db, resources):
    said = await thinkalike("create", *ROOT, "--role", "admin")

    assert said == ("root can sign in (ADMIN)\n", 0)
    (user,) = await db.fetch(select(User.__table__))
    assert (user.username, user.email, user.role) == ("root", "root@example.org", Role.ADMIN)
    assert user.email_verified_at is not None
    for identifier in ("root", "root@example.org"):
        proof = await sign_in.prove(resources, identifier, PASSWORD, None)
        assert proof.user_id == user.id
    told = select(AuditEntry.action, AuditEntry.actor_id, AuditEntry.request_id)
    assert await db.fetch(told.order_by(AuditEntry.action)) == [
        ("user.email_verified", None, "command"),
        ("user.registered", None, "command"),
        ("user.role_assigned", None, "command"),
    ]
    assert await db.fetch(select(SearchDocument.subject_id)) == [(user.id,)]


async def test_a_password_from_a_file(thinkalike, resources, db, tmp_path):
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\nand a remark\n")

    said = await thinkalike("create", *ROOT, "--password-file", str(file), typed="")

    assert said == ("root can sign in (USER)\n", 0)
    assert await sign_in.prove(resources, "root", PASSWORD, None)
    assert PASSWORD not in str(await db.fetch(select(Credential.__table__)))


def test_a_terminal_is_asked_twice_and_shows_nothing(tmp_path):
    ours, theirs = pty.openpty()
    command = [*COMMAND, "user", "create", *ROOT, "--data", str(tmp_path)]
    pipes = {"stdin": theirs, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with (
        os.fdopen(ours, "r+b", buffering=0) as terminal,
        subprocess.Popen(command, env=CLEAN, start_new_session=True, **pipes) as asking,
    ):
        for question in (b"Password: ", b"\nRepeat for confirmation: "):
            assert asking.stderr.read(len(question)) == question
            terminal.write(f"{PASSWORD}\n".encode())
        shown, errors = asking.communicate(timeout=60)
        os.close(theirs)

    assert (shown, errors) == (b"root can sign in (USER)\n", b"\n")


@pytest.mark.parametrize(
    ("arguments", "typed", "words"),
    [
        (("--username", "a b", "--email", "nobody"), "weak\n", "not an email address"),
        (("--username", "a b", "--email", "nobody"), "weak\n", "at least 8 characters"),
        (ROOT, "", "at least 8 characters"),
        ((*ROOT, "--role", "guest"), "", "'guest' is not one of"),
    ],
)
async def test_what_is_wrong_is_told_and_nothing_made(arguments, typed, words, thinkalike, db):
    output, status = await thinkalike("create", *arguments, typed=typed)

    assert words in output
    assert status != 0
    assert await db.fetch(select(User.id)) == []


async def test_a_name_or_a_proved_address_of_somebody_else(thinkalike, db):
    taken = make.user(username="Root")
    owner = make.user(email="ann@example.org", email_key="ann@example.org")
    owner.email_verified_at = make.NOON
    await make.add(db, taken, owner)

    name, _ = await thinkalike("create", *ROOT)
    address, _ = await thinkalike("create", "--username", "ann", "--email", "Ann@example.org")

    assert name == "Error: This name is taken\n"
    assert address == "Error: This address belongs to another account\n"
    assert await db.fetch(select(func.count()).select_from(User)) == [(2,)]


async def test_the_operator_knows_whose_an_address_is(thinkalike, db):
    claimant = make.user(email="root@example.org", email_key="root@example.org")
    await make.add(db, claimant)

    assert await thinkalike("create", *ROOT) == ("root can sign in (USER)\n", 0)

    rows = await db.fetch(select(User.username, User.email).order_by(User.email_key.is_(None)))
    assert rows == [("root", "root@example.org"), (claimant.username, None)]


async def test_a_role_is_given_and_the_last_admin_stays(thinkalike, db):
    await make.add(db, make.user(username="Ann"))

    assert await thinkalike("role", "ann", "admin") == ("ann has the role ADMIN\n", 0)
    assert await db.fetch(select(User.role)) == [(Role.ADMIN,)]

    last = await thinkalike("role", "ann", "user")
    nobody = await thinkalike("role", "bob", "user")
    assert last == ("Error: This is the last admin: make somebody else one first\n", 1)
    assert nobody == ("Error: There is no user bob\n", 1)
    assert await db.fetch(select(User.role)) == [(Role.ADMIN,)]
