"""Access tokens: short-lived JWTs that say whose session a request belongs to (RFC 9068)."""

import hashlib
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import jwt
from jwt.algorithms import OKPAlgorithm, RSAAlgorithm

from app import ids
from app.auth.keys import Key, ring
from app.errors import InvalidToken, TokenExpired
from app.settings import Settings

MAX_CHARACTERS = 4_096
MAX_VERIFIED = 10_000  # tokens of which the signature is remembered
LEEWAY = 5  # seconds that the clocks of two processes may differ
TYPE = "at+jwt"
REQUIRED = ["iss", "aud", "sub", "sid", "iat", "exp", "jti"]


@dataclass(frozen=True, slots=True)
class Claims:
    user_id: str
    session_id: str


@dataclass(frozen=True, slots=True)
class _Verified:
    """What a token says, whose signature was right; `expires` is in seconds since 1970."""

    claims: Claims
    expires: int


class Tokens:
    def __init__(
        self, keys: Sequence[Key], *, issuer: str, audience: str, lifetime: timedelta
    ) -> None:
        self._signer = keys[0]
        self._keys = {key.kid: key for key in keys}
        self._issuer = issuer
        self._audience = audience
        self._lifetime = int(lifetime.total_seconds())
        self._verified: dict[bytes, _Verified] = {}

    @classmethod
    def of(cls, settings: Settings, secret: bytes) -> "Tokens":
        """Raises StartupError when a private key cannot be used."""
        return cls(
            ring(settings, secret),
            issuer=settings.jwt_issuer,
            audience=settings.jwt_audience,
            lifetime=timedelta(minutes=settings.access_token_minutes),
        )

    def issue(self, user_id: str, session_id: str, at: datetime) -> tuple[str, int]:
        """A token and the seconds from `at` until it expires."""
        now = int(at.timestamp())
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": user_id,
            "sid": session_id,
            "iat": now,
            "exp": now + self._lifetime,
            "jti": secrets.token_urlsafe(16),
        }
        key = self._signer
        header = {"kid": key.kid, "typ": TYPE}
        return jwt.encode(claims, key.signing, key.algorithm, header), self._lifetime

    def verify(self, token: str) -> Claims:
        """Whose token this is. Raises TokenExpired, and InvalidToken for all else that is wrong."""
        if len(token) > MAX_CHARACTERS or not token.isascii():
            raise _invalid()
        # By its digest, so that no token is kept in clear; only its time can change the answer.
        digest = hashlib.sha256(token.encode()).digest()
        verified = self._verified.get(digest)
        if verified is None:
            verified = self._verify(token)
            if len(self._verified) >= MAX_VERIFIED:
                self._verified.clear()
            self._verified[digest] = verified
        if verified.expires <= time.time() - LEEWAY:
            raise _expired()
        return verified.claims

    def _verify(self, token: str) -> "_Verified":
        try:
            claims = self._decoded(token)
        except jwt.ExpiredSignatureError:
            raise _expired() from None
        except jwt.PyJWTError:
            raise _invalid() from None
        user, session = claims["sub"], claims["sid"]
        # Whoever has the signing key can still write what no database could hold.
        if not (isinstance(session, str) and ids.prefix_of(session) and ids.prefix_of(user)):
            raise _invalid()
        return _Verified(Claims(user, session), int(claims["exp"]))

    def jwks(self) -> dict[str, list[dict[str, Any]]]:
        """The public keys as a JSON Web Key Set (RFC 7517): none when the keys are shared ones."""
        return {"keys": [_public(key) for key in self._keys.values() if key.algorithm != "HS256"]}

    def _decoded(self, token: str) -> dict[str, Any]:
        kid, type = _header(token.partition(".")[0])
        key = self._keys.get(kid)
        if key is None or type != TYPE:
            raise _invalid()
        return jwt.decode(
            token,
            key.verifying,
            algorithms=[key.algorithm],
            audience=self._audience,
            issuer=self._issuer,
            leeway=LEEWAY,
            options={"require": REQUIRED, "strict_aud": True},
        )


@lru_cache(32)
def _header(segment: str) -> tuple[str, Any]:
    """The key's id and the type in a token's first part, which all tokens of a key share."""
    header = jwt.get_unverified_header(f"{segment}..")
    return header.get("kid", ""), header.get("typ")


def _expired() -> TokenExpired:
    return TokenExpired("The access token has expired: refresh the session")


def _invalid() -> InvalidToken:
    return InvalidToken("The access token is not valid")


def _public(key: Key) -> dict[str, Any]:
    algorithm = RSAAlgorithm if key.algorithm == "RS256" else OKPAlgorithm
    described = algorithm.to_jwk(key.verifying, as_dict=True)
    described.pop("key_ops", None)  # not to be used together with `use`
    return {**described, "kid": key.kid, "alg": key.algorithm, "use": "sig"}
