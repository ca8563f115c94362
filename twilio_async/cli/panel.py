"""The live picture of a bulk send, for a terminal."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from rich.console import RenderableType
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from twilio_async.limits import Concurrency

_BLOCKS = "▁▂▃▄▅▆▇█"
_LABELS = 9
_FRAME = 10
"""Columns that borders, margins and gaps take."""
_WIDEST = 100


class Count(NamedTuple):
    """How many there are of something.

    Attributes:
        name: of what.
        number: how many.
        style: its colour if there are any.
    """

    name: str
    number: int
    style: str = ""


class Course(Protocol):
    """What can be told of a bulk send while it runs."""

    @property
    def total(self) -> int:
        """Messages that are to be sent."""
        ...

    @property
    def done(self) -> int:
        """Those that came to an end."""
        ...

    @property
    def segments(self) -> int:
        """Segments that were sent by this run."""
        ...

    @property
    def elapsed(self) -> float:
        """Seconds since it began."""
        ...

    @property
    def counts(self) -> Sequence[Count]:
        """What is worth counting."""
        ...

    @property
    def remarks(self) -> Sequence[Text]:
        """What else there is to say, a line each."""
        ...


class LivePanel:
    """A panel that shows what a course says whenever it is rendered.

    Under the bar run two curves; a column of them keeps how it was when the bar was there.

    Args:
        title: what is being done.
        course: what has been done.
        concurrency: the session's limit of requests in flight.
        rate: segments per second at most; `None` if there is no limit.
        width: columns of the terminal.
        ending: whether Ctrl-C was pressed, so that nothing new is begun.
    """

    def __init__(
        self,
        title: str,
        course: Course,
        concurrency: Concurrency,
        rate: float | None,
        *,
        width: int,
        ending: Callable[[], bool],
    ) -> None:
        self._title = title
        self._course = course
        self._concurrency = concurrency
        self._rate = rate
        self._ending = ending
        self._figures = max(16, len(f"{course.total:,} of {course.total:,}"))
        self._width = max(8, min(width, _WIDEST) - _LABELS - self._figures - _FRAME)
        self._speed = Speed()
        begins = course.done / max(course.total, 1)
        self._rates = Curve(self._width, rate, begins=begins)
        self._windows = Curve(self._width, concurrency.limit, begins=begins)

    def __rich__(self) -> RenderableType:
        """The panel as it is now."""
        content = Table.grid()
        content.add_row(self._curves())
        content.add_row()
        content.add_row(self._counts())
        for remark in self._course.remarks:
            remark.truncate(self._width + _LABELS + self._figures + 4, overflow="ellipsis")
            content.add_row(remark)
        title = Text(self._title, "bold").append(": finishing what is in flight" if self._ending() else "", "yellow")
        return Panel(content, title=title, title_align="left", border_style="dim", padding=(1, 2), expand=False)

    def _curves(self) -> Table:
        course, window = self._course, self._concurrency.current
        rate, done = self._speed.at(course.elapsed, course.segments), course.done / max(course.total, 1)
        table = Table.grid(padding=(0, 2))
        table.add_column(style="dim", width=_LABELS)
        table.add_column(width=self._width)
        table.add_column(justify="right", width=self._figures)
        bar = ProgressBar(course.total, course.done, self._width)
        rates, windows = self._rates.drawn(done, rate), self._windows.drawn(done, window)
        table.add_row("Done", bar, f"{course.done:,} of {course.total:,}")
        most = "" if self._rate is None else f"of {_figure(self._rate)} "
        table.add_row("Rate", Text(rates, "cyan"), f"{_figure(rate)} {most}seg/s")
        table.add_row("In flight", Text(windows, "blue"), f"{self._concurrency.in_flight} of {window}")
        return table

    def _counts(self) -> Text:
        line = Text()
        for name, number, style in self._course.counts:
            line.append(f"{name} ", "dim")
            line.append(f"{number:,}".ljust(8), style if number else "")
        return line.append(f"{self._course.elapsed:.1f} s", "dim")


def _figure(number: float) -> str:
    return f"{number:,.0f}" if number >= 10 else f"{number:.1f}"


class Speed:
    """How fast a count grows, taken from its last seconds."""

    def __init__(self, seconds: float = 2.0) -> None:
        self._seconds = seconds
        self._seen = deque([(0.0, 0)])

    def at(self, moment: float, count: int) -> float:
        """The speed per second.

        Args:
            moment: seconds since the beginning.
            count: what there is of it at that moment.
        """
        self._seen.append((moment, count))
        while len(self._seen) > 2 and self._seen[1][0] <= moment - self._seconds:
            self._seen.popleft()
        since, before = self._seen[0]
        return (count - before) / (moment - since) if moment > since else 0.0


class Curve:
    """A line of small columns that is drawn from left to right.

    Args:
        width: how many columns.
        highest: the value of a full column; `None` for the highest so far.
        begins: where it begins, from 0 to 1; what is left of that stays empty.
    """

    def __init__(self, width: int, highest: float | None, *, begins: float = 0.0) -> None:
        self._width = width
        self._highest = highest
        self._empty = int(begins * width)
        self._values: list[float] = []

    def drawn(self, done: float, value: float) -> str:
        """The curve, after *value* has been drawn up to where it is *done*, from 0 to 1."""
        self._values += [value] * (int(done * self._width) - self._empty - len(self._values))
        highest = self._highest or max(self._values, default=0.0) or 1.0
        return " " * self._empty + "".join(_column(value / highest) for value in self._values)


def _column(share: float) -> str:
    return _BLOCKS[round(min(share, 1) * (len(_BLOCKS) - 1))]
