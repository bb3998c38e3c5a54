import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.auth import totp

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # RFC 6238's, in base32
NOW = datetime(2026, 11, 22, 12, 0, 10, tzinfo=UTC)
STEP = int(NOW.timestamp()) // 30


def code(step: int) -> str:
    return pyotp.TOTP(SECRET).generate_otp(step)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_234_567_890, "005924"),
        (20_000_000_000, "353130"),
    ],
)
def test_the_codes_are_those_of_the_rfc(seconds, expected):
    at = datetime.fromtimestamp(seconds, UTC)
    assert totp.step(SECRET, expected, at, None) == seconds // 30


@pytest.mark.parametrize("early", [-1, 0, 1])
def test_a_clock_may_be_a_step_early_or_late(early):
    assert totp.step(SECRET, code(STEP + early), NOW, None) == STEP + early


@pytest.mark.parametrize("early", [-3, -2, 2, 3])
def test_a_clock_may_not_be_further_away(early):
    assert totp.step(SECRET, code(STEP + early), NOW, None) is None


def test_a_code_is_good_once():
    used = totp.step(SECRET, code(STEP), NOW, None)

    assert totp.step(SECRET, code(STEP), NOW, used) is None
    assert totp.step(SECRET, code(STEP - 1), NOW, used) is None
    assert totp.step(SECRET, code(STEP + 1), NOW, used) == STEP + 1


def test_spaces_in_a_code_do_not_matter():
    text = code(STEP)
    assert totp.step(SECRET, f" {text[:3]} {text[3:]}\n", NOW, None) == STEP


@pytest.mark.parametrize(
    "text", ["", "1", "1234567", "abcdef", "１２３４５６", "12345\0", "\ud800"]
)
def test_what_is_no_code_is_none(text):
    assert totp.step(SECRET, text, NOW, None) is None


def test_the_first_step_of_all_has_none_before():
    assert totp.step(SECRET, code(0), datetime.fromtimestamp(0, UTC), None) == 0


@given(st.integers(30, 10**10), st.integers(-1, 1))
def test_whatever_the_moment(seconds, early):
    at = datetime.fromtimestamp(seconds, UTC)
    theirs = pyotp.TOTP(SECRET).at(at + timedelta(seconds=30 * early))
    assert totp.step(SECRET, theirs, at, None) is not None


def test_secrets_differ_and_have_160_bits():
    made = {totp.new_secret() for _ in range(50)}
    assert len(made) == 50
    assert all(re.fullmatch("[A-Z2-7]{32}", secret) for secret in made)


def test_an_app_is_told_who_asks():
    address = urlsplit(totp.address(SECRET, "ada & co@example.org"))

    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert address.path == "/ThinkAlike:ada%20%26%20co%40example.org"
    assert parse_qs(address.query) == {"secret": [SECRET], "issuer": ["ThinkAlike"]}


def test_recovery_codes_can_be_read_aloud():
    codes = totp.recovery_codes()

    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"([0-9a-hjkmnp-tv-z]{4}-){3}[0-9a-hjkmnp-tv-z]{4}", c) for c in codes)


@pytest.mark.parametrize(
    "typed", ["A1B2-C3D0-EF1J-KMNP", "a1b2 c3d0 ef1j kmnp", "aib2c3doeflj-kmnp"]
)
def test_a_recovery_code_may_be_typed_carelessly(typed):
    assert totp.recovery_digest(typed) == totp.recovery_digest("a1b2-c3d0-ef1j-kmnp")


def test_another_recovery_code_is_another():
    assert totp.recovery_digest("a1b2-c3d0-ef1j-kmnq") != totp.recovery_digest(
        "a1b2-c3d0-ef1j-kmnp"
    )
