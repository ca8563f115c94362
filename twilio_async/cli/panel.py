"""The live picture of a bulk send, for a terminal."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from rich.console import RenderableType
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from twilio_async.cli.tally import Tally
from twilio_async.limits import Concurrency

_BLOCKS = "▁▂▃▄▅▆▇█"
_LABELS = 9
_FRAME = 10
"""Columns that borders, margins and gaps take."""
_WIDEST = 100


class LivePanel:
    """A panel that shows what a tally says whenever it is rendered.

    Under the bar run two curves; a column of them keeps how it was when the bar was there.

    Args:
        title: what is being done.
        tally: what has been done.
        concurrency: the session's limit of requests in flight.
        rate: segments per second at most.
        width: columns of the terminal.
        ending: whether Ctrl-C was pressed, so that nothing new is begun.
    """

    def __init__(
        self,
        title: str,
        tally: Tally,
        concurrency: Concurrency,
        rate: float,
        *,
        width: int,
        ending: Callable[[], bool],
    ) -> None:
        self._title = title
        self._tally = tally
        self._concurrency = concurrency
        self._rate = rate
        self._ending = ending
        self._figures = max(16, len(f"{tally.total:,} of {tally.total:,}"))
        self._width = max(8, min(width, _WIDEST) - _LABELS - self._figures - _FRAME)
        self._speed = Speed()
        self._rates = Curve(self._width, rate)
        self._windows = Curve(self._width, concurrency.limit)

    def __rich__(self) -> RenderableType:
        """The panel as it is now."""
        content = Table.grid()
        content.add_row(self._curves())
        content.add_row()
        content.add_row(self._counts())
        title = Text(self._title, "bold").append(": finishing what is in flight" if self._ending() else "", "yellow")
        return Panel(content, title=title, title_align="left", border_style="dim", padding=(1, 2), expand=False)

    def _curves(self) -> Table:
        tally, window = self._tally, self._concurrency.current
        rate, done = self._speed.at(tally.elapsed, tally.segments), tally.done / tally.total
        table = Table.grid(padding=(0, 2))
        table.add_column(style="dim", width=_LABELS)
        table.add_column(width=self._width)
        table.add_column(justify="right", width=self._figures)
        bar = ProgressBar(tally.total, tally.done, self._width)
        rates, windows = self._rates.drawn(done, rate), self._windows.drawn(done, window)
        table.add_row("Done", bar, f"{tally.done:,} of {tally.total:,}")
        table.add_row("Rate", Text(rates, "cyan"), f"{_figure(rate)} of {_figure(self._rate)} seg/s")
        table.add_row("In flight", Text(windows, "blue"), f"{self._concurrency.in_flight} of {window}")
        return table

    def _counts(self) -> Text:
        tally = self._tally
        line = Text()
        for name, count, colour in (
            ("Segments", tally.segments, ""),
            ("Retries", tally.retries, "yellow"),
            ("429s", tally.throttled, "yellow"),
            ("Failed", len(tally.failures), "red"),
        ):
            line.append(f"{name} ", "dim")
            line.append(f"{count:,}".ljust(8), colour if count else "")
        return line.append(f"{tally.elapsed:.1f} s", "dim")


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
        highest: the value of a full column.
    """

    def __init__(self, width: int, highest: float) -> None:
        self._width = width
        self._highest = highest
        self._columns = ""

    def drawn(self, done: float, value: float) -> str:
        """The curve, after *value* has been drawn up to where it is *done*, from 0 to 1."""
        column = _BLOCKS[round(min(value / self._highest, 1) * (len(_BLOCKS) - 1))]
        self._columns = self._columns.ljust(int(done * self._width), column)
        return self._columns
