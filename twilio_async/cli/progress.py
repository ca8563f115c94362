"""How a bulk send is followed while it runs: a live panel in a terminal, plain lines everywhere else."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Generator

from rich.console import Console
from rich.live import Live

from twilio_async.cli.panel import Course, LivePanel
from twilio_async.limits import Concurrency

_FRAMES_PER_SECOND = 8


@contextlib.contextmanager
def followed(
    title: str, course: Course, concurrency: Concurrency, rate: float | None
) -> Generator[Callable[[], None], None, None]:
    """Show on stderr how a bulk send of the running task goes on.

    Args:
        title: what is being done.
        course: what has been done.
        concurrency: the session's limit of requests in flight.
        rate: segments per second at most; `None` if there is no limit.

    Yields:
        What is to be called whenever there is news.
    """
    console = Console(stderr=True, highlight=False)
    if not (console.file.isatty() and console.is_interactive and console.encoding.startswith("utf")):
        yield Lines(title, course, print_line=console.out).advance
        return
    task = asyncio.current_task()
    panel = LivePanel(
        title, course, concurrency, rate, width=console.width, ending=lambda: task is not None and task.cancelling() > 0
    )
    with Live(panel, console=console, refresh_per_second=_FRAMES_PER_SECOND):
        yield lambda: None


class Lines:
    """A line whenever another tenth is done, or some seconds have passed.

    Args:
        title: what is being done.
        course: what has been done.
        print_line: where the lines go.
        patience: seconds without a line at most.
    """

    def __init__(self, title: str, course: Course, *, print_line: Callable[[str], object], patience: float = 5.0) -> None:
        self._course = course
        self._print_line = print_line
        self._patience = patience
        self._tenths = _tenths(course)
        self._printed_at = course.elapsed
        print_line(f"{title}.")

    def advance(self) -> None:
        """Print a line if it is time for one."""
        course = self._course
        tenths = _tenths(course)
        if tenths > self._tenths or course.elapsed - self._printed_at > self._patience:
            self._tenths, self._printed_at = tenths, course.elapsed
            counts = ", ".join(f"{name.lower()} {number:,}" for name, number, _ in course.counts)
            self._print_line(f"{course.done:,} of {course.total:,} in {course.elapsed:.1f} s: {counts}")


def _tenths(course: Course) -> int:
    return 10 * course.done // max(course.total, 1)
