"""The comparison notices mistakes: every mutant is killed by a short look."""

import asyncio
import sys

from tests.engine.differential.mutants import MUTANTS, ROOT


def test_every_mistake_can_be_made():
    """Whoever changes the engine moves the mutants along."""
    for mutant in MUTANTS:
        source = (ROOT / "engine" / f"{mutant.module.replace('.', '/')}.py").read_text()
        assert source.count(mutant.old) == 1, mutant.name


async def test_no_mutant_survives():
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.engine.differential.mutants",
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()

    assert (process.returncode, output.decode().count("SURVIVED")) == (0, 0), output.decode()
    assert len(output.splitlines()) == len(MUTANTS) >= 20
