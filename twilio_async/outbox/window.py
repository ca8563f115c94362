"""When texts may go out: hours of the day in a zone, on days of the week. Pure: the time is an argument."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from twilio_async.errors import InvalidArgument

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class SendingWindow:
    """Hours in which to send, in the zone of those who receive.

    ::

        SendingWindow("09:00", "20:00", zone="Europe/Berlin", days=("mon", "tue", "wed", "thu", "fri"))
        SendingWindow.quiet("21:00", "08:00", zone="America/New_York")

    Args:
        opens: the time of day from which to send, ``"HH:MM"`` or a `datetime.time`.
        closes: the time of day from which to send no more; before *opens*, it is the next day's.
        zone: an IANA time zone, by name or as a `ZoneInfo`.
        days: the days on which it opens, ``"mon"`` to ``"sun"``. Default: all.

    Raises:
        InvalidArgument: an argument cannot be right.
    """

    __slots__ = ("_closes", "_days", "_opens", "_zone")

    def __init__(
        self, opens: str | dt.time, closes: str | dt.time, *, zone: str | ZoneInfo, days: Iterable[str] = DAYS
    ) -> None:
        self._opens = _time("opens", opens)
        self._closes = _time("closes", closes)
        if self._opens == self._closes:
            raise InvalidArgument("closes: the same as opens; for the whole day use no window", argument="closes")
        self._zone = _zone(zone)
        self._days = _days(days)

    @classmethod
    def quiet(cls, begins: str | dt.time, ends: str | dt.time, *, zone: str | ZoneInfo) -> SendingWindow:
        """All day but the hours from *begins* to *ends*."""
        return cls(ends, begins, zone=zone)

    def __repr__(self) -> str:
        days = "" if len(self._days) == len(DAYS) else f" {','.join(DAYS[day] for day in sorted(self._days))}"
        return f"<SendingWindow {self._opens:%H:%M}-{self._closes:%H:%M} {self._zone.key}{days}>"

    def opens_in(self, now: float) -> float:
        """Seconds from *now* until it opens; 0 while it is open.

        Args:
            now: Unix seconds.
        """
        return max(min(opens for opens, closes in self._openings(now) if closes > now) - now, 0.0)

    def closes_in(self, now: float) -> float:
        """Seconds from *now* until it closes; 0 while it is closed.

        Args:
            now: Unix seconds.
        """
        return next((closes - now for opens, closes in self._openings(now) if opens <= now < closes), 0.0)

    def _openings(self, now: float) -> Iterable[tuple[float, float]]:
        """The openings from the day before *now* to a week and a day after it: a day of any week is among them."""
        today = dt.datetime.fromtimestamp(now, self._zone).date()
        for ahead in range(-1, 9):
            day = today + dt.timedelta(ahead)
            if day.weekday() in self._days:
                end = day if self._closes > self._opens else day + dt.timedelta(1)
                yield self._moment(day, self._opens), self._moment(end, self._closes)

    def _moment(self, day: dt.date, time: dt.time) -> float:
        return dt.datetime.combine(day, time, self._zone).timestamp()


def _time(argument: str, value: str | dt.time) -> dt.time:
    try:
        time = value if isinstance(value, dt.time) else dt.time.fromisoformat(value)
    except (ValueError, TypeError):
        raise InvalidArgument(f"{argument}: expected 'HH:MM' or a datetime.time", argument=argument) from None
    if time.tzinfo is not None:
        raise InvalidArgument(f"{argument}: without a zone of its own; give zone=", argument=argument)
    return time


def _zone(zone: str | ZoneInfo) -> ZoneInfo:
    if isinstance(zone, ZoneInfo):
        return zone
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        raise InvalidArgument(
            "zone: expected an IANA name, such as 'Europe/Berlin' (on Windows they come with the package tzdata)",
            argument="zone",
        ) from None


def _days(days: Iterable[str]) -> frozenset[int]:
    given = {days} if isinstance(days, str) else set(days)
    if not given or not given <= set(DAYS):
        raise InvalidArgument(f"days: expected some of {', '.join(DAYS)}", argument="days")
    return frozenset(DAYS.index(day) for day in given)
