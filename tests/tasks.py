"""What tests ask of tasks: that they have done what they can, and that none is left."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator


@contextlib.asynccontextmanager
async def no_task_left() -> AsyncIterator[None]:
    """Whatever happens in here, afterwards no task is left running, not even for a moment."""
    before = asyncio.all_tasks()
    yield
    assert asyncio.all_tasks() <= before


async def settle() -> None:
    """Let everything that can happen now happen."""
    for _ in range(100):
        await asyncio.sleep(0)
