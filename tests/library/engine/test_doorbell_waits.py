"""The waits between two tries grow, keep their jitter at the cap, and begin again."""

from __future__ import annotations

from liverows.doorbells.doorbell import Backoff, DoorbellTimings

TIMINGS = DoorbellTimings(backoff_floor=0.1, backoff_cap=30)


def test_no_wait_passes_its_ceiling_and_ceilings_double_up_to_the_cap() -> None:
    tries = 2000  # so many that 2 ** tries would be too large for a float
    backoff = Backoff(TIMINGS)
    for number in range(tries):
        assert 0 <= backoff.next() <= min(30, 0.1 * 2 ** min(number, 20))


def test_jitter_stays_at_the_cap() -> None:
    backoff = Backoff(TIMINGS)
    waits = [backoff.next() for _ in range(1000)][20:]
    assert min(waits) < 3
    assert max(waits) > 27


def test_a_proven_connection_makes_the_next_wait_short_again() -> None:
    backoff = Backoff(TIMINGS)
    for _ in range(20):
        backoff.next()
    backoff.reset()
    assert backoff.next() <= 0.1
