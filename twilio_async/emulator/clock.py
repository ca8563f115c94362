"""What time it is in the emulator."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def utc_now() -> datetime:
    """The real time."""
    return datetime.now(UTC)


def standing_at(moment: datetime) -> Callable[[], datetime]:
    """A source of time that stands still, for a clock that only `Clock.advance` moves."""
    return lambda: moment


class Clock:
    """The emulator's time: a source, and how far it has been wound on from there. Every timer goes by it.

    Args:
        source: tells the time as an aware datetime, in any zone. Default: the real time.
        runs: whether the source goes on by itself; `False` for one that stands still. Default `True`.
    """

    def __init__(self, source: Callable[[], datetime] = utc_now, *, runs: bool = True) -> None:
        self._source = source
        self._ahead = timedelta()
        self._told: list[Callable[[], None]] = []
        self.runs: bool = runs

    def __call__(self) -> datetime:
        """The time now, in UTC.

        Raises:
            ValueError: the source told a naive time.
        """
        now = self._source()
        if now.tzinfo is None:
            raise ValueError("the emulator's clock must tell aware datetimes")
        return now.astimezone(UTC) + self._ahead

    def advance(self, seconds: float) -> None:
        """Wind the clock on. What becomes due by that happens at once, each thing at its own time.

        Args:
            seconds: how far; not negative, since messages do not become unsent.

        Raises:
            ValueError: *seconds* is negative.
        """
        if seconds < 0:
            raise ValueError("time goes forwards only")
        self.ahead += timedelta(seconds=seconds)

    @property
    def ahead(self) -> timedelta:
        """How far it has been wound on from its source."""
        return self._ahead

    @ahead.setter
    def ahead(self, ahead: timedelta) -> None:
        """Wind it on, or back as only a new beginning may."""
        self._ahead = ahead
        for tell in self._told:
            tell()

    def when_advanced(self, tell: Callable[[], None]) -> None:
        """Call *tell* whenever somebody winds the clock on."""
        self._told.append(tell)

    def __repr__(self) -> str:
        return f"<Clock {self():%Y-%m-%d %H:%M:%S} ahead={self._ahead.total_seconds():g}s>"
