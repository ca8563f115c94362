"""What tests of the outbox share: ledgers of their own, and sessions that never wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from twilio_async import AsyncSession
from twilio_async.outbox import Outbox

if TYPE_CHECKING:
    from twilio_async.emulator import Emulator


@pytest.fixture
async def outbox(tmp_path: Path) -> AsyncIterator[Outbox]:
    """An outbox in a file of the test's own."""
    async with Outbox.open(tmp_path / "outbox.db") as outbox:
        yield outbox


@pytest.fixture
async def plain(emulator: Emulator) -> AsyncIterator[AsyncSession]:
    """A session as users make it; what it sends is not held against Twilio's documents, which takes time."""
    async with AsyncSession.from_env(emulator.env) as twilio:
        yield twilio


async def until(happened: Callable[[], object]) -> None:
    """Wait for what another program, or the other end of a connection, does."""
    while not happened():  # noqa: ASYNC110 - it sets no event of ours
        await asyncio.sleep(0.002)


def texts(count: int, *, sender: str = "+15017122661", **more: Any) -> list[dict[str, Any]]:
    """Rows to as many people, all different."""
    return [
        {"to": f"+155586{number:05d}", "from_": sender, "body": f"Hello {number}", "key": f"k{number}", **more}
        for number in range(count)
    ]
