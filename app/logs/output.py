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


class Lines(logging.StreamHandler[TextIO]):
    """Writes a record in one go. Filters are for loggers here, and who reads gets each line at
    once from a stream that ends its buffer with one, as standard error does."""

    def handle(self, record: logging.LogRecord) -> bool:
        try:
            line = self.format(record) + self.terminator
            with self.lock:  # type: ignore[union-attr]
                self.stream.write(line)
        except Exception:
            self.handleError(record)
        return True


def start(settings: Settings, stream: TextIO | None = None) -> None:
    """Write what is logged in this process from now on, instead of what wrote it before.

    Of packages that are not ours, warnings and errors only.
    """
    stream = stream or sys.stderr
    terminal = stream.isatty()
    format = settings.log_format or ("text" if terminal else "json")
    handler = Lines(stream)
    handler.setFormatter(Text(colours=terminal) if format == "text" else Json())
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(logging.WARNING, level))
    for name in OURS:
        logging.getLogger(name).setLevel(level)
