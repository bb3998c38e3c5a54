"""Secrets that must be read again, sealed for the database (AES-256-GCM)."""

import base64
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.auth.keys import all_secrets, derived, key_id
from app.settings import Settings

NONCE = 12  # bytes


class CannotOpen(Exception):
    """A sealed text was changed, moved, or sealed with a key that is no longer known."""


class Vault:
    """The first secret seals, all open: a new one is taken into use without losing anything."""

    def __init__(self, secrets: Sequence[bytes]) -> None:
        keys = [derived(secret, "vault") for secret in secrets]
        self._sealing = key_id(keys[0])
        self._keys = {key_id(key): AESGCM(key) for key in keys}

    @classmethod
    def of(cls, settings: Settings, secret: bytes) -> "Vault":
        return cls(all_secrets(settings, secret))

    def seal(self, text: str, *, owner: str) -> str:
        """`<key id>.<base64>`; it opens for the same `owner` (an id) only."""
        nonce = os.urandom(NONCE)
        box = nonce + self._keys[self._sealing].encrypt(nonce, text.encode(), owner.encode())
        return f"{self._sealing}.{base64.urlsafe_b64encode(box).decode()}"

    def open(self, sealed: str, *, owner: str) -> str:
        """Raises CannotOpen."""
        kid, _, encoded = sealed.partition(".")
        if kid not in self._keys:
            raise CannotOpen(f"Sealed with the key {kid!r}, which is not known")
        try:
            box = base64.b64decode(encoded, altchars=b"-_", validate=True)
            text = self._keys[kid].decrypt(box[:NONCE], box[NONCE:], owner.encode())
        except (ValueError, InvalidTag):  # a nonce that is too short is a ValueError
            raise CannotOpen(f"Sealed with the key {kid!r}, but not this text") from None
        return text.decode()
