"""Passwords: which are good enough, and how they are kept (NIST SP 800-63B, guidelines 10.2)."""

import asyncio
import re
import unicodedata
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.errors import Overloaded
from app.text import fold

T = TypeVar("T")

MIN_CHARACTERS = 8
MAX_CHARACTERS = 256
MIN_DIFFERENT = 4
MIN_PERSONAL = 4

# OWASP's least for argon2id: 19 MiB, two passes, one lane.
OWASP = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
THREADS = 2
MAX_WAITING = 64  # about three seconds of work

_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_DISGUISES = str.maketrans("@48310!$57", "aabeioisst")


class Passwords:
    """Hashes and verifies on threads of its own, so that a wave of sign-ins slows nothing else."""

    def __init__(
        self, hasher: PasswordHasher = OWASP, *, threads: int = THREADS, waiting: int = MAX_WAITING
    ) -> None:
        self._hasher = hasher
        self._pool = ThreadPoolExecutor(threads, "passwords")
        self._most = threads + waiting
        self._under_way = 0

    async def hash(self, password: str) -> str:
        """What is stored: parameters, salt and hash. Raises Overloaded, and ValueError for a
        password that `problems` would have refused as too long."""
        if len(password) > MAX_CHARACTERS:
            raise ValueError(f"a password has at most {MAX_CHARACTERS} characters")
        return await self._in_turn(lambda: self._hasher.hash(_bytes(password)))

    async def verify(self, hash: str | None, password: str) -> bool:
        """Whether this is the password; None, for an account that does not exist, costs the same.

        Raises Overloaded.
        """
        if len(password) > MAX_CHARACTERS:
            return False
        return await self._in_turn(lambda: self._verified(hash, _bytes(password)))

    def needs_rehash(self, hash: str) -> bool:
        """Whether it was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(hash)

    def close(self) -> None:
        """Wait for what is being hashed and drop what waits."""
        self._pool.shutdown(cancel_futures=True)

    def _verified(self, hash: str | None, password: bytes) -> bool:
        if hash is None:
            self._hasher.hash(password)  # the same work, for nothing
            return False
        try:
            return self._hasher.verify(hash, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _in_turn(self, work: Callable[[], T]) -> T:
        if self._under_way >= self._most:
            raise Overloaded("Too many people are signing in; try again in a moment")
        self._under_way += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._under_way -= 1


def problems(password: str, *, personal: Sequence[str] = ()) -> list[str]:
    """All that is wrong with a new password, as sentences; empty when it is good enough.

    `personal` are names and email addresses that must not be part of it.
    """
    if len(password) > MAX_CHARACTERS:
        return [f"A password has at most {MAX_CHARACTERS} characters"]
    text = _normal(password)
    rules = {
        f"A password has at least {MIN_CHARACTERS} characters": len(text) >= MIN_CHARACTERS,
        "A password needs a lowercase letter": any(map(str.islower, text)),
        "A password needs an uppercase letter": any(map(str.isupper, text)),
        "A password needs a digit": any(map(str.isdecimal, text)),
        "This password is too easy to guess": not _common(text),
        "A password must not contain your name or email address": not _contains(text, personal),
    }
    return [sentence for sentence, kept in rules.items() if not kept]


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def _bytes(password: str) -> bytes:
    return _normal(password).encode("utf-8", "surrogatepass")


def _contains(password: str, personal: Sequence[str]) -> bool:
    names = (fold(name.partition("@")[0]) for name in personal)
    return any(len(name) >= MIN_PERSONAL and name in fold(password) for name in names)


def _common(password: str) -> bool:
    core = _core(password)
    return len(set(core)) < MIN_DIFFERENT or core in _common_cores()


@cache
def _common_cores() -> frozenset[str]:
    lines = Path(__file__).with_name("common-passwords.txt").read_text("utf-8").splitlines()
    return frozenset(_core(line) for line in lines if not line.startswith("#"))


def _core(password: str) -> str:
    """What is left without what people put around a word and in place of its letters:
    `password` of `123P@ssw0rd!`."""
    return _AROUND.sub("", fold(password)).translate(_DISGUISES)
