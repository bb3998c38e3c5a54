"""A request's record beside one that `logging` makes."""

import io
import logging

import pytest

from app.logs.output import Lines
from app.logs.record import record


def test_a_request_s_record_has_all_that_others_may_look_at():
    made = record("thinkalike.requests", "GET / 200", {"bytes": 1})
    theirs = logging.LogRecord("thinkalike.requests", logging.INFO, "", 0, "GET / 200", None, None)
    theirs.entry = {"bytes": 1}

    assert vars(made).keys() == vars(theirs).keys()
    same = "name levelno levelname args exc_info stack_info entry thread process processName"
    for name in same.split():
        assert getattr(made, name) == getattr(theirs, name)
    assert made.getMessage() == theirs.getMessage() == "GET / 200"
    assert abs(made.created - theirs.created) < 60
    assert made.msecs == pytest.approx(made.created % 1 * 1_000)
    later = (made.created - theirs.created) * 1_000
    assert made.relativeCreated == pytest.approx(theirs.relativeCreated + later)
    assert "line" in logging.Formatter("%(asctime)s line %(message)s").format(made)


def test_a_record_that_cannot_be_written_stops_nobody(capsys):
    handler = Lines(io.StringIO())

    handler.handle(logging.LogRecord("x", logging.INFO, "", 0, "%d", ("no number",), None))
    handler.handle(record("x", "One line", {}))

    assert handler.stream.getvalue() == "One line\n"
    assert "--- Logging error ---" in capsys.readouterr().err
