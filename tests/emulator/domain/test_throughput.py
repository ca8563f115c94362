"""How fast senders send."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_async.emulator.domain.throughput import LONGEST_QUEUE, RATES, Queues, kind_of

TEXTER = "+15017122661"


@pytest.mark.parametrize(
    ("sender", "kind"),
    [
        ("+15017122661", "number"),
        ("+18885550123", "toll-free"),
        ("+447700900144", "international"),
        ("70707", "short code"),
        ("Shop", "alpha"),
        ("whatsapp:+14155238886", "whatsapp"),
        ("rcs:shop_agent", "rcs"),
        ("messenger:12345", "channel"),
    ],
)
def test_each_kind_of_sender_has_its_rate(sender: str, kind: str) -> None:
    """A short code is a hundred times as fast as a long one."""
    assert kind_of(sender) == kind
    assert Queues().rate(sender) == RATES[kind]


def test_who_comes_first_leaves_at_once_and_the_next_waits_for_his_segments() -> None:
    """The queue is as long as what is in it takes at the sender's pace."""
    queues = Queues()
    assert queues.join(TEXTER, 3, 100.0) == 100.0
    assert queues.waiting(TEXTER, 100.0) == 3.0
    assert queues.join(TEXTER, 1, 101.0) == 103.0
    assert queues.join("70707", 1, 101.0) == 101.0
    assert queues.waiting(TEXTER, 200.0) == 0.0


def test_a_sender_may_have_a_rate_of_its_own() -> None:
    """A registered campaign is faster than its number would be."""
    queues = Queues()
    queues.rates[TEXTER] = 10
    queues.join(TEXTER, 5, 0.0)
    assert queues.waiting(TEXTER, 0.0) == 0.5


def test_a_queue_holds_ten_hours_and_empties_by_itself() -> None:
    """A queue that is full takes another message as soon as there is a place."""
    queues = Queues()
    queues.fill(TEXTER, 0.0)
    assert queues.is_full(TEXTER, 60.0)
    assert not queues.is_full(TEXTER, 61.0)
    assert queues.waiting(TEXTER, LONGEST_QUEUE) == 60.0


@given(st.lists(st.tuples(st.integers(1, 10), st.floats(0, 5)), max_size=30))
def test_no_queue_is_faster_than_its_rate(messages: list[tuple[int, float]]) -> None:
    """However messages come, each leaves when all in front of it have had their time, in order."""
    queues, now, earliest = Queues(), 0.0, 0.0
    for segments, pause in messages:
        now += pause
        leaves = queues.join(TEXTER, segments, now)
        assert leaves == pytest.approx(max(now, earliest))
        earliest = leaves + segments / RATES["number"]
