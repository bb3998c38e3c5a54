"""A record of what happens as often as requests do."""

import logging
import time

from app.logs.entry import Entry

# To find out where in the code it was made, and by whom, is most of what a record takes.
_SAME = vars(logging.LogRecord("", logging.INFO, "", 0, "", None, None))
_SAME |= dict.fromkeys(("thread", "threadName", "process", "processName"))  # of whoever made this
_START = _SAME["created"] - _SAME["relativeCreated"] / 1_000


def record(logger: str, message: str, entry: Entry) -> logging.LogRecord:
    """Of the level INFO, from nowhere in the code."""
    made = logging.LogRecord.__new__(logging.LogRecord)
    made.__dict__ = _SAME.copy()
    made.name, made.msg, made.entry = logger, message, entry
    made.created = now = time.time()
    made.msecs, made.relativeCreated = now % 1 * 1_000, (now - _START) * 1_000
    return made
