"""engine/README.md is true: its example prints what it says, its lists are complete."""

import re
import subprocess
import sys
from pathlib import Path

import engine
from engine.plan.compile import MAX_FIELDS
from engine.plans import SHAPES

FOLDER = Path(engine.__file__).parent
README = (FOLDER / "README.md").read_text()


def test_the_example_prints_what_it_says():
    (code,) = re.findall(r"```python\n(import.*?)```\n\nprints", README, re.DOTALL)
    (output,) = re.findall(r"```text\n(.*?)```", README, re.DOTALL)

    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-W", "error", "-c", code],
        cwd=FOLDER.parent, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip

    assert (done.stdout, done.stderr) == (output, "")


def test_every_reason_to_fall_back_is_listed():
    source = "".join(path.read_text() for path in FOLDER.rglob("*.py"))
    raised = re.findall(r'(?:NoPlanError|UnexpectedValueError)\("(.+?)"\)', source)
    other = {"first sight", "off", "shadow", "too many shapes", "a condition without a value"}
    table = README.partition("## What falls back")[2].partition("\n## ")[0]

    told = set(re.findall(r"`([^`]+)`", re.sub(r"\| [^|]* \|$", "", table, flags=re.MULTILINE)))

    assert told == {*raised, *other}
    assert f"more than {SHAPES} " in table
    assert f"more than {MAX_FIELDS:,}," in table


def test_every_file_is_listed():
    table = README.partition("## The files")[2]
    files = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.py")}

    assert set(re.findall(r"`([\w/]+\.py)`", table)) == {
        name for name in files if not name.endswith(("__init__.py", "errors.py"))
    }
