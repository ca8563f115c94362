"""The emulator's time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from twilio_async.emulator.clock import Clock, utc_now

NOON = datetime(2024, 5, 24, 12, 0, tzinfo=UTC)


def test_a_clock_tells_the_real_time_unless_it_is_told_another() -> None:
    """Without a source the time is the machine's, in UTC."""
    before = utc_now()
    assert before <= Clock()() <= utc_now()
    assert Clock()().tzinfo is UTC


def test_any_zone_becomes_utc() -> None:
    """A source may tell the time of its own zone."""
    cet = timezone(timedelta(hours=2))
    assert Clock(lambda: datetime(2024, 5, 24, 14, 0, tzinfo=cet))() == NOON


def test_a_naive_source_is_refused() -> None:
    """A time without a zone could mean any moment of a day."""
    with pytest.raises(ValueError, match="aware"):
        Clock(lambda: datetime(2024, 5, 24))()  # noqa: DTZ001  # the mistake that is refused


def test_a_clock_can_be_wound_on() -> None:
    """Every advance adds to those before."""
    clock = Clock(lambda: NOON)
    clock.advance(60)
    clock.advance(0.5)
    assert clock() == NOON + timedelta(seconds=60.5)
    assert repr(clock) == "<Clock 2024-05-24 12:01:00 ahead=60.5s>"


def test_time_does_not_go_backwards() -> None:
    """Messages do not become unsent."""
    with pytest.raises(ValueError, match="forwards"):
        Clock().advance(-1)
