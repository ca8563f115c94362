"""What can be told of an outbox while it is sent: for a panel, or for plain lines."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from rich.text import Text

from twilio_async.cli.advice import advice
from twilio_async.cli.panel import Count, Speed
from twilio_async.events import Event, RequestEnded
from twilio_async.outbox.ledger import DOUBTFUL, OPEN, State
from twilio_async.outbox.report import Report
from twilio_async.outbox.window import SendingWindow

SENT = frozenset[State]({"accepted", "rejected", "skipped", "held"}) | DOUBTFUL
"""States of rows that were tried."""
_MOST_ERRORS = 3
_STEADY = 30.0
"""Seconds over which a speed is taken that promises an end."""
_FUNNEL: tuple[tuple[str, tuple[State, ...]], ...] = (
    ("to send", ("pending", "claimed")),
    ("on the wire", ("sending",)),
    ("accepted", ("accepted",)),
    ("rejected", ("rejected",)),
    ("opted out", ("skipped",)),
    ("in doubt", ("unknown", "absent", "held")),
    ("too late", ("expired",)),
    ("cancelled", ("cancelled",)),
)


class OutboxCourse:
    """How an outbox is being sent. It is one of the session's hooks, and is shown the ledger's report again and again.

    Args:
        first: the report before it begins.
        window: the hours in which it sends.
        clock: seconds, never going back. Default `time.monotonic`.
        wall_clock: Unix seconds. Default `time.time`.

    Attributes:
        unauthorized: whether Twilio refused the credentials.
        throttled: answers that said "too many requests".
    """

    def __init__(
        self,
        first: Report,
        *,
        window: SendingWindow | None = None,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._now = first
        self._before = _sent(first.segments)
        self._window = window
        self._clock, self._wall_clock = clock, wall_clock
        self._began = clock()
        self._speed = Speed(_STEADY)
        self._rows_per_second = 0.0
        self._done_before = self.done
        self.throttled: int = 0
        self.unauthorized: bool = False

    def __call__(self, event: Event) -> None:
        """Take note of what the session tells."""
        if isinstance(event, RequestEnded):
            self.throttled += event.status == 429
            self.unauthorized = self.unauthorized or event.status == 401

    def show(self, report: Report) -> None:
        """Show the ledger as it is now."""
        self._now = report
        self._rows_per_second = self._speed.at(self.elapsed, self.done - self._done_before)

    @property
    def total(self) -> int:
        """All rows."""
        return self._now.total

    @property
    def done(self) -> int:
        """Rows that are not to be sent any more."""
        return self.total - self._left

    @property
    def _left(self) -> int:
        return sum(self._now[state] for state in OPEN)

    @property
    def segments(self) -> int:
        """Segments that were sent by this run."""
        return max(_sent(self._now.segments) - self._before, 0)

    @property
    def elapsed(self) -> float:
        """Seconds since it began."""
        return self._clock() - self._began

    @property
    def counts(self) -> Sequence[Count]:
        """What is worth counting."""
        now = self._now
        return (
            Count("Segments", self.segments),
            Count("Rejected", now["rejected"] + now["skipped"], "red"),
            Count("In doubt", sum(now[state] for state in DOUBTFUL), "yellow"),
            Count("429s", self.throttled, "yellow"),
        )

    @property
    def remarks(self) -> Sequence[Text]:
        """The funnel, the commonest errors and the end that can be expected."""
        return [*self._funnel(), *self._errors(), *self._end()]

    def _funnel(self) -> Iterator[Text]:
        yield Text("  ".join(f"{count:,} {name}" for name, count in funnel(self._now.rows)), "dim")

    def _errors(self) -> Iterator[Text]:
        for code, count in Counter(self._now.codes).most_common(_MOST_ERRORS):
            yield Text(f"{count:,} × {code or 'no code'}: {advice(code).meaning}", "red")

    def _end(self) -> Iterator[Text]:
        now = self._wall_clock()
        closed = 0.0 if self._window is None else self._window.opens_in(now)
        if closed > 0:
            yield Text(f"Outside of the hours of sending: goes on at {_time(now + closed)}", "yellow")
        elif self._left and self._rows_per_second > 0:
            seconds = self._left / self._rows_per_second
            yield Text(f"About {_span(seconds)} left, until {_time(now + seconds)}", "dim")


def funnel(rows: Mapping[State, int]) -> list[tuple[str, int]]:
    """Rows by what became of them, in words; what there is none of is left out."""
    counts = [(name, sum(rows.get(state, 0) for state in states)) for name, states in _FUNNEL]
    return [(name, count) for name, count in counts if count]


def _sent(segments: Mapping[State, int]) -> int:
    return sum(segments.get(state, 0) for state in SENT)


def _time(moment: float) -> str:
    told = dt.datetime.fromtimestamp(moment).astimezone()
    return f"{told:%H:%M}" if moment - time.time() < 12 * 3600 else f"{told:%a %d %b %H:%M}"


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
