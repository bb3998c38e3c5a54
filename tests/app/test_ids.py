import re
import uuid

import pytest

from app import ids


def test_an_id_is_its_prefix_and_a_uuid7_in_base32():
    id = ids.new(ids.CONTENT)

    assert re.fullmatch(r"cnt_[0-9a-hjkmnp-tv-z]{26}", id)
    number = 0
    for digit in id[4:]:
        number = number * 32 + ids.ALPHABET.index(digit)
    assert uuid.UUID(int=number).version == 7
    assert uuid.UUID(int=number).variant == uuid.RFC_4122


def test_ids_sort_by_the_moment_they_were_made_in():
    early, late = ids.make("usr", 1_000, 2**74 - 1), ids.make("usr", 1_001, 0)
    assert early < late


def test_the_same_moment_and_randomness_make_the_same_id():
    assert ids.make("usr", 5, 7) == ids.make("usr", 5, 7) != ids.make("usr", 5, 8)


def test_ids_are_unique():
    assert len({ids.new("tag") for _ in range(1_000)}) == 1_000


@pytest.mark.parametrize(
    "text",
    ["", "usr", "usr_", "123", "usr_" + "0" * 25, "usr_" + "z" * 26, "USR_" + "0" * 26, "a\0b"],
)
def test_what_cannot_be_an_id_has_no_prefix(text):
    assert ids.prefix_of(text) is None


def test_the_prefix_says_which_resource():
    assert ids.prefix_of(ids.new("med")) == "med"
