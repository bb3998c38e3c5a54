"""Passwords: hashed, verified at equal cost, and refused when anybody would guess them."""

import asyncio
import threading
import unicodedata
from contextlib import contextmanager
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from app.auth import passwords
from app.auth.passwords import OWASP, Passwords, problems
from app.errors import Overloaded

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
GOOD = "Seven-Lamps-4-Ada"


@pytest.fixture
def kept():
    passwords = Passwords(CHEAP)
    yield passwords
    passwords.close()


async def test_a_password_is_verified_against_its_hash_only(kept):
    stored = await kept.hash(GOOD)

    assert stored.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert GOOD not in stored
    assert await kept.verify(stored, GOOD)
    assert not await kept.verify(stored, GOOD + " ")
    assert not await kept.verify(stored, "")
    assert await kept.hash(GOOD) != stored


def test_todays_parameters_are_those_of_owasp():
    assert OWASP.hash("x").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize("stored", [None, "", "$argon2id$", "5f4dcc3b5aa765d61d8327deb882cf99"])
async def test_no_hash_and_a_broken_one_let_nobody_in(kept, stored):
    assert not await kept.verify(stored, GOOD)


class Counting(PasswordHasher):
    """The real hasher, which tells how much of its work was done."""

    done = 0

    def hash(self, password, **options):
        self.done += 1
        return super().hash(password, **options)

    def verify(self, hash, password):
        self.done += 1
        return super().verify(hash, password)


async def test_an_unknown_account_costs_what_a_known_one_does():
    hasher = Counting(time_cost=1, memory_cost=8, parallelism=1)
    kept = Passwords(hasher)
    stored = await kept.hash(GOOD)

    hasher.done = 0
    await kept.verify(stored, "wrong")
    assert hasher.done == 1
    await kept.verify(None, "wrong")
    assert hasher.done == 2
    kept.close()


async def test_the_same_password_may_be_typed_in_two_ways(kept):
    composed, decomposed = (
        unicodedata.normalize(form, "Crème-Brûlée-1") for form in ("NFC", "NFD")
    )
    assert composed != decomposed
    assert await kept.verify(await kept.hash(composed), decomposed)


@pytest.mark.parametrize("password", ["\0null\0", "\ud800", "ﷺ" * 256])
async def test_any_text_can_be_hashed(kept, password):
    assert await kept.verify(await kept.hash(password), password)


async def test_what_is_too_long_is_never_hashed(kept):
    stored = await kept.hash("a" * 256)

    assert not await kept.verify(stored, "a" * 257)
    with pytest.raises(ValueError, match="at most 256"):
        await kept.hash("a" * 257)


async def test_other_parameters_ask_for_a_new_hash(kept):
    assert not kept.needs_rehash(await kept.hash(GOOD))
    assert kept.needs_rehash(OWASP.hash(GOOD))


class Held(PasswordHasher):
    """The real hasher, which waits until it is let go."""

    def __init__(self):
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.go = threading.Event()

    def hash(self, password, **options):
        self.go.wait(10)
        return super().hash(password, **options)


@contextmanager
def held(**bounds):
    hasher = Held()
    kept = Passwords(hasher, **bounds)
    try:
        yield hasher, kept
    finally:
        hasher.go.set()
        kept.close()


async def test_more_than_may_wait_are_refused_and_later_ones_served():
    with held(threads=1, waiting=1) as (hasher, kept):
        waiting = [asyncio.create_task(kept.hash(GOOD)) for _ in range(2)]
        await asyncio.sleep(0)

        with pytest.raises(Overloaded) as refusal:
            await kept.hash(GOOD)
        assert (refusal.value.code, refusal.value.status) == ("OVERLOADED", 503)

        hasher.go.set()
        assert len(await asyncio.gather(*waiting)) == 2
        assert await kept.hash(GOOD)


async def test_who_stops_waiting_leaves_their_place():
    with held(threads=1, waiting=1) as (hasher, kept):
        working, waiting = (asyncio.create_task(kept.hash(GOOD)) for _ in range(2))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

        next_one = asyncio.create_task(kept.hash(GOOD))
        hasher.go.set()
        assert await working
        assert await next_one


@pytest.mark.parametrize(
    "password", [GOOD, "correct Horse 7 battery", "Żółw-na-płocie-3", "Ж٣абвгдж"]
)
def test_good_passwords_have_no_problems(password):
    assert problems(password, personal=["ada", "ada.lovelace@example.org"]) == []


COMMON = "This password is too easy to guess"


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("Kq7-xz", ["A password has at least 8 characters"]),
        ("KQ7-XZ-PLM", ["A password needs a lowercase letter"]),
        ("kq7-xz-plm", ["A password needs an uppercase letter"]),
        ("Kqq-xz-plm", ["A password needs a digit"]),
        ("Kq7-xz-plm" * 26, ["A password has at most 256 characters"]),
        (
            "",
            [
                "A password has at least 8 characters",
                "A password needs a lowercase letter",
                "A password needs an uppercase letter",
                "A password needs a digit",
                COMMON,
            ],
        ),
        *(
            (password, [COMMON])
            for password in [
                "Password1", "P@ssw0rd!", "123Password", "Qwerty123!", "1Qaz2wsx3edc", "Aa123456",
                "Summer2024!", "Trustno1", "Пароль123", "Contraseña1", "Iloveyou2", "Aaaaaaa1",
                "Ｐassword１", "LetMeIn2026", "Thinkalike-1",
            ]
        ),
    ],
)  # fmt: skip
def test_each_problem_is_told(password, expected):
    assert problems(password) == expected


@pytest.mark.parametrize("personal", ["Lovelace", "lövelace", "lovelace@example.org"])
def test_a_name_is_no_password(personal):
    expected = ["A password must not contain your name or email address"]
    assert problems("My-Lovelace-77", personal=[personal]) == expected


def test_short_names_may_be_part_of_a_password():
    assert problems("Adagio-Molto-7", personal=["ada", "a@example.org", ""]) == []


@given(st.text(max_size=300))
def test_any_text_is_judged(password):
    assert all(
        problem.endswith(tuple("abcdefghijklmnopqrstuvwxyz")) for problem in problems(password)
    )


@given(st.text("0123456789!@#$%^&*()-_ ", max_size=6), st.text("0123456789!.", max_size=6))
def test_what_stands_around_a_common_password_does_not_help(before, after):
    assert COMMON in problems(f"{before}Dragon{after}")


def test_every_common_password_is_found_in_the_list():
    lines = Path(passwords.__file__).with_name("common-passwords.txt").read_text("utf-8")
    listed = [line for line in lines.splitlines() if not line.startswith("#")]

    assert len(listed) > 5_000
    assert [word for word in listed if COMMON not in problems(word.title() + "1")] == []
