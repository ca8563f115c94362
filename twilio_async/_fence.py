"""The moment after which a request may no longer be written: for whoever keeps a ledger and may be frozen in between.

A program can stand still between any two of its instructions: the machine sleeps, the process is stopped. Whoever has noted
that a request is about to go out, and may meanwhile have been given up for dead, sets a fence; the transport looks at it in
the last instruction before the first byte. The clock is one that goes on while the machine sleeps.
"""

from __future__ import annotations

import contextlib
import time
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

if hasattr(time, "CLOCK_BOOTTIME"):

    def boot_clock() -> float:
        """Seconds since the machine started, its sleep included; nobody can set this clock."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)
else:
    boot_clock = time.monotonic

fence: ContextVar[float | None] = ContextVar("fence", default=None)
"""When the calls of this context may no longer be written, by `boot_clock`. ``None``: whenever their turn comes."""


@contextlib.contextmanager
def fenced(until: float) -> Generator[None, None, None]:
    """Let no call in here be written after *until*; such a call ends with the outcome ``not_sent``.

    A call under a fence waits for no limit: whoever sets one has paid its rate and holds its place already, since waiting
    would only use the time up.

    Args:
        until: a moment of `boot_clock`.
    """
    outer = fence.set(until)
    try:
        yield
    finally:
        fence.reset(outer)
