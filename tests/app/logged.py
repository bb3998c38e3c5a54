"""The log of this process, written where a test can read it."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from app.logs import output
from app.settings import Settings


@contextmanager
def logged(settings: Settings, stream: TextIO) -> Iterator[TextIO]:
    loggers = [logging.getLogger(name) for name in (None, *output.OURS)]
    before = [(one, one.level, one.handlers) for one in loggers]
    output.start(settings, stream)
    try:
        yield stream
    finally:
        for logger, level, handlers in before:
            logger.setLevel(level)
            logger.handlers = handlers


def lines(text: str) -> list[dict[str, Any]]:
    """The records of a log that is written as JSON."""
    return [json.loads(line) for line in text.splitlines()]
