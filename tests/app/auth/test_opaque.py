import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import ids
from app.auth import opaque


def test_a_secret_is_256_bits_and_never_the_same():
    made = {opaque.new_secret() for _ in range(100)}
    assert len(made) == 100
    assert all(re.fullmatch(r"[\w-]{43}", secret, re.ASCII) for secret in made)


def test_only_a_digest_is_stored_and_only_its_secret_matches():
    stored = opaque.digest("secret")

    assert stored == "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"
    assert opaque.matches("secret", stored)
    assert not opaque.matches("Secret", stored)
    assert not opaque.matches(stored, stored)
    assert not opaque.matches("\ud800", stored)


def test_an_api_key_says_its_id():
    id, secret = ids.new(ids.API_KEY), opaque.new_secret()
    key = opaque.api_key(id, secret)

    assert key == f"tak_{id[4:]}_{secret}"
    assert opaque.parse_api_key(key) == (id, secret)


PLACE = "01hzy3v4q8e7m2k9d5r6t0w1xa"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tak_",
        f"tak_{PLACE}",
        f"tak_{PLACE}_",
        f"tak_{PLACE}_short",
        f"key_{PLACE}_{'s' * 43}",
        f"tak_{PLACE.upper()}_{'s' * 43}",
        f"tak_{PLACE}_{'é' * 43}",
        f"tak_{PLACE}_{'s' * 44}",
        f"tak_{PLACE}_{'s' * 43}\n",
    ],
)
def test_what_is_not_shaped_like_a_key_is_none(text):
    assert opaque.parse_api_key(text) is None


@given(st.text())
def test_any_text_can_be_parsed(text):
    assert opaque.parse_api_key(text) is None
