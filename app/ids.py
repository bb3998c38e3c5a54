"""Ids as they are shown and stored: `usr_…`, `cnt_…`, `med_…` and so on, by what they are of.

The part after the prefix is a UUIDv7 (RFC 9562) as 26 digits of Crockford's base32 in lower case,
so ids sort by the millisecond in which they were made.
"""

import re
import secrets
import time

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"

USER = "usr"
CONTENT = "cnt"
MEDIA = "med"
TAG = "tag"
CATEGORY = "cat"
REVISION = "rev"
SESSION = "ses"
API_KEY = "key"
AUDIT = "aud"
EVENT = "evt"
JOB = "job"

_SHAPE = re.compile(r"[a-z]{3}_[0-7][0-9a-hjkmnp-tv-z]{25}")


def new(prefix: str) -> str:
    """A fresh id for the resource that `prefix` names."""
    return make(prefix, time.time_ns() // 1_000_000, secrets.randbits(74))


def make(prefix: str, milliseconds: int, random: int) -> str:
    """The id of one moment (`milliseconds` since 1970) and 74 bits of `random`ness."""
    high = (milliseconds << 16) | 0x7000 | (random >> 62)
    value = (high << 64) | (0b10 << 62) | (random & (2**62 - 1))
    return prefix + "_" + "".join(ALPHABET[(value >> shift) & 31] for shift in range(125, -1, -5))


def prefix_of(id: str) -> str | None:
    """Which resource an id belongs to; None for a text that cannot be one of ours."""
    return id[:3] if _SHAPE.fullmatch(id) else None
