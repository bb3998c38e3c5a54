"""How a record is written: as JSON for programs, or short and in colours for people."""

import logging
import os.path
from datetime import UTC, datetime
from typing import Any

import orjson

from app.db import reason
from app.errors import Unavailable
from app.logs.entry import Entry, current

COLOURS = {logging.WARNING: "33", logging.ERROR: "31", logging.CRITICAL: "1;31"}


def entry(record: logging.LogRecord) -> Entry:
    """What the record tells of its request, or the id of the one in which it was made."""
    told: Entry | None = getattr(record, "entry", None)
    if told is None:
        under_way = current.get()
        told = {"request_id": under_way["request_id"]} if under_way else {}
    return told


def unavailable(record: logging.LogRecord) -> Entry | None:
    """The code and the reason, when a part that we need did not answer: where in our code that was
    noticed says nothing, and while it is away every request notices."""
    if not record.exc_info:
        return None
    error = record.exc_info[1]
    if not isinstance(error, Unavailable):
        return None
    return {"code": error.code, "reason": reason(error.__cause__ or error)}


class Json(logging.Formatter):
    """One object a line: `time`, `level`, `logger`, `message`, the entry, and a traceback as
    `exception`, or `code` and `reason` instead."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **entry(record),
        }
        if told := unavailable(record):
            line |= told
        elif record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()


class Text(logging.Formatter):
    """The time, the message and, of a request, what is worth a look; below it a traceback."""

    def __init__(self, *, colours: bool) -> None:
        super().__init__()
        self._colours = colours

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).astimezone()
        colour = COLOURS.get(record.levelno)
        message = self._painted(record.getMessage(), colour) if colour else record.getMessage()
        facts = self._painted(_short(entry(record)), "2")
        line = f"{time:%H:%M:%S} {message}{facts}"
        if told := unavailable(record):
            line += "  {code}: {reason}".format(**told)
        elif record.exc_info:
            line += os.linesep + self.formatException(record.exc_info)
        return line

    def _painted(self, text: str, colour: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._colours and text else text


def _short(told: Entry) -> str:
    shown = ("duration_ms", "operation", "cost", "engine", "errors", "actor", "request_id")
    return "".join(f"  {name}={told[name]}" for name in shown if told.get(name) is not None)
