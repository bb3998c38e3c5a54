"""A real server of one process, and how it ends."""

from tests.processes import started
from tests.serving.clients import in_flight_is_answered


def test_one_process_ends_what_is_under_way(tmp_path):
    server, url = started("--data", str(tmp_path), "--no-demo", THINKALIKE_SHUTDOWN_DELAY="1")
    in_flight_is_answered(server, url)
