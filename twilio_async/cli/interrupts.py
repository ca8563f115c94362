"""What Ctrl-C does to a command that runs in an event loop."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end, or until Ctrl-C: the first cancels *work*, which may go on to end well; the second breaks it off.

    Args:
        work: what to do.

    Raises:
        KeyboardInterrupt: it was broken off, or let itself be canceled.
    """
    with asyncio.Runner() as runner:
        try:
            return runner.run(work)
        except KeyboardInterrupt:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # a third one would break the cleaning up
            raise


class Interruptible:
    """A block that Ctrl-C ends, and what comes after it goes on.

    Attributes:
        interrupted: whether it was ended so.
    """

    interrupted: bool = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> bool:
        task = asyncio.current_task()
        if kind is asyncio.CancelledError and task is not None and task.uncancel() == 0:
            self.interrupted = True
        return self.interrupted


def heed_termination() -> None:
    """Let SIGTERM, with which services and containers are stopped, be to the running task what Ctrl-C is."""
    task = asyncio.current_task()
    if task is not None:
        with contextlib.suppress(NotImplementedError):  # Windows has no such signal
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
