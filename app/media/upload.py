"""A file on its way in: where it waits, and what its sender says about it."""

import fcntl
import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

MAX_NAME = 255
MAX_SUFFIX = 20

_UNSEEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
"""Unicode's categories of characters that are not seen: controls, marks that turn text round."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in a temporary folder. Its name is clean, its type is only what the sender claims;
    `size` is in bytes, `sha256` in hex. The same file elsewhere is equal to it."""

    # Nobody's business, and messages show what they refuse.
    path: Path = field(repr=False, compare=False)
    file_name: str
    content_type: str
    size: int
    sha256: str


def file_name(name: str) -> str:
    """What may be kept and shown of a file's name: no folders, nothing invisible, 255 characters
    with the extension among them, and never nothing."""
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(char for char in base if unicodedata.category(char) not in _UNSEEN)
    clean = " ".join(seen.split()).strip(". ")
    stem, dot, suffix = clean.rpartition(".")
    if len(clean) > MAX_NAME and stem and len(suffix) <= MAX_SUFFIX:
        return stem[: MAX_NAME - 1 - len(suffix)] + dot + suffix
    return clean[:MAX_NAME] or "file"


@contextmanager
def temporary_folder(parent: Path) -> Iterator[Path]:
    """A folder for the files of one request; gone with all of them afterwards.

    It is locked as long as it is used, which ends with the process however that ends: so `sweep`
    can tell it from what a killed process left behind.
    """
    parent.mkdir(parents=True, exist_ok=True)
    with _locked(parent, fcntl.LOCK_SH):
        folder = Path(tempfile.mkdtemp(dir=parent))
        lock = os.open(folder, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def sweep(parent: Path) -> None:
    """Remove what killed processes left in `parent`; folders in use stay, of any process."""
    if not parent.is_dir():
        return
    with _locked(parent, fcntl.LOCK_EX):
        for folder in filter(Path.is_dir, parent.iterdir()):
            try:
                with _locked(folder, fcntl.LOCK_EX | fcntl.LOCK_NB):
                    shutil.rmtree(folder, ignore_errors=True)
            except (BlockingIOError, FileNotFoundError):
                continue  # in use, or just ended


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, how)
        yield
    finally:
        os.close(handle)
