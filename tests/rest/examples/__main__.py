"""`python -m tests.rest.examples`: records the examples anew."""

import asyncio
import logging
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from app.rest.openapi.examples import FOLDER
from tests.rest.examples.recording import record


def main() -> None:
    logging.disable()  # mistakes are made on purpose
    with TemporaryDirectory() as folder:
        found = asyncio.run(record(Path(folder)))
    for version, examples in found.items():
        text = orjson.dumps(examples, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        (FOLDER / f"{version}.json").write_bytes(text)


main()
