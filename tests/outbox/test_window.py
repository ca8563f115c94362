"""Hours of sending: in the zone of those who receive, whatever its clocks do."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_async.errors import InvalidArgument
from twilio_async.outbox.window import DAYS, SendingWindow

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = SendingWindow("09:00", "20:00", zone="Europe/Berlin", days=DAYS[:5])


def at(text: str, zone: ZoneInfo = BERLIN) -> float:
    """Unix seconds of a local time."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


@pytest.mark.parametrize(
    ("now", "hours"),
    [
        ("2026-01-30T12:00", 0),  # a Friday
        ("2026-01-30T09:00", 0),
        ("2026-01-30T08:00", 1),
        ("2026-01-30T20:00", 61),  # until Monday
        ("2026-01-31T12:00", 45),
        ("2026-03-27T20:00", 60),  # the clocks go forward meanwhile
        ("2026-10-23T20:00", 62),  # and back
    ],
)
def test_it_opens_at_its_hour_of_its_days(now: str, hours: float) -> None:
    """In local time, weekends and changes of the clock included."""
    assert OFFICE.opens_in(at(now)) == hours * 3600


def test_it_closes_at_its_hour() -> None:
    """Its end is not in it."""
    assert OFFICE.closes_in(at("2026-01-30T19:00")) == 3600
    assert OFFICE.closes_in(at("2026-01-30T20:00")) == 0


def test_it_may_last_over_midnight() -> None:
    """The day is the one on which it opens."""
    night = SendingWindow("22:00", "02:00", zone="UTC", days="fri")
    assert night.opens_in(at("2026-01-31T01:59", ZoneInfo("UTC"))) == 0
    assert night.opens_in(at("2026-01-31T02:00", ZoneInfo("UTC"))) > 0
    assert night.opens_in(at("2026-01-30T01:00", ZoneInfo("UTC"))) == 21 * 3600


def test_quiet_hours_are_the_rest() -> None:
    """All day but then."""
    quiet = SendingWindow.quiet("21:00", "08:00", zone="Europe/Berlin")
    assert quiet.opens_in(at("2026-01-31T21:00")) == 11 * 3600
    assert quiet.opens_in(at("2026-01-31T20:59")) == 0


@given(
    now=st.floats(0, 4e9),
    opens=st.times(),
    closes=st.times(),
    zone=st.sampled_from(["UTC", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]),
    days=st.sets(st.sampled_from(DAYS), min_size=1),
)
def test_it_is_open_when_it_has_opened(now: float, opens: dt.time, closes: dt.time, zone: str, days: set[str]) -> None:
    """Whoever waits as long as he is told finds it open, and while it is open it says when it closes."""
    if opens == closes:
        return
    window = SendingWindow(opens, closes, zone=zone, days=days)
    wait = window.opens_in(now)
    assert 0 <= wait <= 9 * 86400
    assert (wait == 0) == (window.closes_in(now) > 0)
    assert window.opens_in(now + wait + 1e-3) == 0 or window.closes_in(now + wait) <= 2e-3


@pytest.mark.parametrize(
    ("argument", "changes"),
    [
        ("opens", {"opens": "9 am"}),
        ("opens", {"opens": None}),
        ("opens", {"opens": dt.time(9, tzinfo=dt.UTC)}),
        ("closes", {"closes": "09:00"}),
        ("zone", {"zone": "Mars/Olympus"}),
        ("zone", {"zone": "../etc/passwd"}),
        ("zone", {"zone": None}),
        ("days", {"days": ["monday"]}),
        ("days", {"days": []}),
    ],
)
def test_what_makes_no_window_is_named(argument: str, changes: dict[str, Any]) -> None:
    """Before anything is sent."""
    given: dict[str, Any] = {"opens": "09:00", "closes": "20:00", "zone": "UTC"} | changes
    with pytest.raises(InvalidArgument) as caught:
        SendingWindow(given.pop("opens"), given.pop("closes"), **given)
    assert caught.value.argument == argument


def test_it_says_what_it_is() -> None:
    """In one line."""
    assert repr(OFFICE) == "<SendingWindow 09:00-20:00 Europe/Berlin mon,tue,wed,thu,fri>"
