"""What takes its time, for synchronous code."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from twilio_async.emulator.applications.deliveries import Delivery
from twilio_async.emulator.applications.handset import File, Received
from twilio_async.emulator.domain.history import SOMEBODY
from twilio_async.emulator.domain.records import Direction, Message, Method, Status
from twilio_async.emulator.expectations import Body
from twilio_async.emulator.stage import NO_FIELDS

if TYPE_CHECKING:
    from twilio_async.emulator.emulator import Emulator

T = TypeVar("T")


class Blocking:
    """The methods of an emulator that one would await, for threads other than the emulator's own.

    In a coroutine use those of the emulator itself: these would stop the event loop, with all that runs there.

    Args:
        emulator: started with ``with``, or in the loop of another thread.
    """

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    def receive(
        self,
        body: str = "",
        *,
        from_: str = SOMEBODY,
        to: str | None = None,
        media: File | Sequence[File] = (),
        fields: Mapping[str, str] = NO_FIELDS,
    ) -> Received:
        """As `Emulator.receive`."""
        return self._run(self._emulator.receive(body, from_=from_, to=to, media=media, fields=fields))

    def call_webhook(
        self, url: str, fields: Mapping[str, str] = NO_FIELDS, *, json: bytes | None = None, method: Method = "POST"
    ) -> Delivery:
        """As `Emulator.call_webhook`."""
        return self._run(self._emulator.call_webhook(url, fields, json=json, method=method))

    def wait_for(
        self,
        *,
        to: str | None = None,
        from_: str | None = None,
        body: Body | None = None,
        status: Status | None = None,
        direction: Direction | None = None,
        timeout: float = 5.0,
    ) -> Message:
        """As `Emulator.wait_for`."""
        return self._run(
            self._emulator.wait_for(to=to, from_=from_, body=body, status=status, direction=direction, timeout=timeout)
        )

    def settled(self) -> None:
        """As `Emulator.settled`."""
        self._run(self._emulator.settled())

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        try:
            loop = self._own_loop()
        except RuntimeError:
            work.close()
            raise
        result = asyncio.run_coroutine_threadsafe(work, loop)
        try:
            return result.result()
        finally:
            result.cancel()  # of no effect, unless somebody interrupted the wait

    def _own_loop(self) -> asyncio.AbstractEventLoop:
        if _in_a_loop():
            raise RuntimeError("this would block the running event loop: await the emulator's method of the same name")
        if self._emulator.loop is None:
            raise RuntimeError("the emulator is not started: use `async with` or `with`")
        return self._emulator.loop


def _in_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
