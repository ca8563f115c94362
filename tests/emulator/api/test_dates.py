"""How dates are written, and which forms of them are read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from email.utils import format_datetime, parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_async.emulator.api.dates import http_date, iso8601, parse_day, parse_moment, rfc2822, window
from twilio_async.emulator.domain.collection import Window

MOMENT = datetime(2019, 6, 11, 22, 5, 25, tzinfo=UTC)
moments = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2099, 1, 1)).map(  # noqa: DTZ001  # made aware below
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)


@given(moments)
def test_the_2010_api_writes_what_the_standard_library_writes(moment: datetime) -> None:
    """Our quicker formatter agrees with the reference, and is read back as the same moment."""
    written = rfc2822(moment)
    assert written == format_datetime(moment)
    assert parsedate_to_datetime(written) == moment
    assert http_date(moment) == format_datetime(moment, usegmt=True)


def test_no_date_is_written_as_none() -> None:
    """A message that is not sent has no date of it."""
    assert rfc2822(None) is None


def test_messaging_writes_iso_dates() -> None:
    """Version 1 of Messaging has ISO 8601 in UTC."""
    assert iso8601(MOMENT) == "2019-06-11T22:05:25Z"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2019-06-11T22:05:25Z", MOMENT),
        ("2019-06-11T22:05:25+02:00", datetime(2019, 6, 11, 20, 5, 25, tzinfo=UTC)),
        ("2019-06-11 22:05:25.000", MOMENT),
        ("06/11/2019 22:05:25 MST", datetime(2019, 6, 12, 5, 5, 25, tzinfo=UTC)),
        ("Tue, 11 Jun 2019 22:05:25 +0000", MOMENT),
        ("Tue, 11 Jun 2019 22:05:25 -0000", MOMENT),
        (" 2019-06-11 ", datetime(2019, 6, 11, tzinfo=UTC)),
    ],
)
def test_every_form_that_twilio_shows_is_read(text: str, moment: datetime) -> None:
    """The examples of Twilio's documents name one moment in many ways."""
    assert parse_moment(text) == moment


@pytest.mark.parametrize("text", ["", "yesterday", "2019-13-01", "2019-06-11T25:00:00Z", "13/45/2019 22:05:25 MST", "20190611"])
def test_other_forms_are_not(text: str) -> None:
    """What names no moment is told apart from what does."""
    assert parse_moment(text) is None


def seconds(text: str) -> int:
    """A moment as windows count it."""
    return int(datetime.fromisoformat(text).timestamp())


def test_a_bare_day_is_read_as_one() -> None:
    """With a time it is none, nor is one of no calendar."""
    assert parse_day("2024-02-29") == date(2024, 2, 29)
    assert [parse_day(text) for text in ("2024-02-30", "2024-02-29T00:00:00Z", "29.2.2024", "")] == [None] * 4


def test_a_day_is_a_whole_day() -> None:
    """Equality with a date, or with a time of it, is that UTC day."""
    day = Window(seconds("2019-06-11T00:00:00Z"), seconds("2019-06-11T23:59:59Z"))
    assert window("2019-06-11", None, None) == day
    assert window("2019-06-11T22:05:25Z", None, None) == day


def test_bounds_are_inclusive_and_a_bare_day_is_its_midnight() -> None:
    """Both ends of a range belong to it; fractions of a second fall outside of neither."""
    assert window(None, "2019-06-12", "2019-06-11") == Window(seconds("2019-06-11T00:00:00Z"), seconds("2019-06-12T00:00:00Z"))
    assert window(None, "2019-06-11T22:05:25.5Z", "2019-06-11T22:05:25.5Z") == Window(
        seconds("2019-06-11T22:05:26Z"), seconds("2019-06-11T22:05:25Z")
    )


def test_the_narrowest_of_several_filters_holds() -> None:
    """A day and a range together leave what they share."""
    assert window("2019-06-11", None, "2019-06-11T12:00:00Z") == Window(
        seconds("2019-06-11T12:00:00Z"), seconds("2019-06-11T23:59:59Z")
    )
    assert window(None, None, None) == Window(None, None)


def test_an_unreadable_filter_spoils_the_window() -> None:
    """There is no window to guess at."""
    assert window("soon", None, None) is None


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "Fri, 31 Dec 9999 23:00:00 -0900", "9999-12-31T23:59:59-14:00"])
def test_a_moment_that_no_calendar_has_in_utc_is_none(text: str) -> None:
    """The edges of time are not a reason to fall over."""
    assert parse_moment(text) is None


def test_the_last_day_is_a_day() -> None:
    """Although none follows."""
    day = window("9999-12-31", None, None)
    assert day is not None
    assert day.until == seconds("9999-12-31T23:59:59Z")
