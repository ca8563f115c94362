"""How a bulk send is followed while it runs: a live panel in a terminal, plain lines everywhere else."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Generator

from rich.console import Console
from rich.live import Live

from twilio_async.cli.panel import LivePanel
from twilio_async.cli.tally import Tally
from twilio_async.limits import Concurrency

_FRAMES_PER_SECOND = 8


@contextlib.contextmanager
def followed(title: str, tally: Tally, concurrency: Concurrency, rate: float) -> Generator[Callable[[], None], None, None]:
    """Show on stderr how a bulk send of the running task goes on.

    Args:
        title: what is being done.
        tally: what has been done.
        concurrency: the session's limit of requests in flight.
        rate: segments per second at most.

    Yields:
        What is to be called after each result.
    """
    console = Console(stderr=True, highlight=False)
    if not (console.file.isatty() and console.is_interactive and console.encoding.startswith("utf")):
        yield Lines(title, tally, print_line=console.out).advance
        return
    task = asyncio.current_task()
    panel = LivePanel(
        title, tally, concurrency, rate, width=console.width, ending=lambda: task is not None and task.cancelling() > 0
    )
    with Live(panel, console=console, refresh_per_second=_FRAMES_PER_SECOND):
        yield lambda: None


class Lines:
    """A line whenever another tenth is done, or some seconds have passed.

    Args:
        title: what is being done.
        tally: what has been done.
        print_line: where the lines go.
        patience: seconds without a line at most.
    """

    def __init__(self, title: str, tally: Tally, *, print_line: Callable[[str], object], patience: float = 5.0) -> None:
        self._tally = tally
        self._print_line = print_line
        self._patience = patience
        self._tenths = 0
        self._printed_at = tally.elapsed
        print_line(f"{title}.")

    def advance(self) -> None:
        """Print a line if it is time for one."""
        tally = self._tally
        tenths = 10 * tally.done // tally.total
        if tenths > self._tenths or tally.elapsed - self._printed_at > self._patience:
            self._tenths, self._printed_at = tenths, tally.elapsed
            self._print_line(
                f"{tally.done:,} of {tally.total:,} in {tally.elapsed:.1f} s: segments {tally.segments:,}, "
                f"retries {tally.retries:,}, 429s {tally.throttled:,}, failed {len(tally.failures):,}"
            )
