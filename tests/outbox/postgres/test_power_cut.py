"""The server goes down without a word amid a send, and comes back: nothing is lost, and nobody is texted twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.outbox.conftest import texts
from tests.outbox.crews import until
from tests.postgres import server
from twilio_async import AsyncSession
from twilio_async.outbox import Outbox

if TYPE_CHECKING:
    from twilio_async.emulator import Emulator

ROWS = 200


@pytest.mark.timeout(120)
async def test_a_send_goes_on_when_the_server_is_back(dsn: str, emulator: Emulator, plain: AsyncSession) -> None:
    """Three times; each time what was about to be noted is noted again, and known again if it was noted."""
    emulator.faults.add("POST", latency=0.01)
    async with Outbox.open(dsn) as outbox:
        await outbox.add(texts(ROWS))
        sending = asyncio.ensure_future(outbox.send(plain, rate=200.0))
        for enough in (20, 80, 140):
            await until(lambda enough=enough: len(emulator.messages) >= enough or sending.done())  # type: ignore[misc]
            assert not sending.done()
            server().stop()
            await asyncio.to_thread(server().start)
        report = await sending
        assert report.rows == {"accepted": ROWS}
        assert (await outbox.report()).rows == {"accepted": ROWS}
    assert Counter(message.body for message in emulator.messages) == {f"Hello {number}": 1 for number in range(ROWS)}
