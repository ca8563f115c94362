"""Dates as Twilio writes them, and as it reads them in filters."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

from twilio_async.emulator.domain.collection import Window

# A page of a thousand messages has three thousand dates, most of them alike.
_CACHED = 4096

_AMERICAN = re.compile(r"(\d{2})/(\d{2})/(\d{4}) (\d{2}:\d{2}:\d{2}) ([A-Z]{2,4})")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SECONDS_OF_DAY = 86_400
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@lru_cache(_CACHED)
def rfc2822(moment: datetime | None) -> str | None:
    """As in the 2010 API: ``Fri, 24 May 2019 17:44:46 +0000``."""
    return None if moment is None else f"{_stamp(moment)} +0000"


@lru_cache(_CACHED)
def iso8601(moment: datetime) -> str:
    """As in Messaging v1: ``2015-07-30T20:12:31Z``."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


@lru_cache(_CACHED)
def http_date(moment: datetime) -> str:
    """As in the ``Date`` header: ``Fri, 24 May 2019 17:44:46 GMT``."""
    return f"{_stamp(moment)} GMT"


def _stamp(moment: datetime) -> str:
    # `email.utils.format_datetime` takes four times as long, and dates are most of the work on a page of messages.
    day, month = _DAYS[moment.weekday()], _MONTHS[moment.month - 1]
    return f"{day}, {moment.day:02} {month} {moment.year} {moment.hour:02}:{moment.minute:02}:{moment.second:02}"


def parse_moment(text: str) -> datetime | None:
    """Read a moment in any of the forms that Twilio's documents show; a time without a zone is UTC.

    Args:
        text: ``2019-06-11``, ``2019-06-11T22:05:25Z``, ``2019-06-11 22:05:25.000``, ``06/11/2019 22:05:25 MST`` or
            RFC 2822.

    Returns:
        The moment in UTC, midnight for a bare day; `None` if the text is none of these.
    """
    text = text.strip()
    try:
        if _DAY.fullmatch(text) or _ISO.match(text):
            moment = datetime.fromisoformat(text)
        elif american := _AMERICAN.fullmatch(text):
            month, day, year, time, zone = american.groups()
            moment = parsedate_to_datetime(f"{day} {_MONTHS[int(month) - 1]} {year} {time} {zone}")
        else:
            moment = parsedate_to_datetime(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, IndexError, OverflowError):
        return None


def parse_day(text: str) -> date | None:
    """Read a bare day, ``2019-06-11``; `None` if the text is none."""
    moment = parse_moment(text) if _DAY.fullmatch(text) else None
    return None if moment is None else moment.date()


def window(on: str | None, until: str | None, since: str | None) -> Window | None:
    """The span of time that a list's three date filters leave.

    Args:
        on: ``DateSent``: that whole UTC day, also when a time is given with it.
        until: ``DateSent<``: up to and with this moment.
        since: ``DateSent>``: from this moment on.

    Returns:
        The span; `None` if one of the filters cannot be read.
    """
    bounds: list[tuple[int | None, int | None]] = []
    for text, bound in ((on, _whole_day), (until, _up_to), (since, _from)):
        if text is not None:
            moment = parse_moment(text)
            if moment is None:
                return None
            bounds.append(bound(moment))
    lows = [low for low, _ in bounds if low is not None]
    highs = [high for _, high in bounds if high is not None]
    return Window(max(lows, default=None), min(highs, default=None))


def _whole_day(moment: datetime) -> tuple[int, int]:
    midnight = datetime.combine(date(moment.year, moment.month, moment.day), datetime.min.time(), UTC)
    return int(midnight.timestamp()), int(midnight.timestamp()) + _SECONDS_OF_DAY - 1


def _up_to(moment: datetime) -> tuple[None, int]:
    return None, math.floor(moment.timestamp())


def _from(moment: datetime) -> tuple[int, None]:
    return math.ceil(moment.timestamp()), None
