import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from app.auth.vault import CannotOpen, Vault

OLD, NEW = b"o" * 32, b"n" * 32


@given(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))
def test_what_was_sealed_opens_for_its_owner(text, owner):
    vault = Vault([NEW])
    sealed = vault.seal(text, owner=owner)

    assert vault.open(sealed, owner=owner) == text
    assert vault.seal(text, owner=owner) != sealed


def test_a_secret_of_before_still_opens(settings):
    sealed = Vault.of(settings, OLD).seal("text", owner="usr_1")
    rotated = settings.model_copy(update={"secret_keys_old": (SecretStr(OLD.decode()),)})
    vault = Vault.of(rotated, NEW)

    assert vault.open(sealed, owner="usr_1") == "text"
    assert vault.seal("text", owner="usr_1").split(".")[0] != sealed.split(".")[0]


def test_a_key_that_is_gone_is_named():
    sealed = Vault([OLD]).seal("text", owner="usr_1")
    with pytest.raises(CannotOpen, match=rf"key '{sealed[:8]}', which is not known"):
        Vault([NEW]).open(sealed, owner="usr_1")


def _flipped(sealed: str) -> str:
    kid, _, box = sealed.partition(".")
    raw = bytearray(base64.urlsafe_b64decode(box))
    raw[-1] ^= 1
    return f"{kid}.{base64.urlsafe_b64encode(raw).decode()}"


@pytest.mark.parametrize(
    "change",
    [
        _flipped,
        lambda sealed: sealed[:-8],
        lambda sealed: sealed[:9],
        lambda sealed: sealed[:20] + "!" + sealed[21:],
        lambda sealed: sealed + "é",
    ],
)
def test_what_was_changed_does_not_open(change):
    vault = Vault([NEW])
    with pytest.raises(CannotOpen, match="but not this text"):
        vault.open(change(vault.seal("text", owner="usr_1")), owner="usr_1")


def test_what_was_moved_to_another_owner_does_not_open():
    vault = Vault([NEW])
    with pytest.raises(CannotOpen):
        vault.open(vault.seal("text", owner="usr_1"), owner="usr_2")


@pytest.mark.parametrize("text", ["", ".", "text", "JBSWY3DPEHPK3PXP"])
def test_what_was_never_sealed_does_not_open(text):
    with pytest.raises(CannotOpen):
        Vault([NEW]).open(text, owner="usr_1")
