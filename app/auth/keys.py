"""The keys that access tokens are signed with, and how every other key is drawn from the secret."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from app.errors import StartupError
from app.settings import Settings

MIN_RSA_BITS = 2048


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the ring; its algorithm is fixed, whatever a token says."""

    kid: str
    algorithm: str
    signing: Any = field(repr=False)
    verifying: Any = field(repr=False)


def derived(secret: bytes, purpose: str) -> bytes:
    """32 bytes drawn from a secret for one purpose; they say nothing about those for another."""
    return hmac.digest(secret, purpose.encode(), "sha256")


def all_secrets(settings: Settings, secret: bytes) -> list[bytes]:
    """The server's secret and those that came before it, newest first."""
    return [secret, *(old.get_secret_value().encode() for old in settings.secret_keys_old)]


def key_id(material: bytes) -> str:
    """The first 8 hexadecimal digits of the SHA-256 of a key."""
    return hashlib.sha256(material).hexdigest()[:8]


def ring(settings: Settings, secret: bytes) -> Sequence[Key]:
    """All keys that verify, the one that signs first.

    With private keys, tokens that the shared secret signed are no longer accepted: who knows
    the secret alone must not be able to make one. Raises StartupError for a key of no use.
    """
    if settings.jwt_private_keys:
        return [_private(path) for path in settings.jwt_private_keys]
    return [_shared(one) for one in all_secrets(settings, secret)]


def _shared(secret: bytes) -> Key:
    key = derived(secret, "access-token")
    return Key(key_id(key), "HS256", key, key)


def _private(path: Path) -> Key:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise StartupError(f"Cannot read the private key {path}: {error.strerror}") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise StartupError(f"{path} is not a private key in PEM without a password") from None
    public = key.public_key()
    kid = key_id(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    return Key(kid, _algorithm(path, key), key, public)


def _algorithm(path: Path, key: object) -> str:
    if isinstance(key, Ed25519PrivateKey):
        return "EdDSA"
    if not isinstance(key, RSAPrivateKey):
        raise StartupError(f"{path} is neither an RSA nor an Ed25519 key")
    if key.key_size < MIN_RSA_BITS:
        raise StartupError(f"{path} has {key.key_size} bits: RSA keys need {MIN_RSA_BITS} or more")
    return "RS256"
