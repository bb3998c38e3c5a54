"""The second factor: codes that change with time (RFC 6238), and some for a phone that is lost."""

import hmac
import re
import secrets
from datetime import datetime

import pyotp

from app.auth import opaque
from app.ids import ALPHABET

ISSUER = "ThinkAlike"
STEP = 30  # seconds
WINDOW = 1  # steps that a phone's clock may be early or late
RECOVERY_CODES = 10

_CODE = re.compile(r"[0-9]{6}")
_SEPARATORS = re.compile(r"[\s-]+")
_MISREAD = str.maketrans("oil", "011")


def new_secret() -> str:
    """160 random bits in base32, as apps take them."""
    return pyotp.random_base32()


def address(secret: str, account: str) -> str:
    """The `otpauth://` address that a QR code shows to an app."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=ISSUER)


def step(secret: str, code: str, at: datetime, after: int | None) -> int | None:
    """Which time step a code is for: None when it is wrong, or for no step later than `after`.

    Keep the step and give it as `after` the next time, and a code is good once.
    """
    code = _SEPARATORS.sub("", code)
    if not _CODE.fullmatch(code):
        return None
    totp = pyotp.TOTP(secret, interval=STEP)
    now = int(at.timestamp()) // STEP
    for candidate in range(max(now - WINDOW, 0), now + WINDOW + 1):
        fresh = after is None or candidate > after
        if hmac.compare_digest(totp.generate_otp(candidate), code) and fresh:
            return candidate
    return None


def recovery_codes() -> list[str]:
    """Ten codes of 80 random bits each, such as `7k3m-q0zd-x2vn-84ah`; store their digests."""
    return [_recovery_code() for _ in range(RECOVERY_CODES)]


def recovery_digest(code: str) -> str:
    """What is stored of a code; spaces, hyphens, case and letters that look like digits are one."""
    return opaque.digest(_SEPARATORS.sub("", code.lower()).translate(_MISREAD))


def _recovery_code() -> str:
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))
