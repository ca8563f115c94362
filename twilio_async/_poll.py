"""Reading a record again and again until something has become of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import TypeVar

import anyio

from twilio_async.errors import NotFound, TimedOut

R = TypeVar("R")

SLOWEST = 10.0
"""Seconds to which the time between two reads grows, unless it was longer from the start."""
UNKNOWN_AT_FIRST = 5.0
"""Seconds after its creation in which a record may not be found yet."""


async def poll(
    read: Callable[[], Awaitable[R]],
    status_of: Callable[[R], str | None],
    until: Collection[str],
    *,
    name: str,
    timeout: float,
    interval: float,
    operation: str,
) -> R:
    """Read a record until its status is one that is waited for.

    Args:
        read: reads it.
        status_of: its status.
        until: the statuses to wait for.
        name: what to call the record in an error: its sid.
        timeout: seconds to wait in all.
        interval: seconds between the first two reads, growing by half.
        operation: what to call the wait in an error.

    Returns:
        The record with one of those statuses.

    Raises:
        TimedOut: it did not come in time.
        NotFound: there is no such record, also a few seconds after its creation.
    """
    began = anyio.current_time()
    while True:
        elapsed = anyio.current_time() - began
        try:
            record = await read()
        except NotFound:
            if elapsed > UNKNOWN_AT_FIRST:
                raise
            seen: str | None = "not found"
        else:
            seen = status_of(record)
            if seen in until:
                return record
        if elapsed + interval > timeout:
            raise TimedOut(f"{name} is {seen} after {timeout:g} s", operation=operation, outcome="accepted")
        await anyio.sleep(interval)
        interval = max(interval, min(interval * 1.5, SLOWEST))
