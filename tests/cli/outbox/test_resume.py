from __future__ import annotations

from tests.cli.outbox.conftest import Asked, Rows
from twilio_async.emulator import Emulator


async def test_a_paused_campaign_goes_on(asked: Asked, rows: Rows, emulator: Emulator) -> None:
    """With the next worker."""
    await asked("pause")
    done = await asked("resume")
    assert done.code == 0
    assert done.out.startswith("promo is not paused.")
    assert (await asked("work", env=emulator.env)).code == 0
    assert await rows() == {"accepted": 5}
