import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from app.db import Database
from tests.app.imports.exports import HERE, SMALL, export, item
from tests.app.imports.reading import NOTHING, sizes

ROOT = HERE.parents[2]


def thinkalike(
    *arguments: object, data: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "cli.py", *map(str, arguments)],
        env={"PATH": os.environ["PATH"], "THINKALIKE_DATA_DIR": str(data), **environment},
        cwd=data.parent, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_a_table_of_what_was_done(tmp_path: Path) -> None:
    done = thinkalike("import", "wordpress", SMALL, data=tmp_path / "data", COLUMNS="80")

    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert (done.returncode, done.stderr) == (0, "")
    assert "Imported Articles, published 1" in lines
    assert "Changed Password-protected 1 drafts now, so that they" in lines
    assert "Left out Menu items 1 there are no menus yet" in lines
    assert "Items of other types 1 only posts, pages and media" in lines
    assert max(len(line) for line in done.stdout.splitlines()) <= 80

    again = thinkalike("import", "wordpress", SMALL, data=tmp_path / "data")
    assert "Already there 13 imported before" in " ".join(again.stdout.split())


def test_a_terminal_sees_how_far_it_is(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb") as terminal:
        done = subprocess.run(
            [sys.executable, ROOT / "cli.py", "import", "wordpress", SMALL, "--data", tmp_path],
            env={"PATH": os.environ["PATH"], "TERM": "xterm"},
            cwd=tmp_path, stdout=subprocess.PIPE, stderr=theirs, check=True, timeout=60,
        )  # fmt: skip
        os.close(theirs)
        seen = terminal.read1(1_000_000).decode()

    assert "Checking" in seen
    assert "Importing" in seen
    assert b"Importing" not in done.stdout


def test_the_folder_can_be_said(tmp_path: Path) -> None:
    there = tmp_path / "there"
    done = thinkalike("import", "wordpress", SMALL, "--data", there, data=tmp_path / "data")

    assert done.returncode == 0
    assert (there / "thinkalike.db").exists()
    assert not (tmp_path / "data").exists()


def test_a_broken_file_costs_one_line_and_writes_nothing(tmp_path: Path) -> None:
    file = export(tmp_path, item(1))
    file.write_text(file.read_text().removesuffix("</channel>\n</rss>\n") + "<item>")
    done = thinkalike("import", "wordpress", file, data=tmp_path / "data")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"Error: {file}:18:14: the file ends too early: <item>, opened on line 18, is not closed\n"
    )
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("migrated", ["sqlite"], indirect=True)
async def test_a_broken_file_leaves_an_existing_database_alone(
    db: Database, address: str, tmp_path: Path
) -> None:
    file = tmp_path / "export.xml"
    file.write_bytes(SMALL.read_bytes()[:-30])
    done = thinkalike("import", "wordpress", file, data=tmp_path / "data", DATABASE_URL=address)

    assert done.returncode == 1
    assert await sizes(db) == NOTHING


def test_help_names_the_formats(tmp_path: Path) -> None:
    done = thinkalike("import", "--help", data=tmp_path / "data")

    assert "wordpress  Import a WordPress export file (WXR 1.0 to 1.2)." in done.stdout
