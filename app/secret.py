"""The key that everything signed is signed with."""

import os
import secrets
from pathlib import Path

from app.errors import StartupError
from app.settings import Settings

MIN_BYTES = 32


def secret_key(settings: Settings) -> bytes:
    """The configured key, or one made once and kept in the data folder for its owner's eyes only.

    Raises StartupError when it cannot be kept.
    """
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value().encode()
    file = settings.data_dir / "secret.key"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            _make(file)
        key = file.read_bytes()
    except OSError as error:
        raise StartupError(f"Cannot keep the secret key in {file}: {error.strerror}") from None
    if len(key) < MIN_BYTES:
        raise StartupError(f"{file} holds no key: remove it to have one made")
    return key


def _make(file: Path) -> None:
    # Linked into place, so that of two processes that start together both read the same key.
    fresh = file.with_name(f".secret.{secrets.token_hex(8)}")
    try:
        fresh.touch(0o600, exist_ok=False)
        with fresh.open("w") as opened:
            opened.write(secrets.token_urlsafe(48))
            opened.flush()
            os.fsync(opened.fileno())
        os.link(fresh, file)
    except FileExistsError:
        pass  # another process was first
    finally:
        fresh.unlink(missing_ok=True)
