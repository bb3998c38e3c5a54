"""Keys: the names under which files are stored, and the last part of their address."""

import re
from datetime import UTC, datetime

from app import ids

_SHAPE = re.compile(r"(?:[0-9a-z]{1,64}/){0,3}[0-9a-z]{1,64}\.[0-9a-z]{2,4}")


def new_key(extension: str) -> str:
    """A key that nobody can guess, such as `2026/11/06evn8…0v4.jpg`; never given out twice."""
    return f"{datetime.now(UTC):%Y/%m}/{ids.new(ids.MEDIA).partition('_')[2]}.{extension}"


def checked(key: str) -> str:
    """`key`, which names no other folder. Raises FileNotFoundError for what cannot be a key."""
    if not _SHAPE.fullmatch(key):
        raise FileNotFoundError(f"Not a key of ours: {key!r}")
    return key
