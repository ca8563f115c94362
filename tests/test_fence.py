"""A fence is a moment, by a clock that nobody sets, and holds for the calls of its own context only."""

from __future__ import annotations

import asyncio
import time

from twilio_async._fence import boot_clock, fence, fenced


def test_the_clock_goes_on_by_itself() -> None:
    """It is never behind the monotonic one, which may stand still while the machine sleeps."""
    before = time.monotonic()
    assert boot_clock() >= before
    assert boot_clock() <= boot_clock()


async def test_a_fence_is_ones_own() -> None:
    """Tasks made in it have it, others do not, and afterwards it is gone."""

    async def seen() -> float | None:
        return fence.get()

    outside = asyncio.create_task(seen())
    with fenced(5.0):
        inside = asyncio.create_task(seen())
        with fenced(6.0):
            assert fence.get() == 6.0
        assert fence.get() == 5.0
    assert fence.get() is None
    assert (await outside, await inside) == (None, 5.0)
