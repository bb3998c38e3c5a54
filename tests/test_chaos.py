"""Two server processes that lose one of them, PostgreSQL and Valkey while they answer: no answer is
wrong, and what was accepted is there, once. `scripts/chaos` does more, and for longer."""

import os
import signal

from benches.chaos.asked import WRONG
from benches.chaos.journal import accepted, lines
from benches.chaos.load import Plan, running
from benches.chaos.parts import until
from benches.chaos.proof import Kept, kept
from benches.chaos.stand import standing

READERS = 4


def test_no_answer_is_wrong_and_no_accepted_write_is_lost(tmp_path):
    journal = tmp_path / "journal"
    journal.touch()

    def more(count):
        """Until so many more writes were accepted than now."""
        wanted = len(accepted(lines(journal))) + count
        until(lambda: len(accepted(lines(journal))) >= wanted)

    with standing() as stand:
        content = stand.content
        with running(Plan(stand.port, content.reads, READERS, content.writers), journal):
            more(10)
            os.kill(stand.workers[0], signal.SIGKILL)
            more(10)
            stand.postgresql.stop(signal.SIGINT)
            stand.postgresql.start()
            more(10)
            stand.valkey.stop(signal.SIGKILL)
            stand.valkey.start()
            more(10)
        told = lines(journal)
        found = kept(stand.address, accepted(told))

    assert [line for line in told if line.how == WRONG] == []
    assert found == Kept(
        accepted=len(accepted(told)), lost=0, twice=0, without_trace=0, unknown=found.unknown
    )
    assert "INTERNAL_SERVER_ERROR" not in {line.how.partition(" ")[2] for line in told}
