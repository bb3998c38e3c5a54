import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from pydantic import SecretStr

from app.errors import StartupError
from app.secret import secret_key


def test_a_configured_key_is_used(settings):
    chosen = settings.model_copy(update={"secret_key": SecretStr("s" * 32)})
    assert secret_key(chosen) == b"s" * 32
    assert not settings.data_dir.exists()


def test_a_key_is_made_once_and_kept_for_its_owner_only(settings):
    key = secret_key(settings)

    assert len(key) >= 32
    assert secret_key(settings) == key
    assert stat.S_IMODE((settings.data_dir / "secret.key").stat().st_mode) == 0o600
    assert [file.name for file in settings.data_dir.iterdir()] == ["secret.key"]


def test_processes_that_start_together_agree(settings):
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: secret_key(settings), range(40)))
    assert len(keys) == 1


def test_a_folder_that_cannot_be_written_is_named(settings, tmp_path):
    (tmp_path / "file").touch()
    chosen = settings.model_copy(update={"data_dir": tmp_path / "file" / "below"})
    with pytest.raises(StartupError, match=r"^Cannot keep the secret key in .*: Not a directory$"):
        secret_key(chosen)


def test_an_empty_file_is_no_key(settings):
    settings.data_dir.mkdir()
    (settings.data_dir / "secret.key").touch()
    with pytest.raises(StartupError, match=r"secret\.key holds no key: remove it"):
        secret_key(settings)
