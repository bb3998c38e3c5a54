import pytest

from app.text import fold, key, slugify, words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Plain ASCII", "plain ascii"),
        ("Café STRASSE", "cafe strasse"),
        ("straße", "strasse"),
        ("Ångström", "angstrom"),
        ("İstanbul", "istanbul"),
        ("ﬁne", "fine"),
        ("東京", "東京"),
    ],
)
def test_folding_drops_case_and_accents(text, folded):
    assert fold(text) == folded


def test_words_are_letters_and_digits():
    assert words("Rock'n'roll: the 2nd_try, naïve!") == [
        "rock", "n", "roll", "the", "2nd", "try", "naive",
    ]  # fmt: skip


def test_a_key_is_short_enough_to_index():
    assert key("  " + "Äb" * 500) == "ab" * 250


def test_a_slug_is_words_joined():
    assert slugify("Über uns & mehr") == "uber-uns-mehr"
    assert slugify("!!!") == ""
