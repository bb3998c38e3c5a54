"""Secrets that say nothing: refresh tokens, links in mails, API keys. Only digests are stored."""

import hashlib
import hmac
import re
import secrets

from app import ids

_API_KEY = re.compile(rf"tak_([{ids.ALPHABET}]{{26}})_([\w-]{{43}})", re.ASCII)


def new_secret() -> str:
    """256 random bits as 43 characters that are safe in an address."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """SHA-256 in hexadecimal; a slow hash would protect nothing that cannot be guessed anyway."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def matches(secret: str, stored: str) -> bool:
    """Whether `stored` is the digest of a secret, in a time that does not tell how nearly."""
    return hmac.compare_digest(digest(secret), stored)


def api_key(id: str, secret: str) -> str:
    """What its owner keeps: `tak_<the id without prefix>_<secret>`."""
    return f"{api_key_prefix(id)}_{secret}"


def api_key_prefix(id: str) -> str:
    """How an API key begins; its owner recognises it by that."""
    return f"tak_{id.removeprefix(ids.API_KEY + '_')}"


def parse_api_key(text: str) -> tuple[str, str] | None:
    """An API key's id and secret; None for a text that is not shaped like one."""
    match = _API_KEY.fullmatch(text)
    return (f"{ids.API_KEY}_{match[1]}", match[2]) if match else None
