"""The last minute by seconds, and the slowest operations that are remembered."""

from app.metrics.pulse import Pulse
from app.metrics.slowest import KNOWN, SHOWN, Slowest


class Clock:
    now = 1_000.5

    def __call__(self):
        return self.now


def test_requests_are_counted_by_the_second_for_a_minute():
    clock = Clock()
    pulse = Pulse(clock)
    for _ in range(3):
        pulse.beat(0.001)
    assert sum(pulse.seconds()) == 0  # their second is not over
    clock.now += 1
    pulse.beat(0.001)
    clock.now += 1
    assert pulse.seconds() == [0] * 58 + [3, 1]
    clock.now += 58
    assert pulse.seconds() == [3, 1] + [0] * 58
    clock.now += 1
    assert pulse.seconds() == [1] + [0] * 59
    clock.now += 10_000
    assert pulse.seconds() == [0] * 60
    assert pulse.uptime == 10_061


def test_a_second_that_comes_round_again_counts_anew():
    clock = Clock()
    pulse = Pulse(clock)
    pulse.beat(0.001)
    clock.now += 61
    pulse.beat(0.001)
    clock.now += 1
    assert pulse.seconds() == [0] * 59 + [1]


def test_latencies_are_of_the_last_thousand():
    pulse = Pulse()
    assert pulse.latency(50) is None
    pulse.beat(9.0)
    for number in range(1_000, 0, -1):
        pulse.beat(number / 1_000)
    assert pulse.latency(50, 95, 99, 100) == [0.5, 0.95, 0.99, 1.0]


def test_what_takes_long_stays_and_what_does_not_is_forgotten():
    slowest = Slowest()
    often, once = slowest.of("often", "often"), slowest.of("once", "once")
    once.ran(3.0)
    for _ in range(500):
        often.ran(0.01)
    for number in range(2 * KNOWN):
        slowest.of(number, str(number)).ran(0.02)

    assert [one.name for one in slowest.shown()[:2]] == ["often", "once"]
    assert SHOWN <= len(slowest.shown()) <= 2 * SHOWN
    assert slowest.of("often", "often") is often
    assert slowest.of(2 * KNOWN - 1, "").runs == 1
    assert slowest.of(100, "").runs == 0  # it was forgotten
