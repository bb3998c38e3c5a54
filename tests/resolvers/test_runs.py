"""What is kept of an operation's runs: nothing that somebody wrote, and those cut off, too."""

from contextlib import suppress

import pytest

from app.metrics.slowest import KNOWN, Slowest
from engine.documents import Documents
from engine.limits import UNLIMITED
from engine.trace import note
from resolvers.execution import GRAPHQL
from resolvers.runs import LONGEST, MOST, Run, text

DOCUMENTS = Documents(GRAPHQL, UNLIMITED)
QUERY = """query A($n: Int = 42, $on: Boolean = true) {  # zaphod
  contentItems(limit: $n, status: DRAFT, filter: {title: {contains: "zaphod"}}) { ...F }
  node(id: \"""zaphod\""") @include(if: $on) { id }
  nodes(ids: ["zaphod"]) { id }
}
query B { viewer { user { id } } }
fragment F on ContentItem { title }
"""


def prepared(query):
    found = DOCUMENTS.prepare(query)
    return found, found.operation("A")


@pytest.fixture
def known():
    return prepared("query A { contentItems { title } }")


def run(slowest, known, seconds=None, *statements):
    with Run(slowest, 0.1, *known, None) as run:
        for sql in statements:
            note(sql, 0.001)
        run.plan = "off"
    (one,) = slowest.shown()
    one.last = one.last if seconds is None else seconds
    return one


def test_values_are_left_out():
    document = DOCUMENTS.prepare(QUERY)
    assert document.errors == ()
    assert text(document, document.operation("A")) == (
        "query A($n: Int = 0, $on: Boolean = true) {\n"
        "  contentItems(limit: $n, status: DRAFT, filter: {  }) {\n    ...F\n  }\n"
        '  node(id: "") @include(if: $on) {\n    id\n  }\n'
        "  nodes(ids: []) {\n    id\n  }\n}\n\n"
        "fragment F on ContentItem {\n  title\n}"
    )


def test_two_runs_are_looked_at_and_each_after_a_slow_one(known):
    slowest = Slowest()
    seen = []
    for seconds in (None, None, None, 0.1, None, None):
        one = run(slowest, known, seconds, "SELECT 1")
        seen.append(len(one.statements))
        one.statements, one.seen = [], 0.0
    assert seen == [1, 1, 0, 0, 1, 0]


def test_a_run_that_is_cut_off_counts(known):
    slowest = Slowest()
    with suppress(TimeoutError), Run(slowest, 0.1, *known, None):
        note("SELECT pg_sleep(9)", 9.0)
        raise TimeoutError
    (one,) = slowest.shown()
    assert (one.runs, one.executed) == (1, "")
    assert one.statements == [{"sql": "SELECT pg_sleep(9)", "runs": 1, "ms": 9000.0}]


def test_what_is_kept_of_statements_is_bounded(known):
    one = run(Slowest(), known, None, "S" * 9_999, "S" * 9_999, *map(str, range(99)))
    assert len(one.statements) == MOST
    assert one.statements[0] == {"sql": "S" * (LONGEST - 1) + "…", "runs": 2, "ms": 2.0}


def test_ever_new_documents_do_not_fill_the_memory():
    slowest = Slowest()
    for number in range(KNOWN + 50):
        with Run(
            slowest, 0.1, *prepared(f"query A {{ a{number}: viewer {{ user {{ id }} }} }}"), None
        ):
            pass
    assert len(slowest._known) == KNOWN
