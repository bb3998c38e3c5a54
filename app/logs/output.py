"""Where records go: to standard error, in one format, from one place."""

import logging
import sys
from typing import TextIO

from app.logs.formats import Json, Text
from app.settings import Settings

OURS = ("thinkalike", "app", "loaders", "resolvers", "engine")

# Nobody reads them, and to find them out takes time for each record.
logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
logging.logAsyncioTasks = False  # type: ignore[attr-defined]


def start(settings: Settings, stream: TextIO | None = None) -> None:
    """Write what is logged in this process from now on, instead of what wrote it before.

    Of packages that are not ours, warnings and errors only.
    """
    stream = stream or sys.stderr
    terminal = stream.isatty()
    format = settings.log_format or ("text" if terminal else "json")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Text(colours=terminal) if format == "text" else Json())
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(logging.WARNING, level))
    for name in OURS:
        logging.getLogger(name).setLevel(level)
