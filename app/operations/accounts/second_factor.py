"""The second factor: codes that a phone shows, and some for when it is lost."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete

from app.auth import totp
from app.auth.vault import Vault
from app.errors import ErrorCode, Invalid, Unauthenticated
from app.models import Credential, RecoveryCode, User
from app.operations.accounts import attempts
from app.operations.work import Work
from app.permissions import Actor, Permission
from app.resources import Resources


@dataclass(frozen=True, slots=True)
class Attempt:
    """What codes are proved with, and what is forgiven when one was right."""

    vault: Vault
    counted: attempts.Keys


async def attempt(resources: Resources, actor: Actor, address: str | None) -> Attempt:
    """Whoever has a stolen session must not guess: a wrong code counts. Raises Invalid."""
    actor.require(Permission.ACCOUNT_MANAGE)
    keys = attempts.keys("code", actor.user_id or "", address)
    counted = await attempts.take(resources.db, keys, datetime.now(UTC))
    return Attempt(resources.vault, counted)


async def prove(work: Work, vault: Vault, user_id: str, code: str | None) -> None:
    """Take a code of a user who has a second factor, each for once; others need none.

    Raises Invalid: TOTP_REQUIRED without a code, INVALID_CREDENTIALS with a wrong one.
    """
    credential = await work.session.get(Credential, user_id, with_for_update=True)
    if credential is None or credential.totp_confirmed_at is None:
        return
    if not code:
        message = "Give the code that your app shows, or a recovery code"
        raise Invalid.one(ErrorCode.TOTP_REQUIRED, message)
    if not await _recovered(work, user_id, code):
        _take(work, vault, credential, code)


async def start(work: Work, vault: Vault) -> tuple[str, str]:
    """A secret for the caller's app, and its `otpauth://` address; it counts when `enable` has
    seen a code of it. Raises Invalid."""
    credential = await _own(work)
    if credential.totp_confirmed_at is not None:
        message = "There is a second factor already: disable it first"
        raise Invalid.one(ErrorCode.INVALID_STATE, message)
    user = await work.session.get_one(User, credential.user_id)
    secret = totp.new_secret()
    credential.totp_secret = vault.seal(secret, owner=user.id)
    credential.totp_step = None
    work.record("user.totp_started", user.id)
    return secret, totp.address(secret, user.username)


async def enable(work: Work, attempt: Attempt, code: str) -> list[str]:
    """Let the second factor count, as the caller's app knows it; the recovery codes.

    Raises Invalid.
    """
    credential = await _own(work)
    if credential.totp_secret is None or credential.totp_confirmed_at is not None:
        raise Invalid.one(ErrorCode.INVALID_STATE, "Nothing waits to be enabled: start it first")
    _take(work, attempt.vault, credential, code)
    await attempts.forgive(work.session, attempt.counted)
    credential.totp_confirmed_at = work.at
    work.record("user.totp_enabled", credential.user_id)
    return await _new_recovery_codes(work, credential.user_id)


async def disable(work: Work, attempt: Attempt, code: str) -> None:
    """Do without the second factor from now on. Raises Invalid."""
    credential = await _proven(work, attempt, code)
    credential.totp_secret = credential.totp_confirmed_at = credential.totp_step = None
    await _forget_recovery_codes(work, credential.user_id)
    work.record("user.totp_disabled", credential.user_id)


async def regenerate_recovery_codes(work: Work, attempt: Attempt, code: str) -> list[str]:
    """Recovery codes in place of those before. Raises Invalid."""
    credential = await _proven(work, attempt, code)
    work.record("user.recovery_codes_replaced", credential.user_id)
    return await _new_recovery_codes(work, credential.user_id)


async def _own(work: Work) -> Credential:
    """The caller's credential, locked."""
    work.actor.require(Permission.ACCOUNT_MANAGE)
    own = await work.session.get(Credential, work.actor.user_id, with_for_update=True)
    if own is None:
        raise Unauthenticated("Sign in to do this")
    return own


async def _proven(work: Work, attempt: Attempt, code: str) -> Credential:
    """The same, of somebody whose second factor counts and who has it at hand."""
    credential = await _own(work)
    if credential.totp_confirmed_at is None:
        raise Invalid.one(ErrorCode.INVALID_STATE, "There is no second factor")
    await prove(work, attempt.vault, credential.user_id, code)
    await attempts.forgive(work.session, attempt.counted)
    return credential


async def _recovered(work: Work, user_id: str, code: str) -> bool:
    """Whether this was one of the user's recovery codes; it is none any more."""
    mine = (RecoveryCode.digest == totp.recovery_digest(code), RecoveryCode.user_id == user_id)
    gone = await work.session.scalar(
        delete(RecoveryCode).where(*mine).returning(RecoveryCode.digest)
    )
    if gone:
        work.record("user.recovery_code_used", user_id)
    return gone is not None


def _take(work: Work, vault: Vault, credential: Credential, code: str) -> None:
    assert credential.totp_secret
    secret = vault.open(credential.totp_secret, owner=credential.user_id)
    step = totp.step(secret, code, work.at, credential.totp_step)
    if step is None:
        raise Invalid.one(ErrorCode.INVALID_CREDENTIALS, "This code is not right, or was used")
    credential.totp_step = step


async def _new_recovery_codes(work: Work, user_id: str) -> list[str]:
    await _forget_recovery_codes(work, user_id)
    codes = totp.recovery_codes()
    work.session.add_all(
        RecoveryCode(digest=totp.recovery_digest(code), user_id=user_id) for code in codes
    )
    return codes


async def _forget_recovery_codes(work: Work, user_id: str) -> None:
    await work.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
