"""What time it is in the emulator."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def utc_now() -> datetime:
    """The real time."""
    return datetime.now(UTC)


class Clock:
    """The emulator's time: a source, and how far it has been wound on from there.

    Args:
        source: tells the time as an aware datetime, in any zone. Default: the real time.
    """

    def __init__(self, source: Callable[[], datetime] = utc_now) -> None:
        self._source = source
        self._ahead = timedelta()

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
        """Wind the clock on.

        Args:
            seconds: how far; not negative, since messages do not become unsent.

        Raises:
            ValueError: *seconds* is negative.
        """
        if seconds < 0:
            raise ValueError("time goes forwards only")
        self._ahead += timedelta(seconds=seconds)

    def __repr__(self) -> str:
        return f"<Clock {self():%Y-%m-%d %H:%M:%S} ahead={self._ahead.total_seconds():g}s>"
