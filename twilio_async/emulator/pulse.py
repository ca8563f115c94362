"""What makes things happen at their time while nobody looks."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from threading import get_ident

from twilio_async.emulator.clock import Clock

_SHORTEST = 0.005
"""Seconds; a clock that stands still just before a moment must not make the pulse race."""


class Pulse:
    """Beats whenever something is due by the emulator's clock.

    Args:
        clock: what time it is. The real time passes by itself; any other only when it is advanced.
        beat: does what is due, and tells when the next thing is: in seconds since 1970, or `None` for nothing.
    """

    def __init__(self, clock: Clock, beat: Callable[[], float | None]) -> None:
        self._clock = clock
        self._beat = beat
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0
        self._nudged = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        clock.when_advanced(self.nudge)

    def open(self) -> None:
        """Begin to beat, in the running loop."""
        self._loop, self._thread = asyncio.get_running_loop(), get_ident()
        self._nudged = asyncio.Event()
        self._task = self._loop.create_task(self._run(), name="pulse of the emulator")

    async def close(self) -> None:
        """Beat no more."""
        self._loop, task = None, self._task
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def nudge(self) -> None:
        """Something may have become due; from any thread."""
        loop = self._loop
        if loop is None:
            return
        if get_ident() == self._thread:
            self._nudged.set()
        else:
            with contextlib.suppress(RuntimeError):  # the loop ended this moment
                loop.call_soon_threadsafe(self._nudged.set)

    async def _run(self) -> None:
        while True:
            self._nudged.clear()
            due = self._beat()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pause(due)):
                    await self._nudged.wait()

    def _pause(self, due: float | None) -> float | None:
        if due is None or not self._clock.runs:
            return None
        return max(_SHORTEST, due - self._clock().timestamp())
