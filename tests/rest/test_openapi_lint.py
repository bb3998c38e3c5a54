"""The OpenAPI documents as others see them: the standard's own schema, and a linter's advice."""

import asyncio
import subprocess
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

LINT = Path(__file__).parents[2] / "scripts" / "openapi-lint"
VERSIONS = ("v1", "v2")

# What the documents say does not depend on the database.
pytestmark = pytest.mark.parametrize("migrated", ["sqlite"], indirect=True)


@pytest.mark.parametrize("version", VERSIONS)
async def test_it_is_openapi(http, version):
    document = (await http.get(f"/api/{version}/openapi.json")).json()

    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


async def test_the_linter_has_nothing_to_say(http, tmp_path):
    files = [tmp_path / f"{version}.json" for version in VERSIONS]
    for version, file in zip(VERSIONS, files, strict=True):
        file.write_text((await http.get(f"/api/{version}/openapi.json")).text)

    lint = await asyncio.to_thread(
        subprocess.run, [LINT, *files], capture_output=True, text=True, check=False
    )

    assert lint.returncode == 0, lint.stdout + lint.stderr
