"""The key that everything signed is signed with."""

import os
import secrets

from app.errors import StartupError
from app.settings import Settings


def secret_key(settings: Settings) -> bytes:
    """The configured key, or one made once and kept in the data folder for its owner's eyes only.

    Raises StartupError when it cannot be kept.
    """
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value().encode()
    file = settings.data_dir / "secret.key"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # Linked into place, so that of two processes that start together both read the same key.
        fresh = file.with_name(f".secret.{secrets.token_hex(8)}")
        fresh.touch(0o600)
        fresh.write_text(secrets.token_urlsafe(48))
        try:
            os.link(fresh, file)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
        return file.read_bytes()
    except OSError as error:
        raise StartupError(f"Cannot keep the secret key in {file}: {error.strerror}") from None
