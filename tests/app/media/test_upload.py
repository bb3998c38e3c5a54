"""Names of files, and the folders in which they wait."""

import asyncio
import subprocess
import sys
import threading
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.media.threads import finished
from app.media.upload import Upload, file_name, sweep, temporary_folder

HOLD = """
import sys
from pathlib import Path
from app.media.upload import temporary_folder
with temporary_folder(Path(sys.argv[1])) as folder:
    (folder / "half").touch()
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("cat.jpg", "cat.jpg"),
        ("Ünïcödé 猫.jpg", "Ünïcödé 猫.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Ada\\cat.jpg", "cat.jpg"),
        ("/", "file"),
        ("", "file"),
        (".", "file"),
        ("..", "file"),
        ("...", "file"),
        (" . ", "file"),
        (".htaccess", "htaccess"),
        ("a\0b.jpg", "ab.jpg"),
        ("a\r\nSet-Cookie: b.jpg", "aSet-Cookie: b.jpg"),
        ("evil\u202egpj.exe", "evilgpj.exe"),
        ("\ufeff\u200bcat.jpg", "cat.jpg"),
        ("  two   words .jpg. ", "two words .jpg"),
        ("=?utf-8?Q?caf=C3=A9.jpg?=", "=?utf-8?Q?caf=C3=A9.jpg?="),
        ("e\u0301.jpg", "é.jpg"),
        ("x" * 300 + ".jpg", "x" * 251 + ".jpg"),
        ("x." + "y" * 300, "x." + "y" * 253),
        ("." + "x" * 300, "x" * 255),
    ],
)
def test_names_are_cleaned(given, kept):
    assert file_name(given) == kept


@given(st.text(max_size=600))
def test_every_name_is_harmless(name):
    kept = file_name(name)

    assert 0 < len(kept) <= 255
    assert not set(kept) & set("/\\\0\r\n")
    assert kept not in (".", "..")
    assert not any(unicodedata.category(char).startswith("C") for char in kept)
    assert kept.encode()


def test_an_upload_does_not_tell_where_it_is(tmp_path):
    assert str(tmp_path) not in repr(Upload(tmp_path / "0", "cat.jpg", "image/jpeg", 9, ""))


def test_a_folder_is_gone_afterwards_whatever_happens(tmp_path):
    def fail():
        with temporary_folder(tmp_path / "uploads") as folder:
            (folder / "0").touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert list((tmp_path / "uploads").iterdir()) == []


def test_only_what_nobody_uses_is_swept(tmp_path):
    sweep(tmp_path / "missing")
    with temporary_folder(tmp_path) as used:
        (used / "0").touch()
        other = subprocess.Popen(
            [sys.executable, "-c", HOLD, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        left = other.stdout.readline().strip()
        sweep(tmp_path)
        assert {str(folder) for folder in tmp_path.iterdir()} == {str(used), left}

        other.kill()
        other.communicate()
        assert {str(folder) for folder in tmp_path.iterdir()} == {str(used), left}
        sweep(tmp_path)
        assert list(tmp_path.iterdir()) == [used]
        assert (used / "0").exists()


async def test_who_is_cancelled_waits_for_the_thread(tmp_path):
    begun, go_on = threading.Event(), threading.Event()

    def work():
        begun.set()
        go_on.wait(30)
        (tmp_path / "written").touch()

    task = asyncio.create_task(finished(None, work))
    await asyncio.to_thread(begun.wait, 30)
    task.cancel()
    asyncio.get_running_loop().call_soon(go_on.set)
    with pytest.raises(asyncio.CancelledError):
        await task

    assert (tmp_path / "written").exists()


async def test_a_failure_in_a_thread_arrives():
    with pytest.raises(ZeroDivisionError):
        await finished(None, lambda: 1 / 0)
