"""Histograms of our own, against those of Prometheus' client."""

import prometheus_client
from hypothesis import given
from hypothesis import strategies as st

from app.metrics.counted import SECONDS, Timed
from app.metrics.families import histograms
from app.metrics.histogram import Histogram

values = st.lists(st.one_of(st.sampled_from(SECONDS), st.floats(0, 100)), max_size=30)


def told(metric):
    return {(sample.name, sample.labels.get("le")): sample.value for sample in metric.samples}


@given(values, values)
def test_what_is_observed_in_two_is_told_as_of_one(some, others):
    theirs = prometheus_client.Histogram("thinkalike_x", "x", registry=None, buckets=SECONDS)
    for value in (*some, *others):
        theirs.observe(value)
    one, other = Histogram(SECONDS), Histogram(SECONDS)
    for value in some:
        one.observe(value)
    for value in others:
        other.observe(value)
    one.add(other)

    ours, (expected,) = told(histograms("x", "x", (), [((), one)])), theirs.collect()
    expected = {key: value for key, value in told(expected).items() if "created" not in key[0]}
    total = ("thinkalike_x_sum", None)
    assert abs(ours.pop(total) - expected.pop(total)) < 1e-9
    assert ours == expected
    assert one.count == len(some) + len(others)


def test_how_it_ended_is_counted_and_not_timed():
    timed = Timed()
    timed["/a", "ok"].observe(1)
    timed["/a", "failed"].observe(2)
    timed["/b", "ok"].observe(4)
    timed["/a", "ok"].observe(8)

    assert dict(timed.counts()) == {("/a", "ok"): 2, ("/a", "failed"): 1, ("/b", "ok"): 1}
    durations = {labels: each.sum for labels, each in timed.however_ended()}
    assert durations == {("/a",): 11, ("/b",): 4}
