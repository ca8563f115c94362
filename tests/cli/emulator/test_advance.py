from __future__ import annotations

from tests.cli.emulator.conftest import Ask
from twilio_async.emulator import Emulator


async def test_the_clock_is_wound_on(ask: Ask, emulator: Emulator) -> None:
    """And tells the time; backwards is a usage error."""
    done = await ask("advance", "90.5")
    assert (done.code, done.out[:6], done.out[-5:]) == (0, "It is ", "now.\n")
    assert emulator.clock.ahead.total_seconds() == 90.5
    assert (await ask("advance", "-1")).code == 2
